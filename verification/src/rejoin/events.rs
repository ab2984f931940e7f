//! A scenario as stateright sees it: which events are enabled, and what each does.

use super::{Action, Cluster, Role, State};
use crate::model::opening::has_something_to_lose;
use crate::playback::Told;
use quorate_protocol::{Incarnation, Input, Phase, RejoinStep, Row, Slot, Timer};
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
        let arrives = |sent: &&crate::shared::Shared<super::Sent>| {
            self.config.index(sent.message.to).is_some_and(|to| self.is_active(state, to))
        };
        actions.extend(state.network.iter().filter(arrives).map(|sent| Action::Deliver(sent.clone())));
        for node in 0..state.nodes.len() {
            self.node_actions(state, node, actions);
        }
        self.settle_actions(state, actions);
        for (index, (to, _)) in self.scenario.puts.iter().enumerate() {
            let Some(node) = self.config.index(*to) else { continue };
            if state.arrived & (1 << index) == 0 && self.is_active(state, node) && is_receptive(state, node) {
                actions.push(Action::Propose(index));
            }
        }
        self.reader_actions(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        match action {
            Action::Deliver(sent) => self.deliver(state, &sent),
            Action::CatchUp(node, slot) => self.catch_up(state, node, slot),
            Action::Durable(node) => self.step(state, node, Input::Durable),
            Action::Crash(node, kept) => self.crash(state, node, kept),
            Action::Wipe(node) => self.wipe(state, node),
            Action::Record(node, voter) => self.record(state, node, voter),
            Action::Settle(node) => self.settle(state, node),
            Action::Relay(node) => self.relay(state, node),
            Action::Ready(node) => self.ready(state, node),
            Action::Propose(index) => {
                let (node, request) = self.put(index)?;
                let mut next = self.step(state, node, Input::Propose(request))?;
                next.arrived |= 1 << index;
                Some(next)
            }
            Action::Defer(node) => self.step(state, node, Input::Timeout(Timer::Defer)),
            Action::ReadBegins => self.read_begins(state),
            Action::ReadReply(node) => self.read_reply(state, node),
        }
    }

    fn format_action(&self, action: &Action) -> String {
        self.describe(None, action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("P1 Agreement", |_, s: &State| s.broken != Some(P::Agreement)),
            Property::always("P2 Validity", |_, s: &State| s.broken != Some(P::Validity)),
            Property::always("P3 OneEntryABallot", |_, s: &State| s.broken != Some(P::OneEntryABallot)),
            Property::always("P4 PromiseDurable", |_, s: &State| s.broken != Some(P::PromiseDurable)),
            Property::always("P5 Order", |_, s: &State| s.broken != Some(P::Order)),
            Property::always("P6 Owner", |_, s: &State| s.broken != Some(P::Owner)),
            Property::always("P8 LearnedIsChosen", |_, s: &State| s.broken != Some(P::LearnedIsChosen)),
            Property::always("P11 Window", |_, s: &State| s.broken != Some(P::Window)),
            Property::always("P13 FreshReads", |_, s: &State| s.broken != Some(P::FreshReads)),
            Property::always("P14 ReadsAreChosen", |_, s: &State| s.broken != Some(P::ReadsAreChosen)),
        ]
    }
}

impl Cluster {
    fn node_actions(&self, state: &State, node: usize, actions: &mut Vec<Action>) {
        let Some(at) = state.nodes.get(node) else { return };
        let bounds = &self.scenario.bounds;
        if self.is_active(state, node) {
            let chosen = state.ghost.chosen().map(|(slot, _)| slot);
            let ahead = chosen.filter(|slot| *slot >= at.open_slot() && slot.0 < bounds.last_slot);
            actions.extend(ahead.map(|slot| Action::CatchUp(node, slot)));
        }
        let may_crash = state.crashes < bounds.crashes && self.scenario.crashing.contains(&at.replica().me().node);
        match &at.role {
            Role::Voting(log) => {
                let active = self.is_active(state, node);
                if active && log.writing().is_some() {
                    actions.push(Action::Durable(node));
                }
                if active && *log.phase() == Phase::Deferred && state.prepares < bounds.prepares {
                    actions.push(Action::Defer(node));
                }
                if active && self.scenario.relays && log.record().accepted.is_some() {
                    actions.push(Action::Relay(node));
                }
                if may_crash && has_something_to_lose(log) {
                    actions.push(Action::Crash(node, false));
                    if active && log.writing().is_some() {
                        actions.push(Action::Crash(node, true));
                    }
                }
                self.wipe_actions(state, node, actions);
            }
            Role::Returning(rejoin) => {
                let voters = (0..state.nodes.len()).filter(|voter| self.is_asked(state, node, *voter));
                actions.extend(voters.map(|voter| Action::Record(node, voter)));
                if matches!(rejoin.step(), RejoinStep::Ready(_)) {
                    actions.push(Action::Ready(node));
                }
                if may_crash {
                    actions.push(Action::Crash(node, false));
                }
            }
        }
    }

    /// A node that has done nothing yet has nothing to forget.
    fn wipe_actions(&self, state: &State, node: usize, actions: &mut Vec<Action>) {
        let Some(at) = state.nodes.get(node) else { return };
        let untouched = at.log().is_some_and(|log| {
            let nothing = Row { slot: Slot(2), ..Row::default() };
            log.is_idle() && log.record().row() == nothing && log.replica().me().incarnation == Incarnation(1)
        });
        let may = self.scenario.wiping.contains(&at.replica().me().node);
        if state.wipes < self.scenario.bounds.wipes && may && (!untouched || !self.scenario.behind.is_empty()) {
            actions.push(Action::Wipe(node));
        }
    }

    fn settle_actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.settles >= self.scenario.bounds.settles {
            return;
        }
        let wanted = self.wanted_to_settle(state).map(|(voter, _)| voter);
        let asked: Vec<usize> = self.scenario.settlers.iter().filter_map(|node| self.config.index(*node)).collect();
        for node in 0..state.nodes.len() {
            let may = wanted == Some(node) || asked.contains(&node);
            let idle = state.log(node).is_some_and(|log| *log.phase() == Phase::Idle);
            if may && idle && self.is_active(state, node) {
                actions.push(Action::Settle(node));
            }
        }
    }

    fn reader_actions(&self, state: &State, actions: &mut Vec<Action>) {
        let Some(reader) = &state.reader else { return };
        if reader.read.is_some() {
            actions.extend((0..state.nodes.len()).map(Action::ReadReply));
        } else if reader.begun < self.scenario.bounds.reads {
            actions.push(Action::ReadBegins);
        }
    }
}

/// A request that reaches a node in the middle of a deferral or of a vote only waits there for its end, so
/// arriving later comes to the same; while a node prepares, it may join the batch.
fn is_receptive(state: &State, node: usize) -> bool {
    matches!(state.log(node).map(|log| log.phase()), Some(Phase::Idle | Phase::Preparing { .. }))
}
