//! The properties that span replicas, judged from all votes there ever were.

use super::{Cluster, State};
use crate::model::audit::{audit_slots, broken_read};
use quorate_protocol::{Entry, Slot, Snapshot};
use quorate_spec::{Property, checks};
use std::collections::HashSet;
use std::sync::Arc;

impl Cluster {
    /// P1, P2, P3 and P5 over all votes.
    pub(super) fn audit(&self, state: &mut State) {
        if let Err(violation) = self.audit_votes(state) {
            state.broken = state.broken.or(Some(violation.property));
        }
    }

    fn audit_votes(&self, state: &State) -> Result<(), quorate_spec::Violation> {
        let chosen = audit_slots(&state.ghost)?;
        let asked: HashSet<&[u8]> = self.scenario.puts.iter().map(|(_, value)| value.as_bytes()).collect();
        let later = chosen.iter().filter(|(slot, _)| *slot > Slot(1));
        checks::validity(later.map(|(_, entry)| entry.value.as_deref().unwrap_or_default()), &asked)
    }

    /// P8: what a node has newly learnt is chosen.
    pub(super) fn audit_learnt(&self, state: &mut State, slot: Slot, entry: &Arc<Entry>) {
        if !state.ghost.is_chosen(slot, entry) {
            state.broken = state.broken.or(Some(Property::LearnedIsChosen));
        }
    }

    /// P13, P14: what a read returned.
    pub(super) fn audit_read(&self, state: &mut State, slot: Slot, snapshot: &Snapshot, floor: Slot) {
        state.broken = state.broken.or(broken_read(&state.ghost, slot, snapshot, floor));
    }
}
