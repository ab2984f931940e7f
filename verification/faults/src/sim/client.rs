use quorate_protocol::{LogId, Operation, QuorumRead, Slot, Snapshot, WriteAttempt};
use std::collections::{BTreeMap, VecDeque};

/// A client: one operation at a time.
pub(super) struct SimClient {
    pub(super) session: u128,
    /// Which of its operations; a sequence of both request and read ids.
    pub(super) op: u64,
    pub(super) doing: Doing,
    /// The key it is about.
    pub(super) log: LogId,
    /// When it was called, in events.
    pub(super) call: u64,
    /// What it asked last, by number: patience with anything earlier is void.
    pub(super) asked: u64,
    /// Operations left to do while there are faults.
    pub(super) left: u32,
    /// What remains to do after them: each must succeed. A put where the flag is set, else a read.
    pub(super) closing: VecDeque<(LogId, bool)>,
    /// Whether the operation under way is one of those.
    pub(super) is_closing: bool,
    /// How often the closing operation was begun anew, since it was forgotten.
    pub(super) forgotten: u32,
    /// A chosen slot of each key that some replica named, and when.
    pub(super) bases: BTreeMap<LogId, (Slot, u64)>,
    /// What it saw last of each key.
    pub(super) seen: BTreeMap<LogId, Snapshot>,
}

/// What a client is about.
pub(super) enum Doing {
    Nothing,
    Writing { attempt: WriteAttempt, operation: Operation },
    Reading { read: QuorumRead, floor: Slot },
}

impl SimClient {
    pub(super) fn new(index: usize, operations: u32) -> Self {
        Self {
            session: 0x1000 + index as u128,
            op: 0,
            doing: Doing::Nothing,
            log: LogId::default(),
            call: 0,
            asked: 0,
            left: operations,
            closing: VecDeque::new(),
            is_closing: false,
            forgotten: 0,
            bases: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        matches!(self.doing, Doing::Nothing)
    }

    /// Remembers a chosen slot; the newest word serves best as a base.
    pub(super) fn learn(&mut self, log: &LogId, slot: Slot, now_ms: u64) {
        let known = self.bases.entry(log.clone()).or_insert((slot, now_ms));
        if slot >= known.0 {
            *known = (slot, now_ms);
        }
    }
}
