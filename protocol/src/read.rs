//! What a voter answers to a linearizable read: one pure function of its record.

use crate::{Ballot, Entry, LogRecord, ReadId, Slot, Version};
use bytes::Bytes;

/// A key as a reader sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Snapshot {
    /// The value; `None` when there is none.
    pub value: Option<Bytes>,
    /// The write that left the value or the tombstone; `None` if there never was one.
    pub version: Option<Version>,
}

/// One voter's answer. It never says less than the voter's durable record did when the answer was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ReadReply {
    /// The read it belongs to.
    pub id: ReadId,
    /// c: the slot this voter knows chosen, and holds.
    pub chosen: Slot,
    /// a: the highest slot it durably accepted in, or knows chosen.
    pub accepted: Slot,
    /// The ballot of the vote at `accepted`; [`Ballot::ZERO`] when that slot is known chosen.
    pub ballot: Ballot,
    /// What `chosen` holds, where the reader asked for it.
    pub chosen_value: Option<Snapshot>,
    /// What was accepted at `accepted`, where the reader asked and the slot is not known chosen.
    pub accepted_value: Option<Snapshot>,
}

impl Snapshot {
    /// What an entry leaves of its key.
    pub fn of(entry: &Entry) -> Self {
        Self { value: entry.value.clone(), version: entry.version }
    }
}

/// A voter's answer to a read.
///
/// `record` is what [`PaxosLog::snapshot`](crate::PaxosLog::snapshot) gives, or a record read back from
/// the store: its vote is durable; what it holds as chosen may come from memory, since chosen is a fact
/// about a majority's disks. With `full` the values travel, otherwise slots and the ballot alone.
pub fn read_reply(id: ReadId, record: &LogRecord, full: bool) -> ReadReply {
    let chosen = record.chosen_slot();
    let open = record.accepted.as_ref();
    ReadReply {
        id,
        chosen,
        accepted: if open.is_some() { record.open_slot() } else { chosen },
        ballot: record.accepted_ballot(),
        chosen_value: record.chosen_entry().filter(|_| full).map(|entry| Snapshot::of(entry)),
        accepted_value: open.filter(|_| full).map(|accepted| Snapshot::of(&accepted.entry)),
    }
}
