//! What a replica keeps durably for a log.

use crate::{Ballot, Entry, Row, Slot};
use alloc::sync::Arc;

/// The last entry known chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Chosen {
    /// Its slot, from 1.
    pub slot: Slot,
    /// A ballot under which a majority voted for it.
    pub ballot: Ballot,
    /// The entry.
    pub entry: Arc<Entry>,
}

/// An entry this replica voted for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Accepted {
    /// The ballot voted in.
    pub ballot: Ballot,
    /// The entry.
    pub entry: Arc<Entry>,
}

/// A log at one replica: the last chosen entry and, for the slot after it, one promise and one vote.
/// Two entries, whatever the key's age.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LogRecord {
    /// The last entry known chosen.
    pub chosen: Option<Chosen>,
    /// The highest ballot promised in the open slot.
    pub promised: Ballot,
    /// The vote in the open slot.
    pub accepted: Option<Accepted>,
}

impl LogRecord {
    /// The last slot known chosen; 0 for none.
    pub fn chosen_slot(&self) -> Slot {
        self.chosen.as_ref().map_or(Slot::ZERO, |chosen| chosen.slot)
    }

    /// The slot that promises and votes are for: the one after the last chosen.
    pub fn open_slot(&self) -> Slot {
        self.chosen_slot().next()
    }

    /// The last entry known chosen.
    pub fn chosen_entry(&self) -> Option<&Arc<Entry>> {
        self.chosen.as_ref().map(|chosen| &chosen.entry)
    }

    /// The ballot of the vote in the open slot.
    pub fn accepted_ballot(&self) -> Ballot {
        self.accepted.as_ref().map_or(Ballot::ZERO, |accepted| accepted.ballot)
    }

    /// The ballot that the open slot's owner may use without a prepare. Slot 1 has no owner: it takes a
    /// prepare.
    pub fn fast_ballot(&self) -> Option<Ballot> {
        self.chosen_entry().map(|entry| entry.fast_ballot())
    }

    /// The record without its entries.
    pub fn row(&self) -> Row {
        Row { slot: self.open_slot(), promised: self.promised, accepted: self.accepted_ballot() }
    }
}
