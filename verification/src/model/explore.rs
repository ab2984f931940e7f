//! A scenario as stateright sees it: which events are enabled, and what each does.

use super::effect::Event;
use super::{Action, Cluster, NODES_MAX, READERS_MAX, State};
use crate::playback::Told;
use quorate_protocol::{Input, NodeId, Phase};
use quorate_spec::Property as P;
use stateright::{Model, Property};

impl Model for Cluster {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        self.initial().into_iter().collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.broken.is_some() {
            return;
        }
        self.network_actions(state, actions);
        for node in 0..state.nodes.len() {
            self.node_actions(state, node, actions);
        }
        self.script_actions(state, actions);
        for reader in 0..READERS_MAX {
            self.reader_actions(state, reader, actions);
        }
        self.writer_actions(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let next = self.follow(state, action)?;
        Some(self.sealed(self.reduced(state, next)))
    }

    fn format_action(&self, action: &Action) -> String {
        self.describe(None, action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // One for each number, so that a run says which broke.
        vec![
            Property::always("P1 Agreement", |_, s: &State| s.broken != Some(P::Agreement)),
            Property::always("P2 Validity", |_, s: &State| s.broken != Some(P::Validity)),
            Property::always("P3 OneEntryABallot", |_, s: &State| s.broken != Some(P::OneEntryABallot)),
            Property::always("P4 PromiseDurable", |_, s: &State| s.broken != Some(P::PromiseDurable)),
            Property::always("P5 Order", |_, s: &State| s.broken != Some(P::Order)),
            Property::always("P6 Owner", |_, s: &State| s.broken != Some(P::Owner)),
            Property::always("P8 LearnedIsChosen", |_, s: &State| s.broken != Some(P::LearnedIsChosen)),
            Property::always("P9 AtMostOnce", |_, s: &State| s.broken != Some(P::AtMostOnce)),
            Property::always("P10 TrueOutcomes", |_, s: &State| s.broken != Some(P::TrueOutcomes)),
            Property::always("P11 Window", |_, s: &State| s.broken != Some(P::Window)),
            Property::always("P12 Versions", |_, s: &State| s.broken != Some(P::Versions)),
            Property::always("P13 FreshReads", |_, s: &State| s.broken != Some(P::FreshReads)),
            Property::always("P14 ReadsAreChosen", |_, s: &State| s.broken != Some(P::ReadsAreChosen)),
            Property::always("P20 Refinement", |_, s: &State| s.broken != Some(P::Refinement)),
            Property::always("P21 Progress", |model: &Self, s: &State| {
                s.broken != Some(P::Progress) && model.makes_progress(s)
            }),
        ]
    }
}

impl Cluster {
    /// What an action makes of a state. `None` if nothing.
    fn follow(&self, state: &State, action: Action) -> Option<State> {
        match action {
            Action::Deliver(message) => {
                let to = usize::from(self.messages.get(message).to.0);
                self.event(state, to, Event::Deliver(message))
            }
            Action::CatchUp { node, slot } => self.catch_up(state, node, slot),
            Action::Durable(node) => self.event(state, node, Event::Durable),
            Action::Crash { node, kept } => {
                let mut next = self.event(state, node, Event::Crash { kept })?;
                next.crashes += 1;
                self.forget_pending(&mut next, node_id(node));
                Some(next)
            }
            Action::Propose(index) => {
                let (node, request) = self.scripted(index)?;
                let mut next = self.input(state, node, Input::Propose(request))?;
                next.arrived |= 1 << index;
                Some(next)
            }
            Action::Defer(node) => self.event(state, node, Event::Defer),
            Action::Settle(node) => {
                let slot = self.log(state, node)?.record().open_slot();
                self.input(state, node, Input::Settle(slot))
            }
            Action::ReadBegins(reader) => self.read_begins(state, reader),
            Action::ReadReply { reader, node } => self.read_reply(state, reader, node),
            Action::LateReply { reader, index } => self.late_reply(state, reader, index),
            Action::ReadTimeout(reader) => self.read_timeout(state, reader),
            Action::AttemptArrives(index) => self.attempt_arrives(state, index),
            Action::AttemptReply(index) => self.attempt_reply(state, index),
            Action::AttemptTimeout => self.attempt_timeout(state),
            Action::Deadline => self.deadline(state),
        }
    }

    fn network_actions(&self, state: &State, actions: &mut Vec<Action>) {
        let mut active = [false; NODES_MAX];
        active.iter_mut().enumerate().for_each(|(node, active)| *active = self.is_active(state, node));
        let to = |message| usize::from(self.messages.get(message).to.0);
        let arrives = state.network.iter().filter(|message| active.get(to(*message)) == Some(&true));
        actions.extend(arrives.map(Action::Deliver));
    }

    fn node_actions(&self, state: &State, node: usize, actions: &mut Vec<Action>) {
        let Some(replica) = state.nodes.get(node).map(|id| self.nodes.get(*id)) else { return };
        let log = &replica.log;
        let bounds = &self.scenario.bounds;
        let active = self.is_active(state, node);
        if active && log.writing().is_some() {
            actions.push(Action::Durable(node));
        }
        if active && self.scenario.reduced {
            // Old ones too: they change nothing, which is for the core to see to.
            let chosen = self.ghost(state).chosen().map(|(slot, _)| slot).filter(|slot| slot.0 < bounds.last_slot);
            actions.extend(chosen.map(|slot| Action::CatchUp { node, slot }));
        }
        if active && *log.phase() == Phase::Deferred && state.prepares < bounds.prepares {
            actions.push(Action::Defer(node));
        }
        let may_settle = self.scenario.settlers.contains(&node_id(node)) && *log.phase() == Phase::Idle;
        let first = log.record().open_slot() == quorate_protocol::Slot(2);
        let due = state.crashes > 0 || !self.scenario.settles_after_crash;
        if active && first && due && may_settle && state.prepares < bounds.prepares {
            actions.push(Action::Settle(node));
        }
        if self.may_crash(state, node) && replica.loses && !(self.scenario.reduced && self.is_retired(state, node)) {
            actions.push(Action::Crash { node, kept: false });
            if active && log.writing().is_some() {
                actions.push(Action::Crash { node, kept: true });
            }
        }
    }

    fn script_actions(&self, state: &State, actions: &mut Vec<Action>) {
        for (index, script) in self.scenario.scripts.iter().enumerate() {
            let node = usize::from(script.to.0);
            let arrived = state.arrived & (1 << index) != 0;
            let early = self.ghost(state).highest_chosen() < script.after;
            if !arrived && !early && self.is_active(state, node) && self.is_receptive(state, node) {
                actions.push(Action::Propose(index));
            }
        }
    }

    fn reader_actions(&self, state: &State, who: usize, actions: &mut Vec<Action>) {
        let Some(reader) = self.reader(state, who) else { return };
        if reader.read.is_none() {
            if reader.begun < self.scenario.bounds.reads {
                actions.push(Action::ReadBegins(who));
            }
            return;
        }
        actions.extend((0..state.nodes.len()).map(|node| Action::ReadReply { reader: who, node }));
        let late = reader.late.iter().enumerate();
        let earlier = late.filter(|(_, late)| late.1.id.sequence < u64::from(reader.begun));
        actions.extend(earlier.map(|(index, _)| Action::LateReply { reader: who, index }));
        if reader.timeouts < self.scenario.bounds.read_timeouts {
            actions.push(Action::ReadTimeout(who));
        }
    }

    fn writer_actions(&self, state: &State, actions: &mut Vec<Action>) {
        let Some(writer) = self.writer(state) else { return };
        for (index, (to, _)) in writer.sent.iter().enumerate() {
            if self.is_active(state, usize::from(to.0)) {
                actions.push(Action::AttemptArrives(index));
            }
        }
        if writer.is_waiting() {
            actions.extend((0..writer.replies.len()).map(Action::AttemptReply));
            actions.push(Action::AttemptTimeout);
            actions.push(Action::Deadline);
        }
    }

    /// A request that reaches a node in the middle of a deferral or of a round only waits there for its
    /// end, so arriving later comes to the same; while a node prepares, it may join the batch.
    fn is_receptive(&self, state: &State, node: usize) -> bool {
        matches!(self.log(state, node).map(|log| log.phase()), Some(Phase::Idle | Phase::Preparing { .. }))
    }
}

fn node_id(node: usize) -> NodeId {
    NodeId(u16::try_from(node).unwrap_or(u16::MAX))
}
