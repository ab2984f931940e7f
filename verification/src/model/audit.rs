//! The properties that span replicas and clients, checked from `spec` whenever the observer learns
//! something new.

use super::memo::{Durability, Observed};
use super::{Abstraction, Branch, Cluster, Ghost, State};
use quorate_protocol::{Entry, NotApplied, Outcome, Recorded, RequestId, Slot, Snapshot, Violation, WriteOutcome};
use quorate_spec::{Property, checks};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The property that a broken local invariant stands for.
pub(crate) fn property_of(violation: Violation) -> Property {
    match violation {
        Violation::AcceptedAbovePromised | Violation::Fell => Property::PromiseDurable,
        Violation::NotTheOwner => Property::Owner,
        Violation::Window => Property::Window,
        Violation::SlotZero => Property::Order,
    }
}

/// A request, whatever id a retry of it travels under: clients draw sequences below 2^32.
fn operation_of(id: RequestId) -> (u128, u32) {
    (id.client.0, u32::try_from(id.sequence & u64::from(u32::MAX)).unwrap_or_default())
}

/// P1, P3, P5 over all that was ever voted for. Gives back what is chosen, in the order of slots.
pub(crate) fn audit_slots(ghost: &Ghost) -> Result<Vec<(Slot, &Arc<Entry>)>, quorate_spec::Violation> {
    checks::one_entry_a_ballot(ghost.votes().iter().map(|vote| ((vote.slot, vote.ballot), &vote.entry)))?;
    let mut chosen: Vec<(Slot, &Arc<Entry>)> = ghost.chosen().collect();
    checks::agreement(chosen.iter().copied())?;
    chosen.sort_by_key(|(slot, _)| *slot);
    let gap = chosen.windows(2).any(|pair| matches!(pair, [(one, _), (next, _)] if next.0 > one.0 + 1));
    if gap {
        return Err(quorate_spec::Violation::new(Property::Order, "a slot is chosen above one that is not"));
    }
    Ok(chosen)
}

/// The same, and P9, P11, P12.
fn audit_votes(ghost: &Ghost) -> Result<(), quorate_spec::Violation> {
    let chosen = audit_slots(ghost)?;
    let recorded = || chosen.iter().flat_map(|(_, entry)| entry.requests.iter());
    checks::at_most_once(recorded().map(|r| (operation_of(r.id), (r.version, r.outcome))))?;
    for (slot, entry) in &chosen {
        checks::increasing(entry.requests.iter().map(|recorded| recorded.version))?;
        let held: BTreeSet<RequestId> = entry.requests.iter().map(|recorded| recorded.id).collect();
        let so_far = recorded().filter(|r| r.version.slot <= *slot).map(|r| (r.version.slot, r.id));
        checks::window_complete(&entry.floor, &held, so_far)?;
    }
    Ok(())
}

/// P13, P14: what breaks if a read that began when `floor` was chosen returns this.
pub(crate) fn broken_read(ghost: &Ghost, slot: Slot, snapshot: &Snapshot, floor: Slot) -> Option<Property> {
    let is_chosen = ghost.chosen().any(|(at, entry)| at == slot && Snapshot::of(entry) == *snapshot);
    if checks::fresh_read(&slot, &floor).is_err() {
        return Some(Property::FreshReads);
    }
    (!is_chosen).then_some(Property::ReadsAreChosen)
}

impl Cluster {
    /// What the observer makes of a record that became durable: the properties of all votes, and P20 for
    /// the step.
    pub(super) fn judge(&self, event: &Durability) -> Observed {
        let mut ghost = self.ghosts.get(event.ghost).clone();
        let node = self.config.voters().get(event.node).copied().unwrap_or_default();
        let new = ghost.durable(&self.config, node, self.records.get(event.now));
        let votes = if new { audit_votes(&ghost) } else { Ok(()) };
        let step = match self.scenario.refines {
            Abstraction::Voting => self.check_refinement(event, &ghost),
            Abstraction::Nothing => Ok(()),
        };
        let broken = votes.and(step).err().map(|violation| violation.property);
        (if new { self.ghosts.intern(ghost) } else { event.ghost }, broken)
    }

    /// P10, P18: what the retrying client was told is what the chosen entries say, now and later.
    pub(super) fn audit_outcome(&self, state: &mut State) {
        if let Err(violation) = self.check_outcome(state) {
            state.broken = state.broken.or(Some(violation.property));
        }
    }

    fn check_outcome(&self, state: &State) -> Result<(), quorate_spec::Violation> {
        let Some(writer) = self.writer(state) else { return Ok(()) };
        let Some(told) = writer.told() else { return Ok(()) };
        let operation = operation_of(writer.id());
        let entries = self.ghost(state).chosen();
        let recorded: BTreeSet<(_, Outcome)> = entries
            .flat_map(|(_, entry)| entry.requests.iter())
            .filter(|recorded| operation_of(recorded.id) == operation)
            .map(|recorded| (recorded.version, recorded.outcome))
            .collect();
        let applied = recorded.iter().find(|(_, outcome)| outcome.is_applied());
        match told {
            WriteOutcome::Recorded(Recorded { version, outcome, .. }) => {
                let known = recorded.iter().find(|found| **found == (version, outcome));
                checks::true_outcome(&operation, Some(&(version, outcome)), known)
            }
            WriteOutcome::NotApplied(
                NotApplied::Withdrawn
                | NotApplied::Busy
                | NotApplied::Contention
                | NotApplied::TooLarge
                | NotApplied::Stale,
            ) => checks::true_outcome(&operation, None, applied),
            WriteOutcome::Unknown => Ok(()),
        }
    }

    /// P13, P14: what a read returned.
    pub(super) fn audit_read(&self, state: &mut State, slot: Slot, snapshot: &Snapshot, floor: Slot) {
        state.broken = state.broken.or(broken_read(self.ghost(state), slot, snapshot, floor));
    }

    /// Counts what became of the retrying client.
    pub(super) fn cover_outcome(&self, outcome: WriteOutcome) {
        if let WriteOutcome::Recorded(recorded) = outcome {
            self.coverage.hit(Branch::WriterAnswered);
            if recorded.outcome == Outcome::Cancelled {
                self.coverage.hit(Branch::Cancelled);
            }
        }
    }
}
