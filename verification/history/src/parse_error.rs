//! What can be wrong with a recorded history.

use crate::HistoryError;
use core::fmt;

/// A line that is not what the format says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub kind: ParseErrorKind,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The first line is not the header.
    NotAHistory,
    /// The header names a version of the format that this code does not read.
    UnknownFormatVersion(String),
    /// The line ends where something had to follow.
    Missing(&'static str),
    /// Something is there that is not what had to be.
    Malformed {
        /// What had to be there.
        wanted: &'static str,
        /// What is.
        found: String,
    },
    /// The line goes on after its end.
    Trailing(String),
    /// A process calls while an operation of its own is under way.
    CalledTwice(u64),
    /// A process is told the outcome of what it did not call.
    ToldUncalled(u64),
    /// The operation is well formed and cannot be.
    Impossible(HistoryError),
    /// The input could not be read, or is no UTF-8.
    Io(std::io::ErrorKind),
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.kind {
            ParseErrorKind::NotAHistory => f.write_str("not a recorded history: the header is missing"),
            ParseErrorKind::UnknownFormatVersion(version) => write!(f, "unknown format version {version:?}"),
            ParseErrorKind::Missing(wanted) => write!(f, "{wanted} is missing"),
            ParseErrorKind::Malformed { wanted, found } => write!(f, "{found:?} where {wanted} had to be"),
            ParseErrorKind::Trailing(found) => write!(f, "{found:?} after the end"),
            ParseErrorKind::CalledTwice(process) => write!(f, "process {process} calls before it is told"),
            ParseErrorKind::ToldUncalled(process) => write!(f, "process {process} is told and did not call"),
            ParseErrorKind::Impossible(error) => write!(f, "the operation {error}"),
            ParseErrorKind::Io(kind) => write!(f, "cannot be read: {kind}"),
        }
    }
}

impl core::error::Error for ParseError {}
