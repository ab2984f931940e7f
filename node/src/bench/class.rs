use crate::history::Answer;
use quorate_client::{CasOutcome, Error};

/// What one operation of the benchmark came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Answered.
    Ok,
    /// Answered: somebody else had written in between, so a read-modify-write changed nothing.
    Mismatch,
    /// Surely not applied, for want of a quorum or of time.
    Unavailable,
    /// Surely not applied: too many requests waited for the key, or others kept winning.
    Busy,
    /// It may have applied.
    Unknown,
    /// Refused by a limit, or by a node that is no part of this cluster.
    Refused,
}

impl Class {
    /// Every class, in the order in which they are printed.
    pub const ALL: [Class; 6] =
        [Class::Ok, Class::Mismatch, Class::Unavailable, Class::Busy, Class::Unknown, Class::Refused];

    /// Of what an operation came to.
    pub fn of(told: &Result<Answer, Error>) -> Self {
        match told {
            Ok(Answer::Compared(CasOutcome::Mismatch(_))) => Self::Mismatch,
            Ok(_) => Self::Ok,
            Err(Error::Unknown { .. }) => Self::Unknown,
            Err(Error::Unavailable { .. } | Error::Unreachable { .. }) => Self::Unavailable,
            Err(Error::Busy | Error::Contention | Error::Cancelled) => Self::Busy,
            Err(_) => Self::Refused,
        }
    }

    /// Whether there was an answer, a negative one included.
    pub fn is_answered(self) -> bool {
        matches!(self, Self::Ok | Self::Mismatch)
    }

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Mismatch => "mismatch",
            Self::Unavailable => "unavailable",
            Self::Busy => "busy",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }
}
