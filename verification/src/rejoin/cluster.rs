//! A model: what a node's event does to a state.

use super::{Branch, Coverage, Node, Role, Scenario, Sent, State};
use crate::model::Ghost;
use crate::model::audit::property_of;
use crate::model::opening::{first_chosen, notice};
use crate::shared::Shared;
use quorate_protocol::{
    Config, ConfigError, Forgotten, Incarnation, Input, LogRecord, Message, NodeId, Operation, Output, Owner, PaxosLog,
    Phase, Replica, Request, RequestId, Slot,
};
use std::sync::Arc;

/// One event.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A message that was once sent arrives.
    Deliver(Shared<Sent>),
    /// A node learns what is chosen in a slot.
    CatchUp(usize, Slot),
    /// A node's write under way becomes durable.
    Durable(usize),
    /// A node restarts as its disk was: with the write under way (true), or without it.
    Crash(usize, bool),
    /// A node's disk is lost, whole; it starts with an empty one, in a new incarnation.
    Wipe(usize),
    /// The first node comes back; the second records that, and tells its row.
    Record(usize, usize),
    /// A node completes the open slot.
    Settle(usize),
    /// A node sends on the proposal that it voted for.
    Relay(usize),
    /// A node that comes back votes again.
    Ready(usize),
    /// A put of this index arrives.
    Propose(usize),
    /// A node's deferral ends.
    Defer(usize),
    /// A read begins.
    ReadBegins,
    /// A voter answers the read.
    ReadReply(usize),
}

/// A scenario over the shipped core.
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

impl Cluster {
    /// The model of a scenario: three replicas.
    ///
    /// # Errors
    /// None that a scenario of the catalogue could cause.
    pub fn new(scenario: Scenario) -> Result<Self, ConfigError> {
        let config = Config::new(1.into(), (0..3).map(NodeId))?;
        let starts = 1..=1 + u32::from(scenario.bounds.crashes) + u32::from(scenario.bounds.wipes);
        let of = |node: &NodeId| -> Result<Vec<_>, _> {
            let replica = |start| Replica::new(*node, Incarnation(start), config.clone()).map(Arc::new);
            starts.clone().map(replica).collect()
        };
        let replicas = config.voters().iter().map(of).collect::<Result<_, _>>()?;
        Ok(Self { scenario, config, coverage: Coverage::default(), replicas })
    }

    /// Slot 1 is chosen, and durably known everywhere but where the scenario says. Node 0 proposed it, and so
    /// owns slot 2.
    pub(super) fn initial(&self) -> Option<State> {
        let chosen = first_chosen("A");
        let record = LogRecord { chosen: Some(chosen.clone()), ..LogRecord::default() };
        let nodes = self.replicas.iter().map(|starts| {
            let replica = starts.first()?.clone();
            let behind = self.scenario.behind.contains(&replica.me().node);
            let record = if behind { LogRecord::default() } else { record.clone() };
            let log = PaxosLog::restore(replica, record).ok()?;
            Some(Shared::new(Node { role: Role::Voting(log), forgotten: Forgotten::default() }))
        });
        Some(State {
            nodes: nodes.collect::<Option<_>>()?,
            network: Vec::new(),
            ghost: Shared::new(Ghost::new(chosen)),
            reader: (self.scenario.bounds.reads > 0).then(|| Shared::new(super::state::Reader::default())),
            arrived: 0,
            crashes: 0,
            wipes: 0,
            settles: 0,
            prepares: 0,
            broken: None,
        })
    }

    /// The identity of a node's next start.
    pub(super) fn next_start(&self, node: &Node) -> Option<Arc<Replica>> {
        let me = node.replica().me();
        let starts = self.replicas.get(self.config.index(me.node)?)?;
        starts.get(usize::try_from(me.incarnation.0).ok()?).cloned()
    }

    /// The put of this index.
    pub(super) fn put(&self, index: usize) -> Option<(usize, Request)> {
        let (to, value) = self.scenario.puts.get(index)?;
        let mut request = Request::first(RequestId::new(1 + index as u128, 1), Slot(1), Operation::put(*value));
        request.keep = 1;
        Some((self.config.index(*to)?, request))
    }

    /// Whether a node still takes part. One that knows the last slot chosen has nothing more to do within
    /// the bounds; its record and what it sent count on.
    pub(super) fn is_active(&self, state: &State, node: usize) -> bool {
        state.nodes.get(node).is_some_and(|node| node.open_slot().0 <= self.scenario.bounds.last_slot)
    }

    /// Gives a node that votes an event. `None` if nothing came of it.
    pub(super) fn step(&self, state: &State, node: usize, input: Input) -> Option<State> {
        let before = state.log(node)?;
        let mut log = before.clone();
        let mut output = log.step(input);
        let proposing = matches!(log.phase(), Phase::Preparing { .. } | Phase::Accepting { .. });
        output.send.retain(|message| self.is_carried(message, proposing));
        let new = output.send.iter().any(|message| !state.has(&self.sent(&log, message.clone())));
        if output.write.is_none() && output.done.is_empty() && !new && log == *before {
            return None;
        }
        let mut next = state.clone();
        self.observe(&mut next, before, &log, &output);
        if self.is_fused(&log, &output) {
            let pending = log.clone();
            let more = log.step(Input::Durable);
            self.observe(&mut next, &pending, &log, &more);
            output.send.extend(more.send.into_iter().filter(|message| self.is_carried(message, true)));
        }
        for message in output.send {
            next.send(self.sent(&log, message));
        }
        next.set_role(node, Role::Voting(log))?;
        Some(next)
    }

    fn sent(&self, log: &PaxosLog, message: Message) -> Sent {
        let me = log.replica().me();
        self.tagged(me, message)
    }

    /// A message as its receiver gets it.
    pub(super) fn tagged(&self, from: Owner, message: Message) -> Sent {
        let matters = self.scenario.wiping.contains(&from.node);
        Sent { incarnation: if matters { from.incarnation } else { Incarnation(0) }, message }
    }

    /// Whether a message matters within the bounds. Catching up is an event of its own, so neither its
    /// question nor its answer travels (`docs/models.md`, "Reductions").
    fn is_carried(&self, message: &Message, proposing: bool) -> bool {
        let answer = message.chosen.entry.is_some();
        let question = message.belief.is_some() && message.proposal.is_none() && !proposing;
        message.row.slot.0 <= self.scenario.bounds.last_slot && !answer && !question
    }

    /// A write that nothing ran ahead of is durable in the step that issues it; where votes are durable
    /// before accepts leave, every write is.
    fn is_fused(&self, log: &PaxosLog, output: &Output) -> bool {
        let within = log.record().open_slot().0 <= self.scenario.bounds.last_slot;
        output.write.is_some() && within && (output.send.is_empty() || self.scenario.persist_first)
    }

    /// A node that is behind learns a chosen entry: any that is chosen, at any time.
    pub(super) fn catch_up(&self, state: &State, node: usize, slot: Slot) -> Option<State> {
        let to = state.nodes.get(node)?.replica().me().node;
        let message = notice(&self.config, to, state.ghost.chosen_in(slot)?)?;
        match &state.nodes.get(node)?.role {
            Role::Voting(_) => self.step(state, node, Input::Receive(message)),
            Role::Returning(_) => self.hear(state, node, &message),
        }
    }

    /// The local invariants, the observer's notes, P8, and coverage.
    fn observe(&self, next: &mut State, before: &PaxosLog, after: &PaxosLog, output: &Output) {
        if output.prepared {
            next.prepares = next.prepares.saturating_add(1);
        }
        if let Err(violation) = after.check() {
            next.broken = next.broken.or(Some(property_of(violation)));
        }
        if before.durable() != after.durable() {
            self.record_vote(next, after);
        }
        if let Some(chosen) = after.record().chosen.as_ref().filter(|held| held.slot > before.record().chosen_slot()) {
            self.audit_learnt(next, chosen.slot, &chosen.entry);
        }
    }

    /// The observer hears of a node's durable record.
    pub(super) fn record_vote(&self, state: &mut State, log: &PaxosLog) {
        let me = log.replica().me();
        let mut ghost = (*state.ghost).clone();
        let chosen = ghost.highest_chosen();
        if !ghost.durable(&self.config, me.node, log.durable()) {
            return;
        }
        let returned = state.nodes.iter().find(|node| node.replica().me() == me);
        if returned.is_some_and(|node| node.forgotten.oldest(me.node) > Incarnation(0)) {
            self.coverage.hit(Branch::VotedAgain);
            if ghost.highest_chosen() > chosen {
                self.coverage.hit(Branch::ChosenWithIt);
            }
        }
        state.ghost = Shared::new(ghost);
        self.audit(state);
    }
}
