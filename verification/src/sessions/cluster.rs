//! A model: what an event does to a replica's log of a key.

use super::{Branch, Coverage, Doing, Key, KeyState, Scenario, Session, State};
use crate::model::Ghost;
use crate::model::audit::property_of;
use crate::model::opening::{first_chosen, notice};
use crate::shared::Shared;
use quorate_history::fold::FoldMap;
use quorate_protocol::{
    Config, ConfigError, Incarnation, Input, LogId, LogRecord, Message, NodeId, Operation, Output, PaxosLog, Phase,
    Recorded, Replica, Reply, Request, RequestId, SEEN_BYTES_MAX, Slot,
};
use quorate_spec::Property;
use std::sync::atomic::AtomicU8;
use std::sync::{Arc, Mutex};

/// How many other keys a session sees at once.
const OTHERS: usize = 5;

/// A scenario over the shipped core.
#[derive(Debug)]
pub struct Cluster {
    /// What it is about.
    pub scenario: Scenario,
    /// The voters.
    pub config: Config,
    /// Which branches were taken so far.
    pub coverage: Coverage,
    /// The most refreshes that a replica needed so far (P23).
    pub longest: AtomicU8,
    /// How many refreshes a key's replicas need, for each state of its logs that was asked about.
    pub(super) refreshed: Mutex<FoldMap<u64, Option<u8>>>,
    /// The logs' ids, by number of key.
    pub(super) names: [LogId; 2],
    /// Other keys, one more than a token holds.
    pub(super) others: Vec<LogId>,
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
        let starts = 1..=1 + u32::from(scenario.bounds.crashes);
        let of = |node: &NodeId| -> Result<Vec<_>, _> {
            let replica = |start| Replica::new(*node, Incarnation(start), config.clone()).map(Arc::new);
            starts.clone().map(replica).collect()
        };
        let replicas = config.voters().iter().map(of).collect::<Result<_, _>>()?;
        // One more than there is place for. The first key is as long: it finds place only where others are missing.
        let long = SEEN_BYTES_MAX / OTHERS + 1;
        let others = (0..OTHERS).map(|number| LogId::of_key(format!("{number:0long$}"))).collect();
        Ok(Self {
            scenario,
            config,
            coverage: Coverage::default(),
            longest: AtomicU8::new(0),
            refreshed: Mutex::default(),
            names: [format!("{:x<long$}", ""), "y".to_owned()].map(LogId::of_key),
            others,
            replicas,
        })
    }

    /// Slot 1 of each key is chosen, and durably known everywhere. Node 0 proposed it, and so owns slot 2.
    pub(super) fn initial(&self) -> Option<State> {
        let chosen = first_chosen("A");
        let record = LogRecord { chosen: Some(chosen.clone()), ..LogRecord::default() };
        let log = |starts: &Vec<Arc<Replica>>| {
            PaxosLog::restore(starts.first()?.clone(), record.clone()).ok().map(Shared::new)
        };
        let logs = self.replicas.iter().map(log).collect::<Option<Vec<_>>>()?;
        let key = Shared::new(KeyState { logs, network: Vec::new(), ghost: Shared::new(Ghost::new(chosen)) });
        Some(State {
            keys: vec![key; self.names.len()],
            sessions: self.scenario.sessions.iter().map(|_| Shared::new(Session::default())).collect(),
            arrived: 0,
            crashes: 0,
            prepares: 0,
            broken: None,
        })
    }

    /// A put under this id.
    pub(super) fn put(id: RequestId, value: &'static str) -> Input {
        let mut request = Request::first(id, Slot(1), Operation::put(value));
        request.keep = 1;
        Input::Propose(request)
    }

    /// Whether a node still takes part in a key's log. One that knows the last slot chosen has nothing more to do
    /// within the bounds; its record and what it sent count on.
    pub(super) fn is_active(&self, state: &State, key: Key, node: usize) -> bool {
        state.log(key, node).is_some_and(|log| log.record().open_slot().0 <= self.scenario.bounds.last_slot)
    }

    /// Gives a log an event. `None` if nothing came of it.
    pub(super) fn step(&self, state: &State, key: Key, node: usize, input: Input) -> Option<State> {
        let before = state.log(key, node)?;
        let mut log = before.clone();
        let mut output = log.step(input);
        self.keep_carried(&mut output, &log);
        let new = output.send.iter().any(|message| !state.keys.get(key).is_some_and(|at| at.has(message)));
        if output.write.is_none() && output.done.is_empty() && !new && log == *before {
            return None;
        }
        let mut next = state.clone();
        let mut at = (**next.keys.get(key)?).clone();
        observe(&mut next, &mut at, before, &log, &output);
        if output.write.is_some() {
            let pending = log.clone();
            let mut more = log.step(Input::Durable);
            self.keep_carried(&mut more, &log);
            self.record_vote(&mut next, &mut at, &log);
            observe(&mut next, &mut at, &pending, &log, &more);
            output.send.append(&mut more.send);
            output.done.append(&mut more.done);
        }
        output.send.into_iter().for_each(|message| at.send(message));
        *at.logs.get_mut(node)? = Shared::new(log);
        *next.keys.get_mut(key)? = Shared::new(at);
        for (id, reply) in output.done {
            self.answered(&mut next, key, id, reply);
        }
        Some(next)
    }

    /// Drops what does not matter within the bounds. Catching up is an event of its own, so neither its question nor
    /// its answer travels (`docs/models.md`, "Reductions").
    fn keep_carried(&self, output: &mut Output, log: &PaxosLog) {
        let proposing = matches!(log.phase(), Phase::Preparing { .. } | Phase::Accepting { .. });
        output.send.retain(|message: &Message| {
            let answer = message.chosen.entry.is_some();
            let question = message.belief.is_some() && message.proposal.is_none() && !proposing;
            message.row.slot.0 <= self.scenario.bounds.last_slot && !answer && !question
        });
    }

    fn record_vote(&self, state: &mut State, at: &mut KeyState, log: &PaxosLog) {
        let mut ghost = (*at.ghost).clone();
        if !ghost.durable(&self.config, log.replica().me().node, log.durable()) {
            return;
        }
        at.ghost = Shared::new(ghost);
        let broken = crate::model::audit::audit_slots(&at.ghost).err().map(|violation| violation.property);
        state.broken = state.broken.or(broken);
    }

    /// A request was answered. A session that waits for it has seen its slot.
    fn answered(&self, state: &mut State, key: Key, id: RequestId, reply: Reply) {
        for place in &mut state.sessions {
            if !matches!(&place.doing, Some(Doing::Write { id: waits, .. }) if *waits == id) {
                continue;
            }
            let mut session = (**place).clone();
            session.doing = None;
            if let Reply::Recorded(recorded) = reply {
                self.saw_write(&mut session, key, &recorded);
            }
            *place = Shared::new(session);
        }
    }

    fn saw_write(&self, session: &mut Session, key: Key, recorded: &Recorded) {
        self.coverage.hit(Branch::Written);
        session.view.saw(&key, recorded.version.slot);
        if let Some(name) = self.names.get(key) {
            session.seen.wrote(name, recorded);
        }
    }

    /// A node that is behind learns a chosen entry: any that is chosen, at any time.
    pub(super) fn catch_up(&self, state: &State, key: Key, node: usize, slot: Slot) -> Option<State> {
        let to = state.log(key, node)?.replica().me().node;
        let message = notice(&self.config, to, state.keys.get(key)?.ghost.chosen_in(slot)?)?;
        self.step(state, key, node, Input::Receive(message))
    }

    /// A crash: of each log the disk is as it was, the rest is gone. The restart raises the incarnation.
    pub(super) fn crash(&self, state: &State, node: usize) -> Option<State> {
        let mut next = state.clone();
        next.crashes += 1;
        for place in &mut next.keys {
            let mut at = (**place).clone();
            let log = at.logs.get_mut(node)?;
            let start = self.replicas.get(node)?.get(usize::try_from(log.replica().me().incarnation.0).ok()?)?;
            if log.durable().chosen_slot() < log.record().chosen_slot() {
                self.coverage.hit(Branch::Forgot);
            }
            *log = Shared::new(PaxosLog::restore(start.clone(), log.durable().clone()).ok()?);
            *place = Shared::new(at);
        }
        Some(next)
    }
}

/// The local invariants, P8, and the count of prepares.
fn observe(next: &mut State, at: &mut KeyState, before: &PaxosLog, after: &PaxosLog, output: &Output) {
    if output.prepared {
        next.prepares = next.prepares.saturating_add(1);
    }
    if let Err(violation) = after.check() {
        next.broken = next.broken.or(Some(property_of(violation)));
    }
    let learnt = after.record().chosen.as_ref().filter(|held| held.slot > before.record().chosen_slot());
    if learnt.is_some_and(|held| !at.ghost.is_chosen(held.slot, &held.entry)) {
        next.broken = next.broken.or(Some(Property::LearnedIsChosen));
    }
}
