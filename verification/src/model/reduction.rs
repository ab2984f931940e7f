//! What can never matter again is dropped, so that states which differ in it alone are one
//! (`docs/models.md`, "Reductions", 6 and 7).

use super::{Cluster, Id, Node, State};
use quorate_protocol::{Incarnation, Message, NodeId, PaxosLog, Slot};
use std::sync::Arc;

impl Cluster {
    /// A state, reached from `before`, without what can never matter again.
    pub(super) fn reduced(&self, before: &State, mut state: State) -> State {
        if !self.scenario.reduced {
            return state;
        }
        // The last crash makes memory as lasting as a disk, at every replica.
        let last_crash = state.crashes != before.crashes && state.crashes == self.scenario.bounds.crashes;
        for node in 0..state.nodes.len() {
            if last_crash || state.nodes.get(node) != before.nodes.get(node) {
                self.retire(&mut state, node);
            }
        }
        state
    }

    /// Whether a message can still have an effect on its receiver. Below the slot that the receiver will
    /// have open for ever, rows, proposals and notices change nothing, and its answer would be the chosen
    /// entry, which a reduced model has as an event of its own.
    pub(super) fn can_matter(&self, state: &State, message: Id<Message>) -> bool {
        if !self.scenario.reduced {
            return true;
        }
        let message = self.messages.get(message);
        let proposed = message.proposal.as_ref().map_or(Slot::ZERO, |proposal| proposal.slot);
        let highest = message.row.slot.max(message.chosen.slot).max(proposed);
        let node = usize::from(message.to.0);
        state.nodes.get(node).is_none_or(|id| highest >= self.lasting_slot(state, node, *id))
    }

    /// Whether a replica is done for good: it knows the last slot chosen and no crash can take that away.
    pub(super) fn is_retired(&self, state: &State, node: usize) -> bool {
        let last = self.scenario.bounds.last_slot;
        state.nodes.get(node).is_some_and(|id| self.lasting_slot(state, node, *id).0 > last)
    }

    /// The slot that this replica has open, or a later one, from now on.
    fn lasting_slot(&self, state: &State, node: usize, id: Id<Node>) -> Slot {
        let replica = self.nodes.get(id);
        if self.may_crash(state, node) { replica.durably_open } else { replica.open }
    }

    /// Whether the bounds leave a crash for this replica.
    pub(super) fn may_crash(&self, state: &State, node: usize) -> bool {
        let voter = self.config.voters().get(node).copied().unwrap_or(NodeId(u16::MAX));
        state.crashes < self.scenario.bounds.crashes && self.scenario.crashing.contains(&voter)
    }

    /// Drops messages that a replica has outlived. One that is done for good keeps only what readers may
    /// still be told.
    fn retire(&self, state: &mut State, node: usize) {
        let digest = |message| self.mixed_digest(message);
        let network = state.network.retained(|message| self.can_matter(state, message), digest);
        state.network = network;
        // A replica that has done all that the bounds let it do has requests waiting still, and P21 asks.
        if !self.is_retired(state, node) || self.scenario.heals_within.is_some() {
            return;
        }
        let Some(log) = self.log(state, node) else { return };
        let replica = Arc::new(self.replica(log.replica().me().node, Incarnation(1)));
        if let Ok(done) = PaxosLog::restore(replica, log.snapshot()) {
            state.nodes = state.nodes.with(node, self.known(done));
        }
        for (index, script) in self.scenario.scripts.iter().enumerate() {
            if usize::from(script.to.0) == node {
                state.arrived |= 1 << index;
            }
        }
    }
}
