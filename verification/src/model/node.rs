//! A replica of a model, and what is often asked of it.

use super::Id;
use super::opening::has_something_to_lose;
use quorate_protocol::{LogRecord, PaxosLog, Slot};
use std::hash::{Hash, Hasher};

/// A replica, in its present incarnation.
#[derive(Clone, Debug)]
pub struct Node {
    /// The shipped core, with its durable record, its write under way and all that is volatile.
    pub log: PaxosLog,
    /// Its durable record, by name.
    pub(super) durable: Id<LogRecord>,
    /// Whether a crash would take anything from it.
    pub(super) loses: bool,
    /// The slot it has open.
    pub(super) open: Slot,
    /// The slot it would have open after a crash.
    pub(super) durably_open: Slot,
}

impl Node {
    /// A replica whose durable record has this name.
    pub(super) fn new(log: PaxosLog, durable: Id<LogRecord>) -> Self {
        let loses = has_something_to_lose(&log);
        let (open, durably_open) = (log.record().open_slot(), log.durable().open_slot());
        Self { log, durable, loses, open, durably_open }
    }
}

/// The rest follows from the log.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.log == other.log
    }
}

impl Eq for Node {}

impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.log.hash(state);
    }
}
