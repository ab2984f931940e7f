use super::format::Output;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// The version of what `--output json` prints. A name is only ever added; a change of one is a new version.
pub(crate) const SCHEMA: u32 = 1;

/// A JSON document: names and values, in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document(Vec<(&'static str, Value)>);

impl Document {
    /// A document that says its version and nothing else.
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    /// The same with one more name, or another value under a name it has.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name, value)),
        }
        self
    }

    /// Names and values, without the version.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// Its text, with the newline that ends it.
    pub(crate) fn render(&self, output: Output) -> String {
        let text =
            if output == Output::Json { serde_json::to_string_pretty(self) } else { serde_json::to_string(self) };
        // Neither names nor values can fail to be written.
        text.unwrap_or_default() + "\n"
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len() + 1))?;
        map.serialize_entry("schema", &SCHEMA)?;
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}
