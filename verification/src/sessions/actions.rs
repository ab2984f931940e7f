//! A scenario as stateright sees it: which events are enabled, and what each does.

use super::{Action, Cluster, Doing, Key, Op, State};
use crate::model::opening::has_something_to_lose;
use quorate_protocol::{Input, Phase, RequestId, Timer};
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
        for key in 0..state.keys.len() {
            self.key_actions(state, key, actions);
        }
        for (number, (key, to, _)) in self.scenario.puts.iter().enumerate() {
            let Some(node) = self.config.index(*to) else { continue };
            if state.arrived & (1 << number) == 0 && self.is_active(state, *key, node) && is_idle(state, *key, node) {
                actions.push(Action::Put(number));
            }
        }
        self.crash_actions(state, actions);
        for who in 0..state.sessions.len() {
            self.session_actions(state, who, actions);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        match action {
            Action::Deliver(key, message) => {
                let node = self.config.index(message.to)?;
                self.step(state, key, node, Input::Receive((*message).clone()))
            }
            Action::CatchUp(key, node, slot) => self.catch_up(state, key, node, slot),
            Action::Crash(node) => self.crash(state, node),
            Action::Defer(key, node) => self.step(state, key, node, Input::Timeout(Timer::Defer)),
            Action::Put(number) => {
                let (key, to, value) = *self.scenario.puts.get(number)?;
                let id = RequestId::new(50 + number as u128, 1);
                let mut next = self.step(state, key, self.config.index(to)?, Self::put(id, value))?;
                next.arrived |= 1 << number;
                Some(next)
            }
            Action::Begin(who, key) => self.begin(state, who, key),
            Action::Skip(who) | Action::GiveUp(who) => Self::skip(state, who),
            Action::Answer(who, node) => self.answer(state, who, node),
            Action::Timeout(who) => self.timeout(state, who),
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = vec![
            Property::always("P1 Agreement", |_, state: &State| state.broken != Some(P::Agreement)),
            Property::always("P8 LearnedIsChosen", |_, state: &State| state.broken != Some(P::LearnedIsChosen)),
            Property::always("P13 FreshReads", |_, state: &State| state.broken != Some(P::FreshReads)),
            Property::always("P14 ReadsAreChosen", |_, state: &State| state.broken != Some(P::ReadsAreChosen)),
            Property::always("P22 NeverUnseen", |_, state: &State| state.broken != Some(P::NeverUnseen)),
            Property::always("no other property breaks", |_, state: &State| {
                let named = [P::Agreement, P::LearnedIsChosen, P::FreshReads, P::ReadsAreChosen, P::NeverUnseen];
                state.broken.is_none_or(|broken| named.contains(&broken))
            }),
        ];
        properties.push(Property::always("P23 Convergence", Self::converges));
        properties
    }
}

impl Cluster {
    fn key_actions(&self, state: &State, key: Key, actions: &mut Vec<Action>) {
        let Some(at) = state.keys.get(key) else { return };
        let bounds = &self.scenario.bounds;
        let arrives = |to| self.config.index(to).is_some_and(|node| self.is_active(state, key, node));
        let messages = at.network.iter().filter(|message| arrives(message.to));
        actions.extend(messages.map(|message| Action::Deliver(key, message.clone())));
        for (node, log) in at.logs.iter().enumerate().filter(|(node, _)| self.is_active(state, key, *node)) {
            let chosen = at.ghost.chosen().map(|(slot, _)| slot);
            let ahead = chosen.filter(|slot| *slot >= log.record().open_slot() && slot.0 < bounds.last_slot);
            actions.extend(ahead.map(|slot| Action::CatchUp(key, node, slot)));
            if *log.phase() == Phase::Deferred && state.prepares < bounds.prepares {
                actions.push(Action::Defer(key, node));
            }
        }
    }

    fn crash_actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.crashes >= self.scenario.bounds.crashes {
            return;
        }
        for node in self.scenario.crashing.iter().filter_map(|node| self.config.index(*node)) {
            if (0..state.keys.len()).any(|key| state.log(key, node).is_some_and(has_something_to_lose)) {
                actions.push(Action::Crash(node));
            }
        }
    }

    fn session_actions(&self, state: &State, who: usize, actions: &mut Vec<Action>) {
        match (state.sessions.get(who).map(|session| &session.doing), self.next_op(state, who)) {
            (Some(Some(Doing::Read { timeouts, .. })), _) => {
                actions.extend((0..self.config.voters().len()).map(|node| Action::Answer(who, node)));
                if *timeouts < self.scenario.bounds.timeouts {
                    actions.push(Action::Timeout(who));
                }
            }
            // Only a crash can take a write's answer away.
            (Some(Some(Doing::Write { .. })), _) if state.crashes > 0 => actions.push(Action::GiveUp(who)),
            (_, Some(op)) => self.begin_actions(state, who, op, actions),
            _ => {}
        }
    }

    fn begin_actions(&self, state: &State, who: usize, op: Op, actions: &mut Vec<Action>) {
        let is_free = |session: usize| state.sessions.get(session).is_some_and(|session| session.doing.is_none());
        match op {
            Op::Write(node) => {
                let node = self.config.index(node).filter(|node| self.is_active(state, 0, *node));
                if node.is_some_and(|node| is_idle(state, 0, node)) {
                    actions.push(Action::Begin(who, 0));
                }
                return;
            }
            Op::Read | Op::Glance => actions.extend((0..state.keys.len()).map(|key| Action::Begin(who, key))),
            Op::Elsewhere => actions.push(Action::Begin(who, 0)),
            Op::HandOn(to) if is_free(to) => actions.push(Action::Begin(who, 0)),
            Op::HandOn(_) => {}
        }
        actions.push(Action::Skip(who));
    }
}

/// A request that reaches a node in the middle of a round only waits there for its end.
fn is_idle(state: &State, key: Key, node: usize) -> bool {
    state.log(key, node).is_some_and(|log| *log.phase() == Phase::Idle)
}
