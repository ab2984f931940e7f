//! What clients ask for.

use crate::{RequestId, Slot, Version};
use bytes::Bytes;

/// What a compare-and-set expects to find.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Expect {
    /// The key has no value (never written, or deleted).
    Absent,
    /// The value is the one this write left.
    Version(Version),
    /// The value equals these bytes.
    Value(Bytes),
}

/// A change to one key, as a function of its chosen value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Operation {
    /// Set the value.
    Put(Bytes),
    /// Remove the value; negative when there is none.
    Delete,
    /// Set the value (or remove it, with `None`) if it is as expected; negative otherwise.
    CompareAndSet {
        /// What must be there.
        expect: Expect,
        /// What to leave; `None` deletes.
        new: Option<Bytes>,
    },
    /// Add to a decimal integer (absent counts as 0); negative when the value is none, or the sum
    /// leaves the range of `i64`.
    Increment(i64),
    /// Close the request id: no attempt with it that is not yet chosen applies any more. This is how
    /// `resolve` may say "not applied".
    Cancel,
}

/// An operation with what makes it safe to send it more than once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Request {
    /// The same for every attempt.
    pub id: RequestId,
    /// A slot of the key that the client knew chosen before it first sent the request, so the id is in
    /// no slot up to it. Fixed when the request began; every attempt names it, the first included.
    pub base: Slot,
    /// How often it was sent before, saturating. Nothing is decided by it; it is for people to see.
    pub attempt: u8,
    /// How many earlier request ids the entry should keep if it can, at most
    /// [`WINDOW_MAX`](crate::WINDOW_MAX). Policy only: fewer ids raise the floor, which is always safe.
    pub keep: u8,
    /// What to do.
    pub operation: Operation,
}

impl Operation {
    /// A put of these bytes.
    pub fn put(value: impl Into<Bytes>) -> Self {
        Self::Put(value.into())
    }

    /// The bytes it would store at most, for limits.
    pub fn value_bytes(&self) -> usize {
        match self {
            Self::Put(value) | Self::CompareAndSet { new: Some(value), .. } => value.len(),
            Self::Increment(_) => 20,
            Self::Delete | Self::Cancel | Self::CompareAndSet { new: None, .. } => 0,
        }
    }
}

impl Request {
    /// The first attempt of an operation whose client knew `base` chosen.
    pub fn first(id: RequestId, base: Slot, operation: Operation) -> Self {
        Self { id, base, attempt: 0, keep: 2, operation }
    }
}
