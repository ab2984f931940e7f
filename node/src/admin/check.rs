/// One thing that a node needs to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    name: &'static str,
    found: Result<String, String>,
}

impl Check {
    /// How this is: well, or what is missing, in words.
    pub fn new(name: &'static str, found: Result<String, String>) -> Self {
        Self { name, found }
    }

    /// What is missing, if anything is.
    pub fn missing(&self) -> Option<&str> {
        self.found.as_ref().err().map(String::as_str)
    }

    /// One line for people.
    pub fn line(&self) -> String {
        let (word, words) = match &self.found {
            Ok(words) => ("ok", words),
            Err(words) => ("NO", words),
        };
        format!("{word} {}: {words}\n", self.name)
    }
}
