//! Which waiting requests become the next entry, and what each comes to.

use crate::{
    BATCH_MAX, Entry, Expect, LogRecord, Operation, Outcome, Owner, Recorded, Reply, Request, RequestId, Slot, Version,
    WINDOW_MAX,
};
use alloc::{string::ToString, vec::Vec};
use bytes::Bytes;

/// What a batch of requests comes to on one chosen entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// The entry to propose for the open slot, if any request needs one.
    pub entry: Option<Entry>,
    /// Requests that the chosen entry answers without a slot.
    pub answers: Vec<(RequestId, Reply)>,
}

/// Applies the first [`BATCH_MAX`] requests that need a slot to the entry chosen last, in their order.
///
/// For each request, on chosen entry c: its id in c's window gives the recorded outcome; else, with c's
/// floor at or below the request's base, it is in no slot up to c (the base was chosen before the
/// request was first sent, and the window holds every id above the floor) and may be proposed; else
/// nobody can tell. The rule holds at every evaluation and for every attempt, the first included: a
/// first attempt may arrive last.
///
/// Negative answers take a slot like any other, so that a late attempt finds them in the window.
pub fn evaluate<'a>(record: &LogRecord, requests: impl IntoIterator<Item = &'a Request>, owner: Owner) -> Evaluation {
    let before = record.chosen_entry().map(|entry| &**entry);
    let mut batch = Batch::open(before, record.open_slot(), owner);
    let mut answers = Vec::new();
    for request in requests {
        if let Some(reply) = answer(before, request) {
            answers.push((request.id, reply));
        } else if batch.taken < BATCH_MAX {
            batch.apply(request);
        }
    }
    Evaluation { entry: (batch.taken > 0).then(|| batch.close()), answers }
}

/// What the chosen entry alone says of a request; `None` when it may be proposed.
fn answer(before: Option<&Entry>, request: &Request) -> Option<Reply> {
    if mutant!(NoWindow) {
        return None;
    }
    if let Some(recorded) = before.and_then(|entry| entry.find(request.id)) {
        return Some(Reply::Recorded(*recorded));
    }
    let floor = before.map_or(Slot::ZERO, |entry| entry.floor);
    let exempt = mutant!(FirstAttemptExempt) && request.attempt == 0;
    if floor > request.base && !exempt {
        return Some(Reply::Forgotten);
    }
    unslotted(before, request)
}

/// Wrong variants that answer from the local entry what needs a slot; nothing in a shipped build.
fn unslotted(before: Option<&Entry>, request: &Request) -> Option<Reply> {
    let local = mutant!(LocalMismatch) && matches!(request.operation, Operation::CompareAndSet { .. });
    let unfenced = mutant!(ResolveUnfenced) && request.operation == Operation::Cancel;
    if !local && !unfenced {
        return None;
    }
    let mut value = before.and_then(|entry| entry.value.clone());
    let version = before.and_then(|entry| entry.version);
    let outcome = apply(&mut value, version, &request.operation);
    let here = Version::default();
    (!outcome.is_applied()).then_some(Reply::Recorded(Recorded { id: request.id, version: here, outcome }))
}

/// An entry in the making.
struct Batch {
    entry: Entry,
    slot: Slot,
    taken: usize,
    keep: usize,
}

impl Batch {
    fn open(before: Option<&Entry>, slot: Slot, owner: Owner) -> Self {
        let entry = before.cloned().unwrap_or_default();
        Self { entry: Entry { owner, ..entry }, slot, taken: 0, keep: 0 }
    }

    fn apply(&mut self, request: &Request) {
        let position = if mutant!(VersionIsSlot) { 0 } else { self.taken };
        // A batch is far smaller than u16::MAX.
        let version = Version { slot: self.slot, position: u16::try_from(position).unwrap_or(u16::MAX) };
        let outcome = apply(&mut self.entry.value, self.entry.version, &request.operation);
        if outcome.is_applied() {
            self.entry.version = Some(version);
        }
        self.entry.requests.push(Recorded { id: request.id, version, outcome });
        self.taken += 1;
        self.keep = self.keep.max(usize::from(request.keep)).min(WINDOW_MAX);
    }

    /// Drops what the window need not keep. Dropping an id raises the floor to its slot.
    fn close(mut self) -> Entry {
        let older = self.entry.requests.len() - self.taken;
        let last_dropped = self.entry.requests.drain(..older.saturating_sub(self.keep)).next_back();
        if let Some(last) = last_dropped {
            self.entry.floor = self.entry.floor.max(last.version.slot);
        }
        self.entry
    }
}

/// One operation on one value: the sequential meaning of Quorate's writes.
fn apply(value: &mut Option<Bytes>, version: Option<Version>, operation: &Operation) -> Outcome {
    match operation {
        Operation::Put(new) => {
            *value = Some(new.clone());
            Outcome::Written
        }
        Operation::Delete if value.is_none() => Outcome::Absent,
        Operation::Delete => {
            *value = None;
            Outcome::Written
        }
        Operation::CompareAndSet { expect, new } => {
            let as_expected = match expect {
                Expect::Absent => value.is_none(),
                Expect::Version(expected) => version == Some(*expected),
                Expect::Value(expected) => value.as_ref() == Some(expected),
            };
            if !as_expected {
                return Outcome::Mismatch(version);
            }
            value.clone_from(new);
            Outcome::Written
        }
        Operation::Increment(by) => increment(value, *by),
        Operation::Cancel => Outcome::Cancelled,
    }
}

fn increment(value: &mut Option<Bytes>, by: i64) -> Outcome {
    let Some(now) = value.as_ref().map_or(Some(0), |bytes| parse(bytes)) else {
        return Outcome::NotANumber;
    };
    let Some(sum) = now.checked_add(by) else {
        return Outcome::Overflow;
    };
    *value = Some(Bytes::from(sum.to_string()));
    Outcome::Counted(sum)
}

fn parse(bytes: &[u8]) -> Option<i64> {
    core::str::from_utf8(bytes).ok()?.parse().ok()
}
