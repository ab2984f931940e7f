//! What must hold inside one replica's log, at every step, in every build.

use crate::{BATCH_MAX, Entry, LogRecord, PaxosLog, SLOT_MAX, Slot, WINDOW_MAX};

/// A broken invariant of our own. The node that finds one stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// P4: a vote above the promise.
    #[error("P4: the accepted ballot is above the promised one")]
    AcceptedAbovePromised,
    /// P4: what is in memory is behind what is durable.
    #[error("P4: a promise, a vote or a chosen slot fell")]
    Fell,
    /// P6: a vote in round 0 that is not the owner's.
    #[error("P6: a round-0 vote is not the owner's")]
    NotTheOwner,
    /// P11, P12: a window that is out of order or too long, or has an id above the slot it belongs to.
    #[error("P11: an entry's window is too long, not in the order of its versions, or leaves its slot")]
    Window,
    /// A chosen entry at slot 0, or past the last slot that there is.
    #[error("an entry is recorded as chosen at a slot that is none")]
    SlotZero,
}

impl LogRecord {
    /// The invariants of a record by itself, checked at every restore.
    ///
    /// # Errors
    /// The first that is broken.
    pub fn check(&self) -> Result<(), Violation> {
        if self.accepted_ballot() > self.promised {
            return Err(Violation::AcceptedAbovePromised);
        }
        if let Some(chosen) = &self.chosen {
            if chosen.slot == Slot::ZERO || chosen.slot.0 >= SLOT_MAX {
                return Err(Violation::SlotZero);
            }
            check_window(&chosen.entry, chosen.slot)?;
        }
        if let Some(accepted) = &self.accepted {
            check_window(&accepted.entry, self.open_slot())?;
            // Nobody draws "none", though an entry that claims to be of start 0 would own it.
            let owners = !accepted.ballot.is_none() && self.fast_ballot() == Some(accepted.ballot);
            if accepted.ballot.is_fast() && !owners && !is_ownership_loose() {
                return Err(Violation::NotTheOwner);
            }
        }
        Ok(())
    }

    /// Whether this record can have come after `earlier` on the same replica (P4).
    pub fn follows(&self, earlier: &LogRecord) -> bool {
        let (now, before) = (self.row(), earlier.row());
        now.slot > before.slot
            || (now.slot == before.slot && now.promised >= before.promised && now.accepted >= before.accepted)
    }
}

/// The wrong variants of ownership that are to break agreement itself, and not this check.
fn is_ownership_loose() -> bool {
    mutant!(OwnerByWinningBallot)
        || mutant!(OwnerByOwnBallot)
        || mutant!(FastByAnyone)
        || mutant!(FastByAnyoneOnce)
        || mutant!(OwnedSlotOne)
}

/// What an entry's window must be at its slot; checked in messages too, before anything is done with them.
pub(crate) fn check_window(entry: &Entry, slot: Slot) -> Result<(), Violation> {
    if entry.requests.len() > WINDOW_MAX + BATCH_MAX {
        return Err(Violation::Window);
    }
    let ordered = entry.requests.is_sorted_by(|one, next| one.version < next.version);
    let inside = entry.requests.last().is_none_or(|last| last.version.slot <= slot);
    if (ordered || mutant!(VersionIsSlot)) && inside && entry.floor < slot { Ok(()) } else { Err(Violation::Window) }
}

impl PaxosLog {
    /// The local invariants; drivers and models call it after every step.
    ///
    /// # Errors
    /// The first that is broken.
    pub fn check(&self) -> Result<(), Violation> {
        self.record.check()?;
        let issued = self.writing.as_ref().unwrap_or(&self.durable);
        if !self.record.follows(issued) || !issued.follows(&self.durable) {
            return Err(Violation::Fell);
        }
        Ok(())
    }
}
