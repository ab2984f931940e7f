//! What the clients saw, in the terms of the history checker.

use bytes::Bytes;
use quorate_history::{self as history, Asked};
use quorate_node::history::{expected, version};
use quorate_protocol::{Operation, Outcome, Recorded, Snapshot, WriteOutcome};

pub(super) fn asked(operation: &Operation) -> Asked<Vec<u8>, history::Version> {
    match operation {
        Operation::Put(value) => Asked::Put(value.to_vec()),
        Operation::Delete => Asked::Delete,
        Operation::CompareAndSet { expect, new } => {
            Asked::CompareAndSet { expect: expected(expect), new: new.as_ref().map(|value| value.to_vec()) }
        }
        Operation::Increment(by) => Asked::Increment(*by),
        // The workload asks for none.
        Operation::Cancel => Asked::Get,
    }
}

pub(super) fn written(outcome: &WriteOutcome) -> history::Outcome {
    match outcome {
        WriteOutcome::Recorded(recorded) => told(recorded),
        WriteOutcome::NotApplied(_) => history::Outcome::NotApplied,
        WriteOutcome::Unknown => history::Outcome::Unknown,
    }
}

pub(super) fn read(snapshot: &Snapshot) -> history::Outcome {
    history::Outcome::Read {
        value: snapshot.value.as_ref().map(|value| value.to_vec()),
        version: snapshot.version.map(version),
    }
}

fn told(recorded: &Recorded) -> history::Outcome {
    let own = Some(version(recorded.version));
    match recorded.outcome {
        Outcome::Written => history::Outcome::Done { version: own, value: None },
        Outcome::Counted(sum) => {
            history::Outcome::Done { version: own, value: Some(Bytes::from(sum.to_string()).to_vec()) }
        }
        Outcome::Mismatch(found) => history::Outcome::Refused { found: found.map(version) },
        Outcome::Absent | Outcome::NotANumber | Outcome::Overflow => history::Outcome::Refused { found: None },
        Outcome::Cancelled => history::Outcome::NotApplied,
    }
}
