use super::Fatal;
use crate::driver::Counters;
use crate::metrics::Distribution;
use quorate_protocol::{LogId, NodeId};
use std::sync::Arc;

/// How an engine is, at about one moment.
#[derive(Clone, Debug, Default)]
pub struct EngineStatus {
    /// What its drivers have done since the start.
    pub counters: Counters,
    /// Commits, each of which synced the disk.
    pub commits: u64,
    /// Records that those commits wrote.
    pub records_written: u64,
    /// How long each commit took, in seconds, all of it.
    pub commit_seconds: Distribution,
    /// How long its part took that writes pages and syncs them.
    pub sync_seconds: Distribution,
    /// How many records it held.
    pub batch_records: Distribution,
    /// Logs in memory.
    pub hosted: u64,
    /// Attempts that wait for an answer.
    pub waiting: u64,
    /// Events that wait for the drivers.
    pub inbox: u64,
    /// Jobs that wait for the writer.
    pub commit_queue: u64,
    /// Messages that wait for each peer, ascending.
    pub outboxes: Vec<(NodeId, u64)>,
    /// The bounds of these queues.
    pub limits: QueueLimits,
    /// Messages of peers that found the inbox full.
    pub inbox_dropped: u64,
    /// Messages for peers that found their outbox full.
    pub outbox_dropped: u64,
    /// Requests that found the engine overloaded.
    pub overloaded: u64,
    /// Reads that the cache answered.
    pub reads_cached: u64,
    /// Reads that the store answered.
    pub reads_stored: u64,
    /// Logs with a record.
    pub logs: u64,
    /// Bytes of the data file in use, and the bytes it may grow to.
    pub used_bytes: u64,
    /// See `used_bytes`.
    pub map_bytes: u64,
    /// Slots of LMDB's reader table that were ever in use at a time.
    pub readers: u64,
    /// Logs whose record failed its check, as far as they were met since the start; at most the drivers' limit.
    pub corrupt: Vec<LogId>,
    /// Whether writes are refused since the store is nearly full.
    pub full: bool,
    /// Why it stopped by itself, if it did.
    pub fatal: Option<Arc<Fatal>>,
}

/// How much may wait in an engine's queues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueLimits {
    /// Events for the drivers, all shards together.
    pub inbox: u64,
    /// Jobs for the writer.
    pub commits: u64,
    /// Attempts that wait for an answer, all shards together.
    pub attempts: u64,
    /// Messages for one peer.
    pub outbox: u64,
}
