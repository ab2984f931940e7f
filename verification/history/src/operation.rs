//! One operation of a history.

use crate::Asked;
use core::fmt;

/// A key's bytes.
pub type Key = Vec<u8>;

/// A value's bytes.
pub type Value = Vec<u8>;

/// The version of a write, as clients see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The slot the write was chosen in.
    pub slot: u64,
    /// Its place among the requests of that slot.
    pub position: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.slot, self.position)
    }
}

/// What a client was told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The write was done.
    Done {
        /// Its version, where the answer said it.
        version: Option<Version>,
        /// What it left, where the answer said it: increments do.
        value: Option<Value>,
    },
    /// The read found this.
    Read {
        /// The value; `None` if there was none.
        value: Option<Value>,
        /// Whose write it was, where the answer said it.
        version: Option<Version>,
    },
    /// The condition did not hold when it was tried; it is not applied and never will be.
    Refused {
        /// The version that was found, where the answer said it.
        found: Option<Version>,
    },
    /// It is not applied and never will be, and nothing is said about the key.
    NotApplied,
    /// It may have been applied, or may be yet, or never.
    Unknown,
}

/// What one client did to one key, and what came of it. Times are of one clock, in any unit; operations
/// whose intervals touch count as concurrent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    /// Who: for people, the check makes nothing of it.
    pub process: u64,
    /// On what.
    pub key: Key,
    /// When it was called.
    pub call: u64,
    /// When it returned; `None` if it had not when the recording ended.
    pub ret: Option<u64>,
    /// What was asked.
    pub op: Asked,
    /// What was told.
    pub outcome: Outcome,
}

impl Operation {
    /// Whether the outcome can belong to the operation at all.
    ///
    /// # Errors
    /// How it cannot.
    pub fn validate(&self) -> Result<(), HistoryError> {
        if self.ret.is_some_and(|ret| ret < self.call) {
            return Err(HistoryError::ReturnBeforeCall);
        }
        if self.ret.is_none() && !matches!(self.outcome, Outcome::Unknown) {
            return Err(HistoryError::ToldWithoutReturn);
        }
        let possible = match (&self.op, &self.outcome) {
            (_, Outcome::NotApplied | Outcome::Unknown) => true,
            (Asked::Get, outcome) => matches!(outcome, Outcome::Read { .. }),
            (Asked::Put(_) | Asked::Append(_), outcome) => matches!(outcome, Outcome::Done { value: None, .. }),
            (Asked::Increment(_), outcome) => matches!(outcome, Outcome::Done { .. } | Outcome::Refused { .. }),
            (Asked::Delete | Asked::CompareAndSet { .. }, outcome) => {
                matches!(outcome, Outcome::Done { value: None, .. } | Outcome::Refused { .. })
            }
        };
        if possible { Ok(()) } else { Err(HistoryError::OutcomeOfAnotherOperation) }
    }
}

/// An operation that no client can have recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryError {
    /// It returned before it was called.
    ReturnBeforeCall,
    /// It did not return, and yet its outcome is known.
    ToldWithoutReturn,
    /// A read that was "done", a put that was refused, and so on.
    OutcomeOfAnotherOperation,
    /// One key is appended to and incremented. No store that is checked here offers both, and the check
    /// knows no values that are both.
    AppendAndIncrement,
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReturnBeforeCall => "returned before it was called",
            Self::ToldWithoutReturn => "has a known outcome, but did not return",
            Self::OutcomeOfAnotherOperation => "has an outcome that such an operation cannot have",
            Self::AppendAndIncrement => "increments a key that others append to",
        })
    }
}

impl core::error::Error for HistoryError {}
