//! An operation, and how it is to be taken.

use crate::{Asked, Operation, Outcome};
use quorate_spec::Expect;

/// An operation, and how it is to be taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) taken_as: TakenAs,
}

/// How an operation is taken: as it is, or as one that says less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TakenAs {
    /// As it is.
    Told,
    /// Whatever its outcome, as one whose outcome is unknown.
    Open,
    /// A delete that was done, as one that would have been done in any case.
    Clear,
}

impl<'a> Part<'a> {
    /// As it is.
    pub(crate) fn told(operation: &'a Operation) -> Self {
        Self { operation, taken_as: TakenAs::Told }
    }

    /// Whether it surely did not happen, or is a read that nobody saw the end of.
    pub(crate) fn says_nothing(&self) -> bool {
        let Operation { op, outcome, .. } = self.operation;
        matches!(outcome, Outcome::NotApplied) || self.is_open() && matches!(op, Asked::Get)
    }

    /// Whether its outcome is unknown, or taken so.
    pub(crate) fn is_open(&self) -> bool {
        self.taken_as == TakenAs::Open || matches!(self.operation.outcome, Outcome::Unknown)
    }

    /// Reads a little of all that an operation consists of, so that it is near when it is looked at.
    pub(crate) fn touch(&self) -> u64 {
        let Operation { call, ret, op, outcome, .. } = self.operation;
        let first = |bytes: &[u8]| bytes.first().map_or(0, |byte| u64::from(*byte));
        let asked = match op {
            Asked::Put(value) | Asked::Append(value) => first(value),
            Asked::CompareAndSet { expect: Expect::Value(value), .. } => first(value),
            Asked::CompareAndSet { .. } | Asked::Get | Asked::Delete | Asked::Increment(_) => 0,
        };
        let told = match outcome {
            Outcome::Read { value: Some(value), .. } | Outcome::Done { value: Some(value), .. } => first(value),
            _ => 1,
        };
        call ^ ret.unwrap_or(0) ^ asked ^ told
    }
}
