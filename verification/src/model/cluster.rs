//! The replicas, their disks and their network as one state.

use super::{Branch, Coverage, Ghost, Reader, Scenario, Writer};
use crate::shared::Shared;
use quorate_protocol::{
    Ballot, Chosen, ChosenNotice, Config, Entry, Incarnation, Input, LogRecord, Message, NodeId, Output, Owner,
    PaxosLog, Phase, Recorded, Replica, Request, RequestId, Row, Slot, Version,
};
use quorate_spec::Property;
use std::sync::Arc;

/// A replica, in its present incarnation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// The shipped core, with its durable record, its write under way and all that is volatile.
    pub log: PaxosLog,
}

/// A state of a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The replicas.
    pub nodes: Vec<Shared<Node>>,
    /// Every message ever sent, in the order of digests. A message stays: it may arrive late, twice, or
    /// never, so loss, duplication and reordering need no events of their own.
    pub network: Vec<Shared<Message>>,
    /// All durable votes.
    pub ghost: Shared<Ghost>,
    /// The reading client.
    pub reader: Option<Shared<Reader>>,
    /// The retrying client.
    pub writer: Option<Shared<Writer>>,
    /// Which scripted requests have arrived.
    pub arrived: u8,
    /// Crashes so far.
    pub crashes: u8,
    /// Prepares that reached the network so far.
    pub prepares: u8,
    /// The first property that broke.
    pub broken: Option<Property>,
}

/// A model: a scenario over the shipped core.
#[derive(Debug)]
pub struct Cluster {
    /// What it is about.
    pub scenario: Scenario,
    /// The voters.
    pub config: Config,
    /// Which branches were taken so far.
    pub coverage: Coverage,
    /// Each node's identity in each incarnation that the bounds allow.
    replicas: Vec<Vec<Arc<Replica>>>,
}

impl State {
    fn place(&self, digest: u64) -> Result<usize, usize> {
        self.network.binary_search_by_key(&digest, Shared::digest)
    }

    fn has(&self, message: &Message) -> bool {
        self.place(crate::shared::digest(message)).is_ok()
    }

    fn send(&mut self, message: Message) {
        let message = Shared::new(message);
        if let Err(at) = self.place(message.digest()) {
            self.network.insert(at, message);
        }
    }
}

impl Cluster {
    /// The model of a scenario.
    ///
    /// # Errors
    /// Bounds that make no configuration.
    pub fn new(scenario: Scenario) -> Result<Self, quorate_protocol::ConfigError> {
        let nodes = scenario.bounds.nodes;
        let config = Config::new(1.into(), (0..nodes).map(NodeId))?;
        let incarnations = 1..=u32::from(scenario.bounds.crashes) + 1;
        let replicas = (0..nodes).map(|node| {
            let starts = incarnations.clone();
            starts.map(|start| Replica::new(NodeId(node), Incarnation(start), config.clone()).map(Arc::new)).collect()
        });
        let replicas = replicas.collect::<Result<_, _>>()?;
        Ok(Self { scenario, config, coverage: Coverage::default(), replicas })
    }

    /// Slot 1 is chosen, and durably known everywhere: its entry was proposed by node 0, which so owns
    /// slot 2.
    pub(super) fn initial(&self) -> Option<State> {
        let id = RequestId::new(0, 0);
        let version = Version { slot: Slot(1), position: 0 };
        let outcome = quorate_protocol::Outcome::Written;
        let owner = Owner { node: NodeId(0), incarnation: Incarnation(1) };
        let entry = Entry {
            value: Some(self.scenario.initial.into()),
            version: Some(version),
            owner,
            requests: vec![Recorded { id, version, outcome }],
            floor: Slot::ZERO,
        };
        let ballot = Ballot::ZERO.above(owner);
        let chosen = Chosen { slot: Slot(1), ballot, entry: Arc::new(entry) };
        let record = LogRecord { chosen: Some(chosen.clone()), ..LogRecord::default() };
        let nodes = self.replicas.iter().map(|starts| {
            let log = PaxosLog::restore(starts.first()?.clone(), record.clone()).ok()?;
            Some(Shared::new(Node { log }))
        });
        Some(State {
            nodes: nodes.collect::<Option<_>>()?,
            network: Vec::new(),
            ghost: Shared::new(Ghost::new(Some(chosen))),
            reader: (self.scenario.bounds.reads > 0).then(|| Shared::new(Reader::new())),
            writer: self.scenario.writer.as_ref().map(|(op, replicas)| Shared::new(Writer::new(op, replicas))),
            arrived: 0,
            crashes: 0,
            prepares: 0,
            broken: None,
        })
    }

    /// The scripted request of this index.
    pub(super) fn scripted(&self, index: usize) -> Option<(usize, Request)> {
        let script = self.scenario.scripts.get(index)?;
        let id = RequestId::new(1 + index as u128, 1);
        let mut request = Request::first(id, Slot(1), script.operation.clone());
        request.keep = 1;
        Some((usize::from(script.to.0), request))
    }

    /// Whether a node still takes part. One that knows the last slot chosen has nothing more to do within
    /// the bounds; its durable record and what it sent count on.
    pub(super) fn is_active(&self, state: &State, node: usize) -> bool {
        let Some(log) = state.nodes.get(node).map(|node| &node.log) else { return false };
        self.is_within(log) && !self.scenario.silent.contains(&log.replica().me().node)
    }

    fn is_within(&self, log: &PaxosLog) -> bool {
        log.record().open_slot().0 <= self.scenario.bounds.last_slot
    }

    /// Gives a node an event. `None` if nothing came of it.
    pub(super) fn step(&self, state: &State, node: usize, input: Input) -> Option<(State, Output)> {
        let before = &state.nodes.get(node)?.log;
        let mut log = before.clone();
        let mut output = log.step(input);
        let proposing = matches!(log.phase(), Phase::Preparing { .. } | Phase::Accepting { .. });
        output.send.retain(|message| self.is_carried(message, proposing));
        let unsent = |message: &Message| !state.has(message);
        let idle = output.done.is_empty() && output.write.is_none() && !output.send.iter().any(unsent);
        if idle && log == *before {
            return None;
        }
        let mut next = state.clone();
        self.observe(&mut next, before, &log, &output);
        if self.is_fused(&log, &output) {
            let pending = log.clone();
            let more = log.step(Input::Durable);
            self.observe(&mut next, &pending, &log, &more);
            output.send.extend(more.send.into_iter().filter(|message| self.is_carried(message, true)));
            output.done.extend(more.done);
        }
        for message in output.send.drain(..) {
            next.send(message);
        }
        *next.nodes.get_mut(node)? = Shared::new(Node { log });
        Some((next, output))
    }

    /// Whether a message matters within the bounds. Catching up is an event of its own where the model is
    /// reduced, so neither the question nor the answer travels: see [`Cluster::catch_up`].
    fn is_carried(&self, message: &Message, proposing: bool) -> bool {
        let answer = message.chosen.entry.is_some();
        let question = message.belief.is_some() && message.proposal.is_none() && !proposing;
        message.row.slot.0 <= self.scenario.bounds.last_slot
            && !self.scenario.silent.contains(&message.to)
            && !(self.scenario.reduced && (answer || question))
    }

    /// A node that is behind learns a chosen entry: any that is chosen, at any time. That is more than
    /// the answers of those ahead could bring, and it keeps their many snapshots out of the network.
    pub(super) fn catch_up(&self, state: &State, node: usize, slot: Slot) -> Option<State> {
        let vote = state.ghost.votes().iter().find(|v| v.slot == slot && self.config.is_majority(v.voters))?;
        let to = state.nodes.get(node)?.log.replica().me().node;
        let from = *self.config.voters().iter().find(|voter| **voter != to)?;
        let entry = Some(vote.entry.clone());
        let message = Message {
            epoch: self.config.epoch(),
            from,
            to,
            row: Row { slot: Slot(1), ..Row::default() },
            accepted: None,
            chosen: ChosenNotice { slot, ballot: vote.ballot, entry },
            proposal: None,
            belief: None,
        };
        let (mut next, output) = self.step(state, node, Input::Receive(message))?;
        self.answers(&mut next, to, &output);
        Some(next)
    }

    /// A write that nothing ran ahead of is durable in the step that issues it. Until it was durable,
    /// nothing of the step could be seen outside the node, so the step may as well have happened then; a
    /// crash that loses the write is one before the step. (`docs/models.md`, "Reductions".)
    fn is_fused(&self, log: &PaxosLog, output: &Output) -> bool {
        let quiet = self.scenario.reduced && output.send.is_empty();
        output.write.is_some() && self.is_within(log) && (quiet || self.scenario.instant_disk)
    }

    /// The local invariants, the observer's notes, P8, and coverage.
    fn observe(&self, next: &mut State, before: &PaxosLog, after: &PaxosLog, output: &Output) {
        if output.prepared && self.is_within(after) {
            next.prepares = next.prepares.saturating_add(1);
        }
        if let Err(violation) = after.check() {
            next.broken = next.broken.or(Some(super::audit::property_of(violation)));
        }
        if before.durable() != after.durable() {
            self.record_vote(next, after);
        }
        self.cover_step(before, after);
        if after.record().chosen_slot() > before.record().chosen_slot() {
            let held = after.record().chosen.as_ref();
            if !held.is_some_and(|held| next.ghost.is_chosen(&self.config, held.slot, &held.entry)) {
                next.broken = next.broken.or(Some(Property::LearnedIsChosen));
            }
        }
    }

    /// The observer hears of a node's durable record.
    fn record_vote(&self, state: &mut State, log: &PaxosLog) {
        let mut ghost = (*state.ghost).clone();
        if ghost.durable(&self.config, log.replica().me().node, log.durable()) {
            state.ghost = Shared::new(ghost);
            self.audit(state);
        }
    }

    /// Whether a crash would take anything from a node. One that takes nothing leaves the node as it was,
    /// but for an incarnation that only its next ballots show.
    pub(super) fn has_something_to_lose(&self, log: &PaxosLog) -> bool {
        let owns = log.durable().chosen_entry().is_some_and(|entry| entry.owner == log.replica().me());
        let fresh = PaxosLog::restore(Arc::new(log.replica().clone()), log.durable().clone());
        owns || fresh.map_or(true, |fresh| fresh != *log)
    }

    /// A crash: the disk is as it was, with the write under way or without it; the rest is gone. The
    /// restart raises the incarnation.
    pub(super) fn crash(&self, state: &State, node: usize, kept: bool) -> Option<State> {
        let before = &state.nodes.get(node)?.log;
        let written = before.writing().filter(|_| kept);
        let record = written.unwrap_or(before.durable()).clone();
        let start = usize::try_from(before.replica().me().incarnation.0).ok()?;
        let replica = self.replicas.get(node)?.get(start).or(self.replicas.get(node)?.last())?;
        let log = PaxosLog::restore(replica.clone(), record).ok()?;
        let mut next = state.clone();
        next.crashes += 1;
        self.record_vote(&mut next, &log);
        *next.nodes.get_mut(node)? = Shared::new(Node { log });
        if before.writing().is_some() {
            self.coverage.hit(if kept { Branch::TailKept } else { Branch::TailLost });
        }
        Some(next)
    }
}
