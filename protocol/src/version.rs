//! Versions of a key.

use crate::Slot;

/// Which write of a key: its slot and its place among the writes that share the slot (P12). A slot
/// alone would not do, since up to [`BATCH_MAX`](crate::BATCH_MAX) requests share one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Version {
    /// The slot the write was chosen in.
    pub slot: Slot,
    /// Its place in the slot, from 0.
    pub position: u16,
}

impl core::fmt::Display for Version {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{}", self.slot.0, self.position)
    }
}
