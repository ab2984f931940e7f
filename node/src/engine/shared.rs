use super::fatal::Fatal;
use super::job::{Job, StaleStart};
use super::progress::Progress;
use super::queue::Queue;
use super::start::jobs_max;
use super::{EngineConfig, Outbox, QueueLimits};
use crate::driver::{ClientRequest, Counters, DriverRefusal, Inspected};
use crate::metrics::{Histogram, SECONDS, SIZES};
use crate::store::LmdbReader;
use quorate_client::wire::Envelope;
use quorate_handoff::{DurableCache, GroupCommit, Mailbox, Shutdown, SyncFailed, Synced, Token, WaiterTable};
use quorate_protocol::{LogId, LogRecord, NodeId, Reply, Slot};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

/// What all threads and handles of an engine share.
pub(super) struct Shared {
    pub(super) config: EngineConfig,
    pub(super) started: Instant,
    pub(super) shards: Vec<ShardSide>,
    pub(super) commits: GroupCommit<Job>,
    pub(super) outboxes: BTreeMap<NodeId, Arc<Queue<Envelope>>>,
    pub(super) starts: WaiterTable<Result<(), StaleStart>>,
    pub(super) reader: LmdbReader,
    /// Asks the threads to stop, and knows when they have.
    pub(super) stop: Shutdown,
    pub(super) failed: Shutdown,
    pub(super) fatal: OnceLock<Arc<Fatal>>,
    /// Driver threads that run; the last one closes the commit queue.
    pub(super) drivers: AtomicUsize,
    pub(super) gauges: Gauges,
    pub(super) writing: Progress,
}

/// What handles and the writer see of one shard.
pub(super) struct ShardSide {
    pub(super) inbox: Queue<Arrival>,
    /// Confirmations of the writer. Apart from the inbox, so that none can find it full.
    pub(super) confirmed: Mailbox<Confirmed>,
    pub(super) replies: WaiterTable<Result<Reply, DriverRefusal>>,
    pub(super) inspections: WaiterTable<Result<Inspected, DriverRefusal>>,
    pub(super) cache: DurableCache<LogId, LogRecord>,
    pub(super) seen: Mutex<ShardSeen>,
    pub(super) progress: Progress,
}

/// Numbers of one driver, as of its last turn.
#[derive(Clone, Default)]
pub(super) struct ShardSeen {
    pub(super) counters: Counters,
    pub(super) hosted: u64,
    pub(super) waiting: u64,
    pub(super) corrupt: Vec<LogId>,
}

/// What arrives at a driver thread.
pub(super) enum Arrival {
    Peer(Vec<Envelope>),
    Client(ClientRequest),
    Help {
        log: LogId,
        slot: Slot,
    },
    Settle {
        log: LogId,
        slot: Slot,
    },
    Inspect {
        token: Token,
        log: LogId,
    },
    /// There is something outside the inbox to look at.
    Wake,
}

/// The writer's answer to a job.
pub(super) struct Confirmed {
    pub(super) logs: Vec<LogId>,
    pub(super) result: Result<Synced, SyncFailed>,
}

/// Counts for people; nothing is decided by them, but for `full`, which refuses early.
pub(super) struct Gauges {
    pub(super) inbox_dropped: AtomicU64,
    pub(super) outbox_dropped: AtomicU64,
    pub(super) overloaded: AtomicU64,
    pub(super) reads_cached: AtomicU64,
    pub(super) reads_stored: AtomicU64,
    pub(super) commits: AtomicU64,
    pub(super) records_written: AtomicU64,
    pub(super) commit_seconds: Histogram,
    pub(super) sync_seconds: Histogram,
    pub(super) batch_records: Histogram,
    pub(super) full: AtomicBool,
}

impl Default for Gauges {
    fn default() -> Self {
        Self {
            inbox_dropped: AtomicU64::default(),
            outbox_dropped: AtomicU64::default(),
            overloaded: AtomicU64::default(),
            reads_cached: AtomicU64::default(),
            reads_stored: AtomicU64::default(),
            commits: AtomicU64::default(),
            records_written: AtomicU64::default(),
            commit_seconds: Histogram::new(SECONDS),
            sync_seconds: Histogram::new(SECONDS),
            batch_records: Histogram::new(SIZES),
            full: AtomicBool::default(),
        }
    }
}

impl Shared {
    /// The shard that owns a log: FNV-1a over its store key, so that it is the same at every start.
    pub(super) fn shard_of(&self, log: &LogId) -> usize {
        let count = self.shards.len().max(1);
        if count == 1 {
            return 0;
        }
        let namespace = log.namespace.0.to_be_bytes();
        let hash = namespace
            .iter()
            .chain(log.key.iter())
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        usize::try_from(hash >> 32).unwrap_or(0) % count
    }

    /// Notes whether the store has room for more.
    pub(super) fn note_room(&self) {
        let (used, map) = (self.reader.used_bytes(), self.reader.map_bytes());
        let full = used / 100 >= map / 10_000 * u64::from(self.config.full_percent);
        self.gauges.full.store(full, Ordering::Relaxed);
    }

    /// How much may wait.
    pub(super) fn limits(&self) -> QueueLimits {
        let whole = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let shards = self.shards.len();
        QueueLimits {
            inbox: whole(self.config.inbox.saturating_mul(shards)),
            commits: whole(jobs_max(shards)),
            attempts: whole(self.config.driver.waiting.saturating_mul(shards)),
            outbox: whole(self.config.outbox),
        }
    }

    pub(super) fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Stops the engine for good. The first reason is kept.
    pub(super) fn fail(&self, reason: Fatal) {
        let _ = self.fatal.set(Arc::new(reason));
        self.failed.request();
        self.starts.close();
        self.request_stop();
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed.is_requested()
    }

    pub(super) fn request_stop(&self) {
        self.stop.request();
        for shard in &self.shards {
            shard.wake();
        }
    }

    /// A driver thread has ended.
    pub(super) fn driver_left(&self) {
        if self.drivers.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.commits.close();
            self.outboxes.values().for_each(|outbox| outbox.close());
        }
    }

    pub(super) fn outbox(&self, peer: NodeId) -> Option<Outbox> {
        self.outboxes.get(&peer).map(|queue| Outbox::new(Arc::clone(queue)))
    }
}

impl ShardSide {
    /// Makes the driver look around. A full inbox does as well: it is about to look.
    pub(super) fn wake(&self) {
        let _ = self.inbox.push(Arrival::Wake, 0);
    }

    pub(super) fn see(&self, update: impl FnOnce(&mut ShardSeen)) {
        update(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn seen(&self) -> ShardSeen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Fails the engine if its thread panics, and tells it that the thread has ended.
pub(super) struct Sentinel<'a> {
    pub(super) shared: &'a Shared,
    pub(super) name: String,
}

impl Drop for Sentinel<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.fail(Fatal::Panicked(std::mem::take(&mut self.name)));
        }
    }
}
