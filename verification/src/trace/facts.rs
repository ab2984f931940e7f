//! What a replay leaves for the judgement of all nodes together.

use quorate_protocol::{Accepted, Ballot, Chosen, LogRecord, NodeId, Owner, Slot, trace::entry_digest};

/// Where a fact is from: the node's start, and the number of the event in its stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) incarnation: u32,
    pub(super) event: u64,
}

/// An entry as the judgement sees it: equal digests are equal entries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EntryMark {
    pub(super) digest: u64,
    pub(super) owner: Owner,
}

/// A node's row, as a write that it issued.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowFact {
    pub(super) node: NodeId,
    pub(super) slot: Slot,
    pub(super) promised: Ballot,
    pub(super) vote: Option<(Ballot, EntryMark)>,
    pub(super) durable: bool,
    pub(super) origin: Origin,
}

/// What a node took for chosen.
#[derive(Clone, Copy, Debug)]
pub(super) struct LearnedFact {
    pub(super) node: NodeId,
    pub(super) slot: Slot,
    pub(super) ballot: Ballot,
    pub(super) entry: EntryMark,
    pub(super) origin: Origin,
}

/// Slots, both ends included, in which a node may have done more than the trace says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hole {
    pub(super) node: NodeId,
    pub(super) from: Slot,
    pub(super) to: Slot,
}

/// All that is known of one log.
#[derive(Debug, Default)]
pub(super) struct LogFacts {
    pub(super) rows: Vec<RowFact>,
    pub(super) learned: Vec<LearnedFact>,
    pub(super) holes: Vec<Hole>,
}

impl RowFact {
    pub(super) fn of(node: NodeId, record: &LogRecord, durable: bool, origin: Origin) -> Self {
        let vote = record.accepted.as_ref().map(|Accepted { ballot, entry }| {
            let mark = EntryMark { digest: entry_digest(entry), owner: entry.owner };
            (*ballot, mark)
        });
        Self { node, slot: record.open_slot(), promised: record.promised, vote, durable, origin }
    }
}

impl LearnedFact {
    pub(super) fn of(node: NodeId, chosen: &Chosen, origin: Origin) -> Self {
        let Chosen { slot, ballot, entry } = chosen;
        let entry = EntryMark { digest: entry_digest(entry), owner: entry.owner };
        Self { node, slot: *slot, ballot: *ballot, entry, origin }
    }
}

impl core::fmt::Debug for EntryMark {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { digest, owner } = self;
        write!(f, "entry {:08x} of {}.{}", digest >> 32, owner.node.0, owner.incarnation.0)
    }
}
