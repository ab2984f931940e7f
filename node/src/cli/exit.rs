use super::document::Document;
use super::format::{Format, Output};
use serde_json::Value;
use std::process::ExitCode;

/// How a command ended; scripts tell these apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// A proper answer, and a negative one: no such key, not as expected, not a number.
    Negative = 1,
    /// The command line or the configuration is wrong (clap's own code as well).
    Usage = 2,
    /// Not reachable in time, and surely not applied, now or later.
    Unavailable = 3,
    /// It may have been applied, or may be yet; `resolve` tells.
    Unknown = 4,
    /// A node refused: another cluster, another epoch, a limit.
    Refused = 5,
    /// What a disk holds cannot be trusted.
    Corruption = 6,
}

/// A command that did not end well: what to say, and the code.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What went wrong, for stderr.
    pub message: String,
    /// What to do next.
    hint: String,
    /// More lines for people.
    aside: String,
    /// More for programs.
    document: Document,
}

impl Failure {
    /// A failure with this code and message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        let (hint, aside) = (String::new(), String::new());
        Self { exit, message: message.into(), hint, aside, document: Document::new() }
    }

    /// The command line or the configuration is wrong.
    pub fn usage(message: impl std::fmt::Display) -> Self {
        Self::new(Exit::Usage, message.to_string())
    }

    /// The same with what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The same with one more name in its document.
    #[must_use]
    pub(crate) fn with(self, name: &'static str, value: impl Into<Value>) -> Self {
        Self { document: self.document.with(name, value), ..self }
    }

    /// The same with lines for people, which the document tells in its own way.
    #[must_use]
    pub(crate) fn aside(self, lines: String) -> Self {
        Self { aside: lines, ..self }
    }

    /// Its lines for stderr, in words or as a document.
    pub(crate) fn render(&self, format: &Format) -> String {
        match format.output {
            Some(output @ (Output::Json | Output::Ndjson)) => {
                let document = Document::new().with("outcome", self.exit.word());
                let document = document.with("exit", self.exit as u8).with("message", self.message.as_str());
                let document = if self.hint.is_empty() { document } else { document.with("hint", self.hint.as_str()) };
                let all = self.document.iter().fold(document, |all, (name, value)| all.with(name, value.clone()));
                all.render(output)
            }
            _ => {
                let hint = if self.hint.is_empty() { String::new() } else { format!("{}\n", self.hint) };
                format!("quorate: {}\n{hint}{}", self.message, self.aside)
            }
        }
    }
}

impl Exit {
    /// Its name in a document.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Negative => "negative",
            Self::Usage => "usage",
            Self::Unavailable => "unavailable",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Corruption => "corruption",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}
