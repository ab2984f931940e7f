//! Fencing tokens.

use quorate_protocol::{BATCH_MAX, Version};
use std::fmt;

/// A number that tells an earlier holder of something from a later one.
///
/// Each acquisition, of a lock, of a leadership, of a claim, gets one, and each later one gets a higher one: it
/// is made of the place in the key's log at which the acquiring write was chosen, so nothing that happens to the
/// key (a crash, a takeover, a delete) makes it go back. It has gaps. Send [`number`](Self::number) along with
/// everything that is done in the holder's name; whoever takes it refuses what comes with a lower number than
/// one that it has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(u64);

impl Fence {
    /// The fence of an acquisition that was chosen as this version.
    pub(crate) fn of(version: Version) -> Self {
        // Slots times places in a slot. A key with a million slots a second gets to the end of it in nine
        // thousand years.
        let slot = version.slot.0.saturating_mul(BATCH_MAX as u64);
        Self(slot.saturating_add(u64::from(version.position)))
    }

    /// As a number: grows with each acquisition, never 0.
    pub fn number(self) -> u64 {
        self.0
    }

    /// A fence that was kept as a number. `None` for 0, which no acquisition has.
    pub fn from_number(number: u64) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }
}

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::quickcheck;
    use quorate_protocol::{SLOT_MAX, Slot};

    quickcheck! {
        fn later_writes_have_higher_fences(slot: u32, position: u8, other: u32, place: u8) -> bool {
            let version = |slot: u32, position: u8| Version {
                slot: Slot(u64::from(slot) + 1),
                position: u16::from(position % 64),
            };
            let (one, two) = (version(slot, position), version(other, place));
            one.cmp(&two) == Fence::of(one).cmp(&Fence::of(two)) && Fence::from_number(Fence::of(one).number()).is_some()
        }
    }

    #[test]
    fn the_greatest_slot_has_one_as_well() {
        assert_eq!(Fence::of(Version { slot: Slot(SLOT_MAX), position: 63 }).number(), u64::MAX);
        assert_eq!(Fence::from_number(0), None);
    }
}
