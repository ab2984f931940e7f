//! Keys whose requests the core's own rule evaluates.

use crate::{
    Negative, RequestToken, Versioned,
    update::{Answer, Change},
};
use quorate_protocol::{
    Ballot, Chosen, LogRecord, Operation, Outcome, Owner, Recorded, Reply, Request, Slot, Snapshot, evaluate,
};
use std::sync::Arc;

/// The keys' logs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Store(Vec<LogRecord>);

impl Store {
    pub(super) fn new(keys: usize) -> Self {
        Self(vec![LogRecord::default(); keys])
    }

    pub(super) fn chosen_slot(&self, key: usize) -> Slot {
        self.0[key].chosen_slot()
    }

    pub(super) fn found(&self, key: usize) -> Option<Versioned> {
        let snapshot = Snapshot::of(self.0[key].chosen_entry()?);
        Some(Versioned { value: snapshot.value?, version: snapshot.version? })
    }

    /// What the core's rule makes of a request.
    pub(super) fn perform(&mut self, key: usize, request: &Request) -> Reply {
        let record = &mut self.0[key];
        let evaluation = evaluate(record, [request], Owner::default());
        let Some(entry) = evaluation.entry else {
            return evaluation.answers[0].1;
        };
        let recorded = *entry.find(request.id).expect("it was proposed");
        record.chosen = Some(Chosen { slot: record.open_slot(), ballot: Ballot::default(), entry: Arc::new(entry) });
        Reply::Recorded(recorded)
    }
}

/// A change as a request has it.
pub(super) fn operation(change: Change) -> Operation {
    match change {
        Change::Cas { expect, new } => Operation::CompareAndSet { expect, new },
        Change::Add(by) => Operation::Increment(by),
    }
}

/// A reply as the client's operations have it.
pub(super) fn answer(reply: Reply, token: RequestToken) -> Answer {
    match reply {
        Reply::Recorded(Recorded { version, outcome, .. }) => match outcome {
            Outcome::Written => Answer::Applied { version, counter: None },
            Outcome::Counted(sum) => Answer::Applied { version, counter: Some(sum) },
            Outcome::Mismatch(found) => Answer::Refused(Negative::Mismatch(found)),
            Outcome::Absent => Answer::Refused(Negative::Absent),
            Outcome::NotANumber => Answer::Refused(Negative::NotANumber),
            Outcome::Overflow => Answer::Refused(Negative::Overflow),
            Outcome::Cancelled => Answer::NotApplied,
        },
        Reply::Forgotten | Reply::Unknown => Answer::Unknown(token),
        Reply::NotApplied(_) => Answer::NotApplied,
    }
}
