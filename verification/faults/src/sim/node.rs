use super::disk::{Disk, DiskView};
use quorate_node::driver::{Driver, DriverLimits, Effects};
use quorate_node::recording::MemoryStream;
use quorate_protocol::{Config, ConfigError, Incarnation, LogId, LogRecord, NodeId, Replica};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A node: its disk, which outlives crashes, and what it has in memory.
pub(super) struct SimNode {
    pub(super) id: NodeId,
    pub(super) disk: Disk,
    pub(super) start: Incarnation,
    pub(super) running: Option<Running>,
    pub(super) frozen_until: u64,
    pub(super) cut_until: u64,
    /// What its drivers did, start by start.
    pub(super) traces: Vec<MemoryStream>,
}

/// What a crash takes.
pub(super) struct Running {
    pub(super) driver: Driver<DiskView>,
    pub(super) effects: Effects,
    /// What readers are shown, as by the engine's cache: any of it may be dropped.
    pub(super) published: BTreeMap<LogId, Arc<LogRecord>>,
    /// Writes that no commit holds yet.
    pub(super) waiting: Vec<(LogId, LogRecord)>,
    /// The commit under way.
    pub(super) committing: Vec<(LogId, LogRecord)>,
    /// When the next tick is scheduled.
    pub(super) tick_ms: Option<u64>,
}

impl SimNode {
    pub(super) fn new(id: NodeId, config: &Config) -> Self {
        let disk = Disk::new(config.epoch());
        Self { id, disk, start: Incarnation(0), running: None, frozen_until: 0, cut_until: 0, traces: Vec::new() }
    }

    /// Starts it under the next incarnation.
    pub(super) fn start(&mut self, config: &Config, seed: u64, limits: DriverLimits) -> Result<(), ConfigError> {
        self.start = Incarnation(self.start.0 + 1);
        let replica = Arc::new(Replica::new(self.id, self.start, config.clone())?);
        let (trace, recorder) = MemoryStream::begin(&replica);
        self.traces.push(trace);
        self.running = Some(Running {
            driver: Driver::new(replica, self.disk.view(), seed, limits).recorded(Some(recorder)),
            effects: Effects::default(),
            published: BTreeMap::new(),
            waiting: Vec::new(),
            committing: Vec::new(),
            tick_ms: None,
        });
        Ok(())
    }

    /// Its memory, if it runs in this very start.
    pub(super) fn running_in(&mut self, start: Incarnation) -> Option<&mut Running> {
        self.running.as_mut().filter(|_| self.start == start)
    }
}
