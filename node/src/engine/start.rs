use super::job::Job;
use super::progress::Progress;
use super::queue::Queue;
use super::shard::{JOBS_MAX, ShardThread};
use super::shared::{Gauges, ShardSeen, ShardSide, Shared};
use super::{EngineConfig, EngineHandle, writer};
use crate::driver::{Driver, SplitMix64};
use crate::recording::Recording;
use crate::store::{LmdbReader, LmdbStore, StoreError};
use quorate_handoff::{DurableCache, GroupCommit, Guard, Mailbox, Publisher, Shutdown, WaiterTable};
use quorate_protocol::{LogId, LogRecord, Replica};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Instant;

/// Starts engines.
#[derive(Debug)]
pub struct Engine;

/// Why an engine did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The replica is not the one whose data the store holds, in this very start of it.
    #[error("the replica is not the one that the data directory belongs to")]
    Identity,
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread could not be started.
    #[error("a thread could not be started: {0}")]
    Thread(#[source] io::Error),
    /// What should be recorded cannot be.
    #[error("cannot record: {0}")]
    Recording(#[source] io::Error),
}

/// Hellos of peers that wait for the writer.
const STARTS_MAX: usize = 256;

type Sides = Vec<(ShardSide, Publisher<LogId, LogRecord>)>;

impl Engine {
    /// Starts the threads over an opened store. They run until [`EngineHandle::shutdown`], or until something fatal.
    ///
    /// # Errors
    /// [`StartError`]. `replica` must be the store's node in the incarnation that opening the store raised.
    pub fn start(config: EngineConfig, store: LmdbStore, replica: &Arc<Replica>) -> Result<EngineHandle, StartError> {
        Self::start_recorded(config, store, replica, None)
    }

    /// The same; what the drivers do to their logs is recorded.
    ///
    /// # Errors
    /// As [`Engine::start`], and where the recording cannot be started.
    pub fn start_recorded(
        config: EngineConfig,
        store: LmdbStore,
        replica: &Arc<Replica>,
        recording: Option<&Recording>,
    ) -> Result<EngineHandle, StartError> {
        let identity = store.identity();
        let me = replica.me();
        if (me.node, me.incarnation) != (identity.node, identity.incarnation)
            || replica.config().epoch() != identity.epoch
        {
            return Err(StartError::Identity);
        }
        let starts = store.peer_starts()?;
        let count = usize::from(config.shards.max(1));
        let (sides, publishers): (Vec<_>, Vec<_>) = sides(&config, count).into_iter().unzip();
        let shared = Arc::new(shared(config, sides, store.reader(), replica));
        shared.gauges.commits.store(store.commits(), Ordering::Relaxed);
        shared.note_room();
        let seed = config.seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        let mut seeds = SplitMix64::new(seed);
        let mut threads: Vec<(String, Box<dyn FnOnce() + Send>)> = Vec::new();
        for (index, publisher) in publishers.into_iter().enumerate() {
            let shard = u16::try_from(index).unwrap_or(u16::MAX);
            let recorder = recording.map(|recording| recording.recorder(shard, replica)).transpose();
            let recorder = recorder.map_err(StartError::Recording)?;
            let driver = Driver::new(Arc::clone(replica), store.reader(), seeds.next_u64(), config.driver);
            let driver = driver.recorded(recorder);
            let shared = Arc::clone(&shared);
            let run = move || run_shard(&shared, index, driver, publisher);
            threads.push((format!("driver-{index}"), Box::new(run)));
        }
        let writing = Arc::clone(&shared);
        threads.push(("writer".into(), Box::new(move || writer::run(&writing, store, starts))));
        for (name, run) in threads {
            spawn(&shared, name, run)?;
        }
        Ok(EngineHandle::new(shared, me))
    }
}

fn spawn(shared: &Arc<Shared>, name: String, run: Box<dyn FnOnce() + Send>) -> Result<(), StartError> {
    let guard: Option<Guard> = shared.stop.guard();
    let thread = thread::Builder::new().name(name).spawn(move || {
        run();
        // Everything the thread owned, the store among it, is gone before it counts as stopped.
        drop(guard);
    });
    thread.map(drop).map_err(|error| {
        shared.request_stop();
        StartError::Thread(error)
    })
}

fn run_shard(shared: &Shared, index: usize, driver: Driver<LmdbReader>, publisher: Publisher<LogId, LogRecord>) {
    if let Some(side) = shared.shards.get(index) {
        ShardThread::new(shared, index, side, driver, publisher).run();
    }
}

fn sides(config: &EngineConfig, count: usize) -> Sides {
    let side = |_| {
        let (cache, publisher) = DurableCache::new(config.cache, config.driver.bytes);
        let side = ShardSide {
            inbox: Queue::new(config.inbox, config.inbox_bytes),
            confirmed: Mailbox::new(2 * JOBS_MAX),
            replies: WaiterTable::new(config.driver.waiting),
            inspections: WaiterTable::new(256),
            cache,
            seen: Mutex::new(ShardSeen::default()),
            progress: Progress::default(),
        };
        (side, publisher)
    };
    (0..count).map(side).collect()
}

/// Jobs that wait for the writer at most.
pub(super) fn jobs_max(shards: usize) -> usize {
    shards * JOBS_MAX + STARTS_MAX
}

fn shared(config: EngineConfig, shards: Vec<ShardSide>, reader: LmdbReader, replica: &Replica) -> Shared {
    let me = replica.me().node;
    let peers = replica.config().voters().iter().filter(|voter| **voter != me);
    let outbox = || Arc::new(Queue::new(config.outbox, config.outbox_bytes));
    let commits: GroupCommit<Job> = GroupCommit::new(jobs_max(shards.len()));
    Shared {
        config,
        started: Instant::now(),
        drivers: AtomicUsize::new(shards.len()),
        shards,
        commits,
        outboxes: peers.map(|peer| (*peer, outbox())).collect(),
        starts: WaiterTable::new(STARTS_MAX),
        reader,
        stop: Shutdown::new(),
        failed: Shutdown::new(),
        fatal: OnceLock::new(),
        gauges: Gauges::default(),
        writing: Progress::default(),
    }
}
