//! The properties that span replicas, judged from all votes there ever were.

use super::{Cluster, State};
use quorate_protocol::{Entry, Slot, Snapshot, Violation};
use quorate_spec::{Property, checks};
use std::collections::HashSet;
use std::sync::Arc;

/// The property that a broken local invariant stands for.
pub(super) fn property_of(violation: Violation) -> Property {
    match violation {
        Violation::AcceptedAbovePromised | Violation::Fell => Property::PromiseDurable,
        Violation::NotTheOwner => Property::Owner,
        Violation::Window => Property::Window,
        Violation::SlotZero => Property::Order,
    }
}

impl Cluster {
    /// P1, P2, P3 and P5 over all votes.
    pub(super) fn audit(&self, state: &mut State) {
        if let Err(violation) = self.audit_votes(state) {
            state.broken = state.broken.or(Some(violation.property));
        }
    }

    fn audit_votes(&self, state: &State) -> Result<(), quorate_spec::Violation> {
        let cast = state.votes.cast();
        checks::one_entry_a_ballot(cast.iter().map(|vote| ((vote.slot, vote.ballot), &vote.entry)))?;
        let mut chosen: Vec<(Slot, &Arc<Entry>)> =
            state.votes.chosen(&self.config).map(|(slot, _, entry)| (slot, entry)).collect();
        checks::agreement(chosen.iter().copied())?;
        let asked: HashSet<&[u8]> = self.scenario.puts.iter().map(|(_, value)| value.as_bytes()).collect();
        let later = chosen.iter().filter(|(slot, _)| *slot > Slot(1));
        checks::validity(later.map(|(_, entry)| entry.value.as_deref().unwrap_or_default()), &asked)?;
        chosen.sort_by_key(|(slot, _)| *slot);
        let gap = chosen.windows(2).any(|pair| matches!(pair, [(one, _), (next, _)] if next.0 > one.0 + 1));
        if gap {
            return Err(quorate_spec::Violation::new(Property::Order, "a slot is chosen above one that is not"));
        }
        Ok(())
    }

    /// P8: what a node has newly learnt is chosen.
    pub(super) fn audit_learnt(&self, state: &mut State, slot: Slot, entry: &Arc<Entry>) {
        if !state.votes.is_chosen(&self.config, slot, entry) {
            state.broken = state.broken.or(Some(Property::LearnedIsChosen));
        }
    }

    /// P13, P14: what a read returned.
    pub(super) fn audit_read(&self, state: &mut State, slot: Slot, snapshot: &Snapshot, floor: Slot) {
        let mut chosen = state.votes.chosen(&self.config);
        let is_chosen = chosen.any(|(at, _, entry)| at == slot && Snapshot::of(entry) == *snapshot);
        drop(chosen);
        if checks::fresh_read(&slot, &floor).is_err() {
            state.broken = state.broken.or(Some(Property::FreshReads));
        } else if !is_chosen {
            state.broken = state.broken.or(Some(Property::ReadsAreChosen));
        }
    }
}
