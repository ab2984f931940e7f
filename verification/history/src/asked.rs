//! What a client asks for.

use crate::{Value, Version};
use quorate_spec::{Expect, Operation as Plain};

/// What is asked: the operations of the register of `quorate-spec`, by the same names, and the one of
/// other people's histories that Quorate does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked<V = Value, R = Version> {
    /// Read.
    Get,
    /// Write.
    Put(V),
    /// Remove; refused where nothing is.
    Delete,
    /// Write (or remove, with `None`) where what is there is as expected; refused elsewhere.
    CompareAndSet {
        /// What must be there.
        expect: Expect<V, R>,
        /// What to leave.
        new: Option<V>,
    },
    /// Add to a number.
    Increment(i64),
    /// Put bytes behind those that are there; an absent value counts as empty.
    Append(V),
}

impl<V, R> From<Plain<V, R>> for Asked<V, R> {
    fn from(plain: Plain<V, R>) -> Self {
        match plain {
            Plain::Get => Self::Get,
            Plain::Put(value) => Self::Put(value),
            Plain::Delete => Self::Delete,
            Plain::CompareAndSet { expect, new } => Self::CompareAndSet { expect, new },
            Plain::Increment(by) => Self::Increment(by),
        }
    }
}
