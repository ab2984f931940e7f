//! Histories in whatever form they were recorded.

use crate::{Operation, ParseError, ParseErrorKind, Value, jepsen, parse_bytes, porcupine};
use core::fmt;
use core::str::FromStr;

/// A form of recorded history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our own recordings; see [`parse`](crate::parse).
    Quorate,
    /// Jepsen's logs of an etcd register: `INFO  jepsen.util - PROCESS :KIND :OPERATION VALUE`.
    Jepsen,
    /// The maps that the porcupine checker is tested with: `{:process 0, :type :invoke, :f :get, ...}`.
    Porcupine,
}

/// A recorded history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The form it was in.
    pub format: Format,
    /// What was recorded.
    pub operations: Vec<Operation>,
    /// What each key holds before it is written first.
    pub initial: Option<Value>,
}

impl Format {
    /// The form of a history, by its first line that is not empty.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let first = bytes.trim_ascii_start();
        if first.starts_with(b"quorate-history ") {
            Some(Self::Quorate)
        } else if first.starts_with(b"{:") {
            Some(Self::Porcupine)
        } else if first.starts_with(b"INFO ") || first.starts_with(b"WARN ") {
            Some(Self::Jepsen)
        } else {
            None
        }
    }

    /// Reads a history of this form; `threads` share it out among them where the form allows. It takes
    /// memory in proportion to the input.
    ///
    /// # Errors
    /// The first line that is not as the form says.
    pub fn read(self, bytes: &[u8], threads: usize) -> Result<Recording, ParseError> {
        let text = || {
            let line = |valid: usize| {
                (1..).zip(bytes.split(|byte| *byte == b'\n')).scan(0, move |end, (number, text)| {
                    *end += text.len() + 1;
                    (*end <= valid).then_some(number + 1)
                })
            };
            core::str::from_utf8(bytes).map_err(|error| ParseError {
                line: line(error.valid_up_to()).last().unwrap_or(1),
                kind: ParseErrorKind::Io(std::io::ErrorKind::InvalidData),
            })
        };
        let (operations, initial) = match self {
            Self::Quorate => (parse_bytes(bytes, threads)?, None),
            Self::Jepsen => (jepsen::parse(text()?)?, None),
            Self::Porcupine => (porcupine::parse(text()?)?, Some(Value::new())),
        };
        Ok(Recording { format: self, operations, initial })
    }
}

impl Recording {
    /// Reads a history of any form.
    ///
    /// # Errors
    /// The first line that is not as the form says; [`ParseErrorKind::NotAHistory`] where no form fits.
    pub fn read(bytes: &[u8], threads: usize) -> Result<Self, ParseError> {
        let format = Format::of(bytes).ok_or(ParseError { line: 1, kind: ParseErrorKind::NotAHistory })?;
        format.read(bytes, threads)
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        [Self::Quorate, Self::Jepsen, Self::Porcupine]
            .into_iter()
            .find(|format| format.to_string() == name)
            .ok_or_else(|| format!("no format '{name}': quorate, jepsen or porcupine"))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quorate => "quorate",
            Self::Jepsen => "jepsen",
            Self::Porcupine => "porcupine",
        })
    }
}
