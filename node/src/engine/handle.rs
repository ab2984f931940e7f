use super::job::Job;
use super::shared::{Arrival, ShardSide, Shared};
use super::{EngineStatus, Fatal, Outbox, StaleStart};
use crate::driver::{ClientRequest, Counters, LoadError, Records, request_bytes};
use quorate_client::wire::{Envelope, Inspection, Refusal, envelope_bytes_max};
use quorate_handoff::RegisterError;
use quorate_protocol::{
    Incarnation, LogId, LogRecord, NodeId, Owner, ReadId, ReadReply, Reply, Request, Slot, read_reply,
};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A running engine, for the tasks that serve sockets. Cloning gives another handle. No call blocks for longer than a
/// read of one record takes; what waits is a future.
#[derive(Clone)]
pub struct EngineHandle {
    shared: Arc<Shared>,
    me: Owner,
}

impl EngineHandle {
    pub(super) fn new(shared: Arc<Shared>, me: Owner) -> Self {
        Self { shared, me }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// This node, in this start of it.
    pub fn me(&self) -> Owner {
        self.me
    }

    /// Has a request chosen, and waits for its outcome for at most `wait` (cut to the configured longest); then the
    /// request is taken back: the answer is `NotApplied(Withdrawn)` if it was never proposed, else `Unknown`.
    ///
    /// The request lives apart from the call: dropping the future ends the waiting and nothing else.
    ///
    /// # Errors
    /// A refusal: this attempt is surely not applied.
    pub async fn write(&self, log: LogId, request: Request, wait: Duration) -> Result<Reply, Refusal> {
        let gauges = &self.shared.gauges;
        if gauges.full.load(Ordering::Relaxed) {
            return Err(self.overloaded());
        }
        let side = self.side(&log)?;
        let (token, waiter) = side.replies.register().map_err(|error| self.refusal_of(error))?;
        let wait_ms = u64::try_from(wait.min(self.shared.config.wait_max).as_millis()).unwrap_or(u64::MAX);
        let deadline_ms = self.shared.now_ms().saturating_add(wait_ms);
        let bytes = request_bytes(&log, &request);
        let asked = ClientRequest { token: token.to_u64(), log, request, deadline_ms };
        if !side.inbox.push(Arrival::Client(asked), bytes) {
            return Err(self.overloaded());
        }
        // A table that was closed under us: the driver has ended without an answer, and may have proposed it.
        Ok(waiter.await.unwrap_or(Ok(Reply::Unknown))?)
    }

    /// What this replica answers to a linearizable read, on the caller's thread: from the cache of durable state, or
    /// from a transaction of LMDB that ends before this returns.
    ///
    /// # Errors
    /// [`Refusal::CorruptLog`] for a record that failed its check; [`Refusal::ShuttingDown`] once stopped.
    pub fn read(&self, log: &LogId, id: ReadId, full: bool) -> Result<ReadReply, Refusal> {
        let record = self.snapshot(log)?;
        Ok(read_reply(id, &record, full))
    }

    /// The highest slot this replica knows chosen; 0 for none.
    ///
    /// # Errors
    /// As [`EngineHandle::read`].
    pub fn slot(&self, log: &LogId) -> Result<Slot, Refusal> {
        Ok(self.snapshot(log)?.chosen_slot())
    }

    /// Sends on what this replica accepted in an open slot.
    ///
    /// # Errors
    /// A refusal; nothing was done.
    pub fn help(&self, log: LogId, slot: Slot) -> Result<(), Refusal> {
        let side = self.side(&log)?;
        self.taken(side.inbox.push(Arrival::Help { log, slot }, 0))
    }

    /// Completes an open slot. Returns before it is completed.
    ///
    /// # Errors
    /// A refusal; nothing was done.
    pub fn settle(&self, log: LogId, slot: Slot) -> Result<(), Refusal> {
        let side = self.side(&log)?;
        self.taken(side.inbox.push(Arrival::Settle { log, slot }, 0))
    }

    /// Messages of a peer. Never blocks; those that find the inbox full are dropped, which the protocol takes for loss.
    /// How many were taken in.
    pub fn deliver(&self, envelopes: Vec<Envelope>) -> usize {
        let given = envelopes.len();
        let full = self.shared.gauges.full.load(Ordering::Relaxed);
        let mut by_shard: Vec<Vec<Envelope>> = self.shared.shards.iter().map(|_| Vec::new()).collect();
        for envelope in envelopes {
            // A store without room makes no more votes durable; what asks for none is still heard.
            if full && envelope.message.proposal.is_some() {
                continue;
            }
            let shard = self.shared.shard_of(&envelope.log);
            if let Some(batch) = by_shard.get_mut(shard) {
                batch.push(envelope);
            }
        }
        let mut taken = 0;
        for (side, batch) in self.shared.shards.iter().zip(by_shard) {
            let (count, bytes) = (batch.len(), batch.iter().map(envelope_bytes_max).sum());
            if count > 0 && side.inbox.push(Arrival::Peer(batch), bytes) {
                taken += count;
            }
        }
        let dropped = u64::try_from(given - taken).unwrap_or(u64::MAX);
        self.shared.gauges.inbox_dropped.fetch_add(dropped, Ordering::Relaxed);
        taken
    }

    /// The messages for a peer; `None` for a node that is no other voter. One task may take from it at a time.
    pub fn outbox(&self, peer: NodeId) -> Option<Outbox> {
        self.shared.outbox(peer)
    }

    /// Makes a peer's start durable before anything it says is believed.
    ///
    /// # Errors
    /// Outside: the engine is overloaded or stopping. Inside: a higher start of that peer is known.
    pub async fn admit_peer(&self, node: NodeId, incarnation: Incarnation) -> Result<Result<(), StaleStart>, Refusal> {
        let (token, waiter) = self.shared.starts.register().map_err(|error| self.refusal_of(error))?;
        let submitted = self.shared.commits.submit(Job::Start { node, incarnation, token });
        submitted.map_err(|_| Refusal::ShuttingDown)?;
        waiter.await.ok_or(Refusal::ShuttingDown)
    }

    /// What this replica holds for a log, for people.
    ///
    /// # Errors
    /// A refusal; a corrupt record is no error here.
    pub async fn inspect(&self, log: LogId) -> Result<Inspection, Refusal> {
        let side = self.side(&log)?;
        let (token, waiter) = side.inspections.register().map_err(|error| self.refusal_of(error))?;
        self.taken(side.inbox.push(Arrival::Inspect { token, log }, 0))?;
        Inspection::of(self.me, waiter.await.ok_or(Refusal::ShuttingDown)?)
    }

    /// How the engine is. Counts the store's logs in a read transaction.
    pub fn status(&self) -> EngineStatus {
        let shared = &self.shared;
        let mut status = EngineStatus::default();
        for side in &shared.shards {
            let seen = side.seen();
            status.counters = Counters::plus(status.counters, seen.counters);
            status.hosted += seen.hosted;
            status.waiting += seen.waiting;
            status.inbox += whole(side.inbox.len());
            status.corrupt.extend(seen.corrupt);
        }
        let gauges = &shared.gauges;
        EngineStatus {
            commits: gauges.commits.load(Ordering::Relaxed),
            records_written: gauges.records_written.load(Ordering::Relaxed),
            commit_queue: whole(shared.commits.len()),
            inbox_dropped: gauges.inbox_dropped.load(Ordering::Relaxed),
            outbox_dropped: gauges.outbox_dropped.load(Ordering::Relaxed),
            overloaded: gauges.overloaded.load(Ordering::Relaxed),
            reads_cached: gauges.reads_cached.load(Ordering::Relaxed),
            reads_stored: gauges.reads_stored.load(Ordering::Relaxed),
            commit_seconds: gauges.commit_seconds.read(),
            sync_seconds: gauges.sync_seconds.read(),
            batch_records: gauges.batch_records.read(),
            outboxes: shared.outboxes.iter().map(|(peer, outbox)| (*peer, whole(outbox.len()))).collect(),
            limits: shared.limits(),
            readers: shared.reader.readers(),
            logs: shared.reader.count().unwrap_or(0),
            used_bytes: shared.reader.used_bytes(),
            map_bytes: shared.reader.map_bytes(),
            full: gauges.full.load(Ordering::Relaxed),
            fatal: shared.fatal.get().cloned(),
            ..status
        }
    }

    /// Ready when the engine has stopped by itself, with the reason. The process must then exit with an error.
    pub async fn fatal(&self) -> Arc<Fatal> {
        self.shared.failed.requested().await;
        let unnamed = || Arc::new(Fatal::Panicked("unknown".into()));
        self.shared.fatal.get().cloned().unwrap_or_else(unnamed)
    }

    /// Stops: takes no more requests, lets those under way finish for the configured grace, answers the rest, makes
    /// everything submitted durable. Ready when all threads have ended. May be called more than once.
    pub async fn shutdown(&self) {
        self.shared.request_stop();
        self.shared.stop.idle().await;
    }

    /// What readers may be told of a log.
    ///
    /// What one replica tells readers never goes back, which a read that follows another relies on. A publication is
    /// never behind a commit that was submitted before it; a commit may be ahead of the cache until it is published.
    /// So a miss asks the store, and then the cache once more: a record that was published in between may have been
    /// told to somebody by then, and the store's may be newer than what the next reader will find.
    fn snapshot(&self, log: &LogId) -> Result<Arc<LogRecord>, Refusal> {
        let side = self.side(log)?;
        if let Some(record) = side.cache.get(log) {
            self.shared.gauges.reads_cached.fetch_add(1, Ordering::Relaxed);
            return Ok(record);
        }
        let stored = self.shared.reader.load(log).map_err(|error| self.unreadable(side, log, &error))?;
        self.shared.gauges.reads_stored.fetch_add(1, Ordering::Relaxed);
        Ok(side.cache.get(log).unwrap_or_else(|| Arc::new(stored.unwrap_or_default())))
    }

    fn side(&self, log: &LogId) -> Result<&ShardSide, Refusal> {
        if self.shared.stop.is_requested() {
            return Err(Refusal::ShuttingDown);
        }
        self.shared.shards.get(self.shared.shard_of(log)).ok_or(Refusal::ShuttingDown)
    }

    fn unreadable(&self, side: &ShardSide, log: &LogId, error: &LoadError) -> Refusal {
        if !matches!(error, LoadError::Corrupt(_)) {
            return Refusal::Unsupported;
        }
        // Nothing is open at slot 0: this only has the driver load the log, and list it as corrupt.
        let _ = side.inbox.push(Arrival::Help { log: log.clone(), slot: Slot::ZERO }, 0);
        Refusal::CorruptLog
    }

    fn taken(&self, taken: bool) -> Result<(), Refusal> {
        if taken { Ok(()) } else { Err(self.overloaded()) }
    }

    fn refusal_of(&self, error: RegisterError) -> Refusal {
        match error {
            RegisterError::Full => self.overloaded(),
            RegisterError::Closed => Refusal::ShuttingDown,
        }
    }

    fn overloaded(&self) -> Refusal {
        self.shared.gauges.overloaded.fetch_add(1, Ordering::Relaxed);
        Refusal::Overloaded
    }
}

impl std::fmt::Debug for EngineHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineHandle").field("me", &self.me).finish_non_exhaustive()
    }
}

fn whole(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
