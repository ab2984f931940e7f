use super::document::Document;
use super::format::{Format, Output};
use super::{Exit, Table};
use serde_json::Value;
use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// What a command found, in each of the forms in which it can be printed.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What it is for programs.
    document: Document,
    /// For people; complete lines, or nothing: then a table of what the document names.
    table: Option<String>,
    /// The bare value.
    raw: Vec<u8>,
    /// Whether `raw` is a user's bytes, to which nothing may be added in a pipe.
    exact: bool,
    /// Words, for stderr.
    note: String,
    /// More lines for stderr, which the document tells in its own way.
    aside: String,
    /// The exit code.
    exit: Exit,
}

impl Answer {
    /// One line of data, and what the operation came to.
    pub(crate) fn line(outcome: &str, line: impl Display) -> Self {
        Self { raw: format!("{line}\n").into_bytes(), ..Self::new(outcome, Exit::Ok) }
    }

    /// A user's bytes.
    pub(crate) fn bytes(outcome: &str, bytes: Vec<u8>) -> Self {
        Self { raw: bytes, exact: true, ..Self::new(outcome, Exit::Ok) }
    }

    /// Lines that people and scripts read alike.
    pub(crate) fn text(outcome: &str, text: String, exit: Exit) -> Self {
        Self { raw: text.clone().into_bytes(), table: Some(text), ..Self::new(outcome, exit) }
    }

    /// A proper answer without data.
    pub(crate) fn negative(outcome: &str, note: &str) -> Self {
        Self { note: note.to_owned(), ..Self::new(outcome, Exit::Negative) }
    }

    fn new(outcome: &str, exit: Exit) -> Self {
        let document = Document::new().with("outcome", outcome);
        Self { document, table: None, raw: Vec::new(), exact: false, note: String::new(), aside: String::new(), exit }
    }

    /// The same with one more name and value in its document.
    pub(crate) fn with(self, name: &'static str, value: impl Into<Value>) -> Self {
        Self { document: self.document.with(name, value), ..self }
    }

    /// The same with these lines for people, instead of one for each name.
    pub(crate) fn shown_as(self, table: String) -> Self {
        Self { table: Some(table), ..self }
    }

    /// The same with lines for people on stderr; the document says as much already.
    pub(crate) fn aside(self, lines: String) -> Self {
        Self { aside: lines, ..self }
    }

    /// Writes it out; a user's bytes get a newline on a terminal and at a prompt alone. A reader that has closed its end
    /// is no failure.
    pub(crate) fn print(&self, format: &Format) -> Exit {
        let output = format.output();
        let mut stdout = std::io::stdout().lock();
        let whole_lines = format.prompt || stdout.is_terminal();
        let _ = stdout.write_all(&self.render(output, whole_lines));
        let _ = stdout.flush();
        if !output.is_json() {
            let note = if self.note.is_empty() { String::new() } else { format!("{}\n", self.note) };
            eprint!("{note}{}", self.aside);
        }
        self.exit
    }

    /// Its bytes for stdout.
    pub(crate) fn render(&self, output: Output, whole_lines: bool) -> Vec<u8> {
        match output {
            Output::Json | Output::Ndjson if self.note.is_empty() => self.document.render(output).into_bytes(),
            Output::Json | Output::Ndjson => {
                self.document.clone().with("message", self.note.as_str()).render(output).into_bytes()
            }
            Output::Table => self.table.clone().unwrap_or_else(|| self.fields()).into_bytes(),
            Output::Raw if self.exact && whole_lines => [&self.raw, b"\n".as_slice()].concat(),
            Output::Raw => self.raw.clone(),
        }
    }

    /// A line for each name, but for those that whoever asked knows. A negative answer has none: its note says it all.
    fn fields(&self) -> String {
        if self.raw.is_empty() && !self.exact {
            return String::new();
        }
        let mut table = Table::default();
        for (name, value) in self.document.iter().filter(|(name, _)| !matches!(*name, "outcome" | "key")) {
            if let Some(cell) = cell(value) {
                table.row(vec![name.replace('_', " "), cell]);
            }
        }
        table.render()
    }
}

/// A value in a table, if it fits into a cell: bytes that are no text as they stand in the document, control characters
/// escaped, so that no value can play with the terminal.
fn cell(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.chars().flat_map(escaped).collect()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Object(one) if one.len() == 1 => {
            let (encoding, text) = one.iter().next()?;
            Some(format!("{} ({encoding})", text.as_str()?))
        }
        _ => None,
    }
}

fn escaped(c: char) -> Vec<char> {
    if c.is_control() { c.escape_default().collect() } else { vec![c] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form() {
        let answer =
            || Answer::bytes("found", b"a\tb".to_vec()).with("key", "k").with("value", "a\tb").with("version", "1.0");
        let text = |output, whole| String::from_utf8(answer().render(output, whole)).unwrap();
        assert_eq!(text(Output::Raw, false), "a\tb");
        assert_eq!(text(Output::Raw, true), "a\tb\n");
        assert_eq!(text(Output::Table, true), "value    a\\tb\nversion  1.0\n");
        let line = "{\"schema\":1,\"outcome\":\"found\",\"key\":\"k\",\"value\":\"a\\tb\",\"version\":\"1.0\"}\n";
        assert_eq!(text(Output::Ndjson, false), line);
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(parsed(&text(Output::Json, false)), parsed(line));
    }

    #[test]
    fn a_negative_answer_has_words_and_no_data() {
        let answer = Answer::negative("absent", "the key has no value").with("key", "k");
        assert!(answer.render(Output::Table, true).is_empty() && answer.render(Output::Raw, true).is_empty());
        let document = String::from_utf8(answer.render(Output::Ndjson, true)).unwrap();
        assert!(document.contains("\"outcome\":\"absent\"") && document.contains("the key has no value"), "{document}");
    }
}
