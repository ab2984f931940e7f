use super::version;
use crate::{CasOutcome, DeleteOutcome, Error, IncrementOutcome, Outcome as Effect, Version, Versioned};
use quorate_history::Outcome;

/// What a client was told; negative answers are answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A read found this.
    Read(Option<Versioned>),
    /// A put was done under this version.
    Written(Version),
    /// What a delete came to.
    Deleted(DeleteOutcome),
    /// What a compare-and-set came to.
    Compared(CasOutcome),
    /// What an increment came to.
    Counted(IncrementOutcome),
}

impl Answer {
    /// In the judge's terms.
    pub fn outcome(&self) -> Outcome {
        let done = |own: Version| Outcome::Done { version: Some(version(own)), value: None };
        match self {
            Self::Read(found) => Outcome::Read {
                value: found.as_ref().map(|found| found.value.to_vec()),
                version: found.as_ref().map(|found| version(found.version)),
            },
            Self::Written(own)
            | Self::Deleted(DeleteOutcome::Deleted(own))
            | Self::Compared(CasOutcome::Applied(own)) => done(*own),
            Self::Counted(IncrementOutcome::Applied { value, version: own }) => {
                Outcome::Done { version: Some(version(*own)), value: Some(value.to_string().into_bytes()) }
            }
            Self::Compared(CasOutcome::Mismatch(found)) => Outcome::Refused { found: found.map(version) },
            Self::Deleted(DeleteOutcome::Absent)
            | Self::Counted(IncrementOutcome::NotANumber | IncrementOutcome::Overflow) => {
                Outcome::Refused { found: None }
            }
        }
    }
}

/// What a request came to, in the judge's terms.
pub fn outcome(told: &Result<Answer, Error>) -> Outcome {
    match told {
        Ok(answer) => answer.outcome(),
        Err(error) => match error.outcome() {
            Effect::Unknown(_) => Outcome::Unknown,
            Effect::NotApplied => Outcome::NotApplied,
        },
    }
}
