//! What an event does to one replica. It depends on that replica and the event alone, so each is
//! computed once, by the shipped `step`, and found again by name wherever else it happens.

use super::{Branch, Cluster, Id, Node};
use quorate_protocol::{
    Chosen, Incarnation, Input, LogRecord, Message, Output, PaxosLog, Phase, Proposal, Reply, RequestId, Timer,
};
use quorate_spec::{Property, checks};
use std::sync::Arc;

/// An event at one replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A message arrives.
    Deliver(Id<Message>),
    /// Any other input.
    Input(Id<Input>),
    /// Its write is durable.
    Durable,
    /// Its deferral ends.
    Defer,
    /// It crashes and starts again.
    Crash {
        /// With the write under way.
        kept: bool,
    },
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Effect {
    /// The replica afterwards.
    pub(super) node: Id<Node>,
    /// What it sent, of that which matters within the bounds.
    pub(super) sends: Vec<Id<Message>>,
    /// Whom it answered.
    pub(super) done: Vec<(RequestId, Reply)>,
    /// Prepares it began.
    pub(super) prepared: u8,
    /// What an observer of its disk and of its learner saw, in order.
    pub(super) seen: Vec<Seen>,
    /// A rule about this one replica that broke.
    pub(super) broken: Option<Property>,
    /// Whether nothing came of it, but perhaps messages.
    pub(super) unchanged: bool,
}

/// Something that the observer hears of.
#[derive(Debug)]
pub(super) enum Seen {
    /// A record became durable.
    Durable(Id<LogRecord>),
    /// The replica now takes this entry for chosen.
    Learned(Chosen),
}

impl Effect {
    /// Nothing happened, and this is the replica.
    fn none(node: Id<Node>) -> Self {
        let (sends, done, seen) = (Vec::new(), Vec::new(), Vec::new());
        Self { node, sends, done, prepared: 0, seen, broken: None, unchanged: false }
    }
}

impl Event {
    /// A number that tells it from other events.
    pub(super) fn code(self) -> u32 {
        match self {
            Self::Deliver(message) => message.code() << 1,
            Self::Input(input) => input.code() << 1 | 1,
            Self::Durable => u32::MAX,
            Self::Defer => u32::MAX - 1,
            Self::Crash { kept: true } => u32::MAX - 2,
            Self::Crash { kept: false } => u32::MAX - 3,
        }
    }
}

impl Cluster {
    /// Computes an effect.
    pub(super) fn compute(&self, before: Id<Node>, event: Event) -> Effect {
        let effect = self.compute_event(before, event);
        if let Some(recorder) = &self.recorder {
            recorder.computed(self, before, event, effect.node);
        }
        effect
    }

    fn compute_event(&self, node: Id<Node>, event: Event) -> Effect {
        match event {
            Event::Deliver(message) => {
                let message = self.messages.get(message);
                let effect = self.compute_step(node, Input::Receive(message.clone()));
                self.cover_receive(&self.nodes.get(node).log, &self.nodes.get(effect.node).log, message);
                effect
            }
            Event::Input(input) => self.compute_step(node, self.inputs.get(input).clone()),
            Event::Durable => self.compute_step(node, Input::Durable),
            Event::Defer => self.compute_step(node, Input::Timeout(Timer::Defer)),
            Event::Crash { kept } => self.compute_crash(node, kept),
        }
    }

    fn compute_step(&self, node: Id<Node>, input: Input) -> Effect {
        let received = match &input {
            Input::Receive(message) => message.proposal.clone(),
            _ => None,
        };
        let before = &self.nodes.get(node).log;
        let mut log = before.clone();
        let mut output = log.step(input);
        let mut effect = Effect::none(node);
        self.observe(before, &log, &output, received.as_ref(), &mut effect);
        let proposing = matches!(log.phase(), Phase::Preparing { .. } | Phase::Accepting { .. });
        output.send.retain(|message| self.is_carried(message, proposing));
        effect.unchanged = output.done.is_empty() && output.write.is_none() && log == *before;
        if self.is_fused(&log, &output) {
            let pending = log.clone();
            let mut more = log.step(Input::Durable);
            more.send.retain(|message| self.is_carried(message, true));
            self.observe(&pending, &log, &more, None, &mut effect);
            output.send.append(&mut more.send);
            output.done.append(&mut more.done);
        }
        effect.sends = output.send.drain(..).map(|message| self.messages.intern(message)).collect();
        effect.done = output.done;
        effect.node = self.known(log);
        effect
    }

    /// A write that nothing ran ahead of is durable in the step that issues it. Until it was durable,
    /// nothing of the step could be seen outside the node, so the step may as well have happened then; a
    /// crash that loses the write is one before the step. (`docs/models.md`, "Reductions".)
    fn is_fused(&self, log: &PaxosLog, output: &Output) -> bool {
        let quiet = self.scenario.reduced && output.send.is_empty();
        output.write.is_some() && self.is_within(log) && (quiet || self.scenario.instant_disk)
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

    /// The rules about one replica, what the observer hears of, and coverage.
    fn observe(
        &self,
        before: &PaxosLog,
        after: &PaxosLog,
        output: &Output,
        received: Option<&Proposal>,
        effect: &mut Effect,
    ) {
        if output.prepared && self.is_within(after) {
            effect.prepared = effect.prepared.saturating_add(1);
        }
        self.cover_step(before, after);
        let local = after.check().err().map(super::audit::property_of);
        effect.broken = effect.broken.or(local).or(vote_was_proposed(before, after, received, output));
        effect.broken = effect.broken.or(timer_is_armed(before, after, output));
        if before.durable() != after.durable() {
            effect.seen.push(Seen::Durable(self.records.intern(after.durable().clone())));
            effect.broken = effect.broken.or(only_rises(before.durable(), after.durable()));
        }
        if after.record().chosen_slot() > before.record().chosen_slot() {
            effect.seen.extend(after.record().chosen.clone().map(Seen::Learned));
        }
    }

    /// A crash: the disk is as it was, with the write under way or without it; the rest is gone. The
    /// restart raises the incarnation.
    fn compute_crash(&self, node: Id<Node>, kept: bool) -> Effect {
        let before = &self.nodes.get(node).log;
        let written = before.writing().filter(|_| kept);
        let record = written.unwrap_or(before.durable()).clone();
        let me = before.replica().me();
        let replica = Arc::new(self.replica(me.node, Incarnation(me.incarnation.0 + 1)));
        // A record that a step wrote can be restored: its check held then, or the state is broken already.
        let log = PaxosLog::restore(replica, record.clone()).expect("a record that was written");
        let mut effect = Effect::none(self.known(log));
        if written.is_some() {
            effect.seen.push(Seen::Durable(self.records.intern(record)));
        }
        if before.writing().is_some() {
            self.coverage.hit(if kept { Branch::TailKept } else { Branch::TailLost });
        }
        effect
    }
}

/// P4: on disk, slots, promises and the ballots of votes only rise.
fn only_rises(before: &LogRecord, after: &LogRecord) -> Option<Property> {
    let (was, is) = (before.row(), after.row());
    let votes = if was.slot == is.slot { (was.accepted, is.accepted) } else { (is.accepted, is.accepted) };
    let rows = checks::never_falls(Property::PromiseDurable, &was, &is);
    rows.and(checks::never_falls(Property::PromiseDurable, &votes.0, &votes.1)).err().map(|broken| broken.property)
}

/// P21: a phase that waits arms the timer that ends it when it begins. Models hold no timers, and count on
/// this where they ask which are running.
fn timer_is_armed(before: &PaxosLog, after: &PaxosLog, output: &Output) -> Option<Property> {
    if std::mem::discriminant(before.phase()) == std::mem::discriminant(after.phase()) {
        return None;
    }
    let wanted = match after.phase() {
        Phase::Idle => return None,
        Phase::Deferred => Timer::Defer,
        Phase::Preparing { .. } | Phase::Accepting { .. } => Timer::Resend,
    };
    (!output.timers.iter().any(|(timer, _)| *timer == wanted)).then_some(Property::Progress)
}

/// P2: a vote is cast only for an entry that arrived as a proposal, or that is sent as one's own.
fn vote_was_proposed(
    before: &PaxosLog,
    after: &PaxosLog,
    received: Option<&Proposal>,
    output: &Output,
) -> Option<Property> {
    let cast = after.record().accepted.as_ref()?;
    if before.record().accepted.as_ref() == Some(cast) {
        return None;
    }
    let mut sent = output.send.iter().filter_map(|message| message.proposal.as_ref());
    let known = received.is_some_and(|proposal| proposal.entry == cast.entry)
        || sent.any(|proposal| proposal.entry == cast.entry);
    (!known).then_some(Property::Validity)
}
