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
    /// The requests of this slot, after those kept from earlier slots, in the order of their versions:
    /// at most [`BATCH_MAX`](crate::BATCH_MAX) and [`WINDOW_MAX`](crate::WINDOW_MAX).
    #[cfg_attr(feature = "serde", serde(deserialize_with = "bounded::deserialize"))]
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

/// A window that comes from outside is no longer than one of ours can be: bytes of a frame must not
/// become many times as much memory.
#[cfg(feature = "serde")]
mod bounded {
    use super::Recorded;
    use crate::{BATCH_MAX, WINDOW_MAX};
    use alloc::vec::Vec;
    use serde::de::{Deserializer, Error, SeqAccess, Visitor};

    struct Window;

    impl<'de> Visitor<'de> for Window {
        type Value = Vec<Recorded>;

        fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            write!(f, "at most {} recorded requests", BATCH_MAX + WINDOW_MAX)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            let mut window = Vec::new();
            while let Some(item) = items.next_element()? {
                if window.len() == BATCH_MAX + WINDOW_MAX {
                    return Err(A::Error::invalid_length(window.len() + 1, &self));
                }
                window.push(item);
            }
            Ok(window)
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Recorded>, D::Error> {
        from.deserialize_seq(Window)
    }
}
