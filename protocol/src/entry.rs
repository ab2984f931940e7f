//! What a slot holds.

use crate::{Ballot, Owner, RequestId, Slot, Version};
use alloc::vec::Vec;
use bytes::Bytes;

/// What one recorded request came to. Negative answers are recorded like any other, so that no later
/// attempt of the same request can apply (P10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Outcome {
    /// The value was set or removed; the request's version is the value's.
    Written,
    /// The counter was changed, to this.
    Counted(i64),
    /// The value was not as expected; the version that was found, if any write ever was.
    Mismatch(Option<Version>),
    /// There was no value to delete.
    Absent,
    /// The value is no decimal `i64`.
    NotANumber,
    /// The sum leaves the range of `i64`.
    Overflow,
    /// `resolve` closed the id before it applied.
    Cancelled,
}

/// One request that was chosen, with its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Recorded {
    /// Which request.
    pub id: RequestId,
    /// Where it was recorded: its slot, and its place in it.
    pub version: Version,
    /// What it came to.
    pub outcome: Outcome,
}

/// What is proposed for a slot, and chosen in it. It is a whole snapshot of the key, so a replica that
/// is behind needs no older entry. Adoption keeps it byte for byte (P19).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Entry {
    /// The key's value; `None` is a tombstone, or a key on which only negative answers were recorded.
    pub value: Option<Bytes>,
    /// The write that left the value (or the tombstone); `None` if no write ever did.
    pub version: Option<Version>,
    /// Who first proposed it; owns round 0 of the next slot (P6).
    pub owner: Owner,
    /// The requests of this slot, after those kept from earlier slots, in the order of their versions.
    pub requests: Vec<Recorded>,
    /// `requests` holds every id recorded above this slot (P11).
    pub floor: Slot,
}

impl Entry {
    /// What the window says of a request.
    pub fn find(&self, id: RequestId) -> Option<&Recorded> {
        self.requests.iter().find(|recorded| recorded.id == id)
    }

    /// The ballot that its owner may use in the next slot without a prepare.
    pub fn fast_ballot(&self) -> Ballot {
        Ballot::fast(self.owner)
    }
}

impl Outcome {
    /// Whether the request changed the value.
    pub fn is_applied(&self) -> bool {
        matches!(self, Self::Written | Self::Counted(_))
    }
}
