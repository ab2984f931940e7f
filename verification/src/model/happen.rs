//! Events, and what becomes of a state by them.

use super::effect::{Event, Seen};
use super::memo::Durability;
use super::opening::notice;
use super::{Cluster, Id, NODES_MAX, State};
use crate::shared::mixed;
use quorate_protocol::{Input, LogRecord, Message, Slot};
use quorate_spec::Property;

impl Cluster {
    /// Gives a node an input. `None` if nothing came of it.
    pub(super) fn input(&self, state: &State, node: usize, input: Input) -> Option<State> {
        self.event(state, node, Event::Input(self.inputs.intern(input)))
    }

    /// Lets an event happen at a node. `None` if nothing came of it.
    pub(super) fn event(&self, state: &State, node: usize, event: Event) -> Option<State> {
        let before = *state.nodes.get(node)?;
        let effect = self.effect(before, event);
        let is_new = |message: &Id<Message>| !state.network.contains(*message) && self.can_matter(state, *message);
        if effect.unchanged && !effect.sends.iter().any(is_new) {
            return None;
        }
        let mut next = state.clone();
        next.nodes = next.nodes.with(node, effect.node);
        next.prepares = next.prepares.saturating_add(effect.prepared);
        next.broken = next.broken.or(effect.broken);
        let mut durable = self.nodes.get(before).durable;
        for seen in &effect.seen {
            match seen {
                Seen::Durable(record) => {
                    self.record_durable(state, &mut next, node, (durable, *record));
                    durable = *record;
                }
                Seen::Learned(held) => {
                    if !self.ghost(&next).is_chosen(held.slot, &held.entry) {
                        next.broken = next.broken.or(Some(Property::LearnedIsChosen));
                    }
                }
            }
        }
        if !effect.sends.is_empty() {
            let matter = effect.sends.iter().filter(|id| self.can_matter(state, **id));
            next.network = next.network.with(matter.map(|id| (*id, self.mixed_digest(*id))));
        }
        if !effect.done.is_empty() {
            self.answers(&mut next, node, &effect.done);
        }
        Some(next)
    }

    pub(super) fn mixed_digest(&self, message: Id<Message>) -> u64 {
        mixed(self.messages.digest(message) ^ self.scenario.salt)
    }

    /// The observer hears that a node's record became durable.
    fn record_durable(
        &self,
        before: &State,
        next: &mut State,
        node: usize,
        (was, now): (Id<LogRecord>, Id<LogRecord>),
    ) {
        let mut records = [was; NODES_MAX];
        for (index, (place, other)) in records.iter_mut().zip(before.nodes.iter()).enumerate() {
            if index != node {
                *place = self.nodes.get(*other).durable;
            }
        }
        let (ghost, broken) = self.observed(&Durability { ghost: next.ghost, records, node, now });
        next.broken = next.broken.or(broken);
        if ghost != next.ghost {
            next.ghost = ghost;
            self.audit_outcome(next);
        }
    }

    /// A node that is behind learns a chosen entry: any that is chosen, at any time. That is more than
    /// the answers of those ahead could bring, and it keeps their many snapshots out of the network.
    pub(super) fn catch_up(&self, state: &State, node: usize, slot: Slot) -> Option<State> {
        // Slot 1 is known everywhere from the beginning.
        let chosen = self.ghost(state).chosen_in(slot).filter(|chosen| chosen.slot > Slot(1))?;
        let to = self.log(state, node)?.replica().me().node;
        let message = notice(&self.config, to, chosen)?;
        self.event(state, node, Event::Deliver(self.messages.intern(message)))
    }
}
