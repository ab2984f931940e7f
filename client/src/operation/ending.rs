//! How a write ends: by its deadline, or with what its machine says.

use super::{Write, exchange::Failed};
use crate::{RequestToken, error::Error};
use quorate_protocol::{NotApplied, Recorded, WriteOutcome, WriteStep};
use std::sync::atomic::Ordering;

impl Write<'_> {
    /// At the deadline: attempts that never left are withdrawn, so that a cluster that cannot be reached
    /// gives "not applied" rather than "unknown". The machine answers a withdrawal with one more attempt,
    /// which does not leave either, until it has made all it makes.
    pub(super) fn close(&mut self) -> WriteOutcome {
        self.calls.clear();
        let unsent = self.launched.drain(..).filter(|launched| !launched.sent.load(Ordering::Acquire));
        let mut unsent: Vec<_> = unsent.map(|launched| (launched.to, launched.attempt)).collect();
        for (_, step) in self.held.drain(..) {
            if let WriteStep::Send { to, request } = step {
                unsent.push((to, request.attempt));
            }
        }
        while let Some((to, attempt)) = unsent.pop() {
            if let WriteStep::Send { to, request } = self.machine.on_unsent(to, attempt) {
                unsent.push((to, request.attempt));
            }
        }
        self.machine.on_deadline()
    }

    pub(super) fn end_by_deadline(self, outcome: WriteOutcome) -> Result<Recorded, Failed> {
        match outcome {
            WriteOutcome::NotApplied(_) => Err(Failed { error: self.reasons.unavailable(), forgotten: self.forgotten }),
            outcome => self.end(outcome),
        }
    }

    pub(super) fn end(self, outcome: WriteOutcome) -> Result<Recorded, Failed> {
        let error = match outcome {
            WriteOutcome::Recorded(recorded) => return Ok(recorded),
            WriteOutcome::NotApplied(NotApplied::Busy) => Error::Busy,
            WriteOutcome::NotApplied(NotApplied::Contention | NotApplied::Stale) => Error::Contention,
            WriteOutcome::NotApplied(NotApplied::Withdrawn) if self.cancelled => Error::Cancelled,
            WriteOutcome::NotApplied(NotApplied::Withdrawn) => self.reasons.unavailable(),
            WriteOutcome::NotApplied(NotApplied::TooLarge) => Error::ValueLength { bytes: self.value_bytes },
            WriteOutcome::Unknown => {
                let base = self.machine.base().unwrap_or_default();
                self.reasons.unknown(RequestToken::new(self.machine.id(), base))
            }
        };
        Err(Failed { error, forgotten: self.forgotten })
    }
}
