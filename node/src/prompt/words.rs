/// Splits a line as a shell would: spaces separate, quotes keep together, a backslash takes the next character as it is.
///
/// # Errors
/// A quote is not closed.
pub(crate) fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(characters.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if quote.is_some() { Err("a quote is not closed") } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_shell_would() {
        assert_eq!(split("  put a\tb ").unwrap(), ["put", "a", "b"]);
        assert_eq!(split("put 'a b' \"c 'd' \\\"\" ''").unwrap(), ["put", "a b", "c 'd' \"", ""]);
        assert_eq!(split("a\\ b 'c\\d'").unwrap(), ["a b", "c\\d"]);
        assert!(split("put 'a").is_err());
        assert!(split("").unwrap().is_empty());
    }
}
