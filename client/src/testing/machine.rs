use super::disk::Disk;
use super::network::Network;
use super::peer::Peer;
use crate::wire::{Hello, Inspection, KvBackend, NodeStatus, Refusal, Refused, VoterStatus};
use quorate_driver::{
    ClientRequest, Driver, DriverError, DriverLimits, DriverRefusal, Effects, Event, LoadError, Records, SplitMix64,
};
use quorate_protocol::{
    Config, ConfigEpoch, ConfigError, Envelope, Incarnation, LogId, LogRecord, NodeId, Owner, ReadId, ReadReply,
    Replica, Reply, Request, Slot, read_reply,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

/// Records that readers are shown without asking the disk; any may be dropped.
const PUBLISHED_MAX: usize = 1 << 16;

/// One start of a node: the shipped driver, and what it wants done. All of it is gone when the node is killed.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) me: Owner,
    pub(super) hello: Hello,
    pub(super) network: Network,
    address: String,
    pub(super) peers: BTreeMap<NodeId, Arc<Peer>>,
    disk: Disk,
    started: Instant,
    state: Mutex<State>,
    written: Notify,
    armed: Notify,
    failed: Notify,
}

#[derive(Debug)]
struct State {
    driver: Driver<Disk>,
    effects: Effects,
    published: BTreeMap<LogId, Arc<LogRecord>>,
    waiting: BTreeMap<u64, oneshot::Sender<Result<Reply, DriverRefusal>>>,
    /// Writes that are not synced, in their order.
    writes: Vec<(LogId, LogRecord)>,
    tokens: u64,
    random: SplitMix64,
    failure: Option<DriverError>,
}

/// What a node is, through all its starts.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) node: NodeId,
    pub(super) voters: Config,
    pub(super) hello: Hello,
    /// Where the voters listen.
    pub(super) addresses: Arc<BTreeMap<NodeId, String>>,
    /// Told whenever a connection between nodes comes or goes.
    pub(super) links: Arc<Notify>,
}

impl Machine {
    /// The next start over a disk.
    pub(super) fn begin(identity: &Identity, network: Network, disk: Disk, seed: u64) -> Result<Self, ConfigError> {
        let incarnation = disk.begin();
        let replica = Arc::new(Replica::new(identity.node, incarnation, identity.voters.clone())?);
        let mut random = SplitMix64::new(seed);
        let me = replica.me();
        let driver = Driver::new(replica, disk.clone(), random.next_u64(), DriverLimits::default());
        let others = identity.addresses.iter().filter(|(node, _)| **node != me.node);
        let peer = |(node, address): (&NodeId, &String)| {
            let links = Arc::clone(&identity.links);
            (*node, Arc::new(Peer::new(*node, address.clone(), disk.highest(*node), links)))
        };
        Ok(Self {
            me,
            hello: Hello { incarnation, ..identity.hello },
            network,
            address: identity.addresses.get(&me.node).cloned().unwrap_or_default(),
            peers: others.map(peer).collect(),
            disk,
            started: Instant::now(),
            state: Mutex::new(State {
                driver,
                effects: Effects::default(),
                published: BTreeMap::new(),
                waiting: BTreeMap::new(),
                writes: Vec::new(),
                tokens: 0,
                random,
                failure: None,
            }),
            written: Notify::new(),
            armed: Notify::new(),
            failed: Notify::new(),
        })
    }

    /// Tells the driver of an event, and does what it wants done. What readers are shown comes first.
    pub(super) fn handle(&self, event: Event) {
        let state = &mut *self.state();
        let handled = state.driver.handle(self.now_ms(), event, &mut state.effects);
        if let Err(error) = handled {
            state.effects.clear();
            state.failure.get_or_insert(error);
            self.failed.notify_one();
            return;
        }
        for (log, record) in state.effects.publish.drain(..) {
            state.published.insert(log, record);
        }
        while state.published.len() > PUBLISHED_MAX {
            state.published.pop_first();
        }
        if !state.effects.writes.is_empty() {
            state.writes.append(&mut state.effects.writes);
            self.written.notify_one();
        }
        for envelope in state.effects.send.drain(..) {
            if let Some(peer) = self.peers.get(&envelope.message.to) {
                peer.send(envelope);
            }
        }
        for (token, result) in state.effects.answers.drain(..) {
            if let Some(caller) = state.waiting.remove(&token) {
                // One that waits no more was told by its own deadline.
                let _ = caller.send(result);
            }
        }
        self.armed.notify_one();
    }

    /// Messages of a peer.
    pub(super) fn deliver(&self, envelopes: Vec<Envelope>) {
        self.handle(Event::Peer(envelopes));
    }

    /// Syncs what is written, again and again: all that has come by the beginning of a sync, as the node's writer.
    pub(super) async fn sync_writes(&self) {
        loop {
            let writes = std::mem::take(&mut self.state().writes);
            if writes.is_empty() {
                self.written.notified().await;
                continue;
            }
            let logs = writes.iter().map(|(log, _)| log.clone()).collect();
            self.sync().await;
            self.disk.commit(writes);
            self.handle(Event::Synced(logs));
        }
    }

    /// Has timers fire when they are due.
    pub(super) async fn tick(&self) {
        loop {
            let due_ms = self.state().driver.next_due_ms();
            tokio::select! {
                biased;
                () = self.armed.notified() => {}
                () = self.until(due_ms), if due_ms.is_some() => self.handle(Event::Tick),
            }
        }
    }

    /// Takes a start of a peer into account: durably, before anything of it is believed.
    ///
    /// # Errors
    /// A later start is known.
    pub(super) async fn admit(&self, peer: &Peer, incarnation: Incarnation) -> Result<(), Refused> {
        if incarnation < peer.incarnation() {
            return Err(Refused::Incarnation);
        }
        if incarnation > peer.incarnation() {
            self.sync().await;
            self.disk.keep_start(peer.node, incarnation);
            peer.raise(incarnation);
        }
        Ok(())
    }

    /// Whether a connection to that start of a peer is up.
    pub(super) fn reaches(&self, peer: Owner) -> bool {
        let known = self.peers.get(&peer.node);
        known.is_some_and(|known| known.is_up() && known.incarnation() == peer.incarnation)
    }

    /// Ready when the driver has stopped, with the reason.
    pub(super) async fn failure(&self) -> DriverError {
        loop {
            if let Some(error) = self.state().failure.take() {
                return error;
            }
            self.failed.notified().await;
        }
    }

    async fn sync(&self) {
        let weather = self.network.weather();
        let wait = weather.sync(&mut self.state().random);
        sleep(wait).await;
    }

    async fn until(&self, due_ms: Option<u64>) {
        let due = Duration::from_millis(due_ms.unwrap_or_default());
        sleep_until(self.started + due).await;
    }

    fn snapshot(&self, log: &LogId) -> Result<Arc<LogRecord>, Refusal> {
        if let Some(record) = self.state().published.get(log) {
            return Ok(Arc::clone(record));
        }
        match self.disk.load(log) {
            Ok(record) => Ok(Arc::new(record.unwrap_or_default())),
            Err(LoadError::Corrupt(_)) => Err(Refusal::CorruptLog),
            Err(LoadError::Store(_)) => Err(Refusal::Unsupported),
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A caller's place among those that wait.
    fn wait(&self) -> (u64, oneshot::Receiver<Result<Reply, DriverRefusal>>) {
        let (caller, answer) = oneshot::channel();
        let mut state = self.state();
        state.tokens += 1;
        let token = state.tokens;
        state.waiting.insert(token, caller);
        (token, answer)
    }
}

impl KvBackend for Machine {
    fn epoch(&self) -> ConfigEpoch {
        self.hello.epoch
    }

    async fn write(&self, log: LogId, request: Request, wait: Duration) -> Result<Reply, Refusal> {
        let (token, answer) = self.wait();
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let deadline_ms = self.now_ms().saturating_add(wait_ms);
        self.handle(Event::Client(ClientRequest { token, log, request, deadline_ms }));
        Ok(answer.await.unwrap_or(Ok(Reply::Unknown))?)
    }

    fn read(&self, log: &LogId, id: ReadId, full: bool) -> Result<ReadReply, Refusal> {
        Ok(read_reply(id, &*self.snapshot(log)?, full))
    }

    fn slot(&self, log: &LogId) -> Result<Slot, Refusal> {
        Ok(self.snapshot(log)?.chosen_slot())
    }

    fn help(&self, log: LogId, slot: Slot) -> Result<(), Refusal> {
        self.handle(Event::Help { log, slot });
        Ok(())
    }

    fn settle(&self, log: LogId, slot: Slot) -> Result<(), Refusal> {
        self.handle(Event::Settle { log, slot });
        Ok(())
    }

    async fn inspect(&self, log: LogId) -> Result<Inspection, Refusal> {
        let inspected = self.state().driver.inspect(self.now_ms(), &log);
        Inspection::of(self.me, inspected.map_err(|_| Refusal::ShuttingDown)?)
    }

    fn status(&self) -> NodeStatus {
        let mine = VoterStatus {
            node: self.me.node,
            address: self.address.clone(),
            up: true,
            incarnation: self.me.incarnation,
        };
        let mut voters: Vec<_> = self.peers.values().map(|peer| peer.status()).chain([mine]).collect();
        voters.sort_by_key(|voter| voter.node);
        NodeStatus {
            node: self.me.node,
            incarnation: self.me.incarnation,
            cluster: self.hello.cluster,
            epoch: self.hello.epoch,
            voters,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_ms: self.now_ms(),
            logs: self.disk.logs(),
            corrupt: 0,
            corrupt_logs: Vec::new(),
            counters: Vec::new(),
        }
    }
}
