//! The replicas, their disks and their network: what a model is made of.

use super::opening::first_chosen;
use super::transitions::Recorder;
use super::{Coverage, Ghost, Id, Interner, NODES_MAX, Network, Node, Nodes, Reader, Scenario, State, Writer};
use quorate_history::fold::Fold;
use quorate_protocol::{
    Config, ConfigError, Incarnation, Input, LogRecord, Message, NodeId, PaxosLog, Replica, Request, RequestId, Slot,
};
use quorate_spec::Property;
use std::hash::Hasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A model: a scenario over the shipped core.
#[derive(Debug)]
pub struct Cluster {
    /// What it is about.
    pub scenario: Scenario,
    /// The voters.
    pub config: Config,
    /// Which branches were taken so far.
    pub coverage: Coverage,
    /// The longest that a healed cluster took so far to answer everything, in steps (P21).
    pub longest: AtomicU32,
    /// Tells this model's memos from another's.
    pub(super) serial: u64,
    pub(super) nodes: Interner<Node>,
    pub(super) records: Interner<LogRecord>,
    pub(super) messages: Interner<Message>,
    pub(super) inputs: Interner<Input>,
    pub(super) ghosts: Interner<Ghost>,
    pub(super) readers: Interner<Reader>,
    pub(super) writers: Interner<Writer>,
    /// Keeps the local transitions, where a run is about them.
    pub(super) recorder: Option<Recorder>,
}

static SERIAL: AtomicU64 = AtomicU64::new(1);

impl Cluster {
    /// The model of a scenario.
    ///
    /// # Errors
    /// Bounds that make no configuration.
    pub fn new(scenario: Scenario) -> Result<Self, ConfigError> {
        let nodes = scenario.bounds.nodes;
        let config = Config::new(1.into(), (0..nodes).map(NodeId))?;
        if usize::from(nodes) > NODES_MAX {
            return Err(ConfigError::VoterCount { given: usize::from(nodes) });
        }
        Ok(Self {
            scenario,
            config,
            coverage: Coverage::default(),
            longest: AtomicU32::new(0),
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            nodes: Interner::new(),
            records: Interner::new(),
            messages: Interner::new(),
            inputs: Interner::new(),
            ghosts: Interner::new(),
            readers: Interner::new(),
            writers: Interner::new(),
            recorder: None,
        })
    }

    /// A replica's log in a state.
    pub fn log(&self, state: &State, node: usize) -> Option<&PaxosLog> {
        state.nodes.get(node).map(|id| &self.nodes.get(*id).log)
    }

    /// All replicas' logs in a state.
    pub fn logs<'a>(&'a self, state: &'a State) -> impl Iterator<Item = &'a PaxosLog> {
        state.nodes.iter().map(|id| &self.nodes.get(*id).log)
    }

    /// A message by its name.
    pub fn message(&self, id: Id<Message>) -> &Message {
        self.messages.get(id)
    }

    /// What the observer of a state knows.
    pub fn ghost(&self, state: &State) -> &Ghost {
        self.ghosts.get(state.ghost)
    }

    /// A reading client of a state.
    pub fn reader(&self, state: &State, reader: usize) -> Option<&Reader> {
        state.readers.get(reader).copied().flatten().map(|id| self.readers.get(id))
    }

    /// The retrying client of a state.
    pub fn writer(&self, state: &State) -> Option<&Writer> {
        state.writer.map(|id| self.writers.get(id))
    }

    pub(super) fn known(&self, log: PaxosLog) -> Id<Node> {
        let durable = self.records.intern(log.durable().clone());
        self.nodes.intern(Node::new(log, durable))
    }

    pub(super) fn replica(&self, node: NodeId, incarnation: Incarnation) -> Replica {
        Replica::new(node, incarnation, self.config.clone()).expect("a voter, and an incarnation above 0")
    }

    /// Slot 1 is chosen, and durably known everywhere: its entry was proposed by node 0, which so owns
    /// slot 2.
    pub(super) fn initial(&self) -> Option<State> {
        let chosen = first_chosen(self.scenario.initial);
        let record = LogRecord { chosen: Some(chosen.clone()), ..LogRecord::default() };
        let nodes = self.config.voters().iter().map(|node| {
            let replica = Arc::new(self.replica(*node, Incarnation(1)));
            Some(self.known(PaxosLog::restore(replica, record.clone()).ok()?))
        });
        let state = State {
            nodes: Nodes::new(&nodes.collect::<Option<Vec<_>>>()?)?,
            network: Network::empty(),
            ghost: self.ghosts.intern(Ghost::new(chosen)),
            readers: std::array::from_fn(|reader| {
                let bounds = &self.scenario.bounds;
                let reads = bounds.reads > 0 && reader < usize::from(bounds.readers);
                reads.then(|| self.readers.intern(Reader::new()))
            }),
            writer: self
                .scenario
                .writer
                .as_ref()
                .map(|(op, to)| self.writers.intern(Writer::new(op, to, self.scenario.keep))),
            arrived: 0,
            crashes: 0,
            prepares: 0,
            broken: None,
            digest: 0,
        };
        Some(self.sealed(state))
    }

    /// A finished state, with its digest: every state leaves through here. Mixed into it is the salt of
    /// the run, so that two states which share a fingerprint in one run do not in another.
    pub(super) fn sealed(&self, mut state: State) -> State {
        let mut hash = Fold::default();
        hash.write_u64(self.scenario.salt);
        for node in state.nodes.iter() {
            hash.write_u64(self.nodes.digest(*node));
        }
        hash.write_u64(state.network.sum());
        hash.write_u64(self.ghosts.digest(state.ghost));
        for reader in state.readers {
            hash.write_u64(reader.map_or(0, |reader| self.readers.digest(reader)));
        }
        hash.write_u64(state.writer.map_or(0, |writer| self.writers.digest(writer)));
        let broken = state.broken.map_or(0, Property::number);
        hash.write_u32(u32::from_le_bytes([state.arrived, state.crashes, state.prepares, broken]));
        state.digest = hash.finish();
        state
    }

    /// The scripted request of this index.
    pub(super) fn scripted(&self, index: usize) -> Option<(usize, Request)> {
        let script = self.scenario.scripts.get(index)?;
        let id = RequestId::new(1 + index as u128, 1);
        let mut request = Request::first(id, Slot(1), script.operation.clone());
        request.keep = self.scenario.keep;
        Some((usize::from(script.to.0), request))
    }

    /// Whether a node still takes part. One that knows the last slot chosen has nothing more to do within
    /// the bounds; its durable record and what it sent count on.
    pub(super) fn is_active(&self, state: &State, node: usize) -> bool {
        let Some(log) = self.log(state, node) else { return false };
        self.is_within(log) && !self.scenario.silent.contains(&log.replica().me().node)
    }

    pub(super) fn is_within(&self, log: &PaxosLog) -> bool {
        log.record().open_slot().0 <= self.scenario.bounds.last_slot
    }
}
