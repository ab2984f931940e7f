use quorate_driver::{LoadError, Records};
use quorate_protocol::{Incarnation, LogId, LogRecord, NodeId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a node has that outlives it: only what was synced. It holds records as they are: their bytes are the business
/// of the node's own store.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Arc<Mutex<Synced>>);

#[derive(Debug, Default)]
struct Synced {
    records: BTreeMap<LogId, LogRecord>,
    /// The node's own last start.
    incarnation: Incarnation,
    /// The highest start of each other node that was heard of.
    starts: BTreeMap<NodeId, Incarnation>,
}

impl Disk {
    /// Raises the node's incarnation: a start.
    pub(super) fn begin(&self) -> Incarnation {
        let mut synced = self.synced();
        synced.incarnation = Incarnation(synced.incarnation.0.saturating_add(1));
        synced.incarnation
    }

    pub(super) fn commit(&self, records: Vec<(LogId, LogRecord)>) {
        self.synced().records.extend(records);
    }

    /// The highest start of a peer that was heard of; 0 for none.
    pub(super) fn highest(&self, peer: NodeId) -> Incarnation {
        self.synced().starts.get(&peer).copied().unwrap_or_default()
    }

    /// Keeps a peer's start, unless a later one is known.
    pub(super) fn keep_start(&self, peer: NodeId, incarnation: Incarnation) {
        let mut synced = self.synced();
        let highest = synced.starts.entry(peer).or_default();
        *highest = incarnation.max(*highest);
    }

    pub(super) fn logs(&self) -> u64 {
        u64::try_from(self.synced().records.len()).unwrap_or(u64::MAX)
    }

    fn synced(&self) -> MutexGuard<'_, Synced> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Records for Disk {
    fn load(&self, log: &LogId) -> Result<Option<LogRecord>, LoadError> {
        Ok(self.synced().records.get(log).cloned())
    }
}
