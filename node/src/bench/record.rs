//! The history of the very run, to be judged.

use super::Material;
use crate::history::{Answer, Recording, Request, outcome};
use quorate_client::Error;
use quorate_history::{Asked, Key, Operation, Outcome, until};
use std::sync::{Mutex, PoisonError};

/// What is recorded, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RecordLimits {
    /// The first so many keys.
    pub(super) keys: u64,
    /// The first so many operations on them; each takes about 300 bytes.
    pub(super) operations: usize,
}

/// Every operation on the keys that are recorded, until the bound is reached.
#[derive(Debug)]
pub(super) struct Record {
    limits: RecordLimits,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    history: Vec<Operation>,
    full_at: Option<u64>,
}

/// An operation under way that is to be recorded.
pub(super) struct Begun {
    process: u64,
    key: Key,
    call: u64,
    op: Asked,
}

impl Record {
    /// Nothing recorded yet.
    pub(super) fn new(limits: RecordLimits) -> Self {
        Self { limits, kept: Mutex::default() }
    }

    /// An operation that begins at `call`, if it is to be recorded.
    pub(super) fn begin(
        &self,
        process: u64,
        index: u64,
        request: &Request,
        material: &Material,
        call: u64,
    ) -> Option<Begun> {
        let key = (index < self.limits.keys).then(|| material.key(index).to_vec())?;
        let mut op = request.asked();
        match &mut op {
            Asked::Put(value) | Asked::CompareAndSet { new: Some(value), .. } => *value = material.brief(value),
            _ => {}
        }
        Some(Begun { process, key, call, op })
    }

    /// What became of it, told at `ret`.
    pub(super) fn end(&self, begun: Begun, ret: u64, told: &Result<Answer, Error>, material: &Material) {
        let mut outcome = outcome(told);
        if let Outcome::Read { value: Some(value), .. } = &mut outcome {
            *value = material.brief(value);
        }
        let Begun { process, key, call, op } = begun;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.history.len() < self.limits.operations {
            kept.history.push(Operation { process, key, call, ret: Some(ret), op, outcome });
        } else {
            kept.full_at = Some(kept.full_at.map_or(call, |full_at| full_at.min(call)));
        }
    }

    /// Takes out what was recorded, when nothing is under way any more.
    pub(super) fn take(&self) -> Recording {
        let Kept { mut history, full_at } =
            std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(end) = full_at {
            history = until(history, end);
        }
        history.sort_by_key(|operation| operation.call);
        Recording { history, full_at, errors: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use quorate_client::{Slot, Version, Versioned};
    use quorate_history::{Bound, check};

    fn version(slot: u64) -> Version {
        Version { slot: Slot(slot), position: 0 }
    }

    fn put(record: &Record, material: &Material, key: u64, call: u64, value: &Bytes) {
        if let Some(begun) = record.begin(1, key, &Request::Put(value.clone()), material, call) {
            record.end(begun, call + 1, &Ok(Answer::Written(version(call))), material);
        }
    }

    fn get(record: &Record, material: &Material, call: u64, found: &Bytes, slot: u64) {
        let begun = record.begin(2, 0, &Request::Get, material, call).unwrap();
        let found = Versioned { value: found.clone(), version: version(slot) };
        record.end(begun, call + 1, &Ok(Answer::Read(Some(found))), material);
    }

    #[test]
    fn a_bad_run_is_a_bad_history_although_values_are_brief() {
        let material = Material::told(2, 16, 100, 1);
        let limits = RecordLimits { keys: 1, operations: 100 };
        let (old, new) = (material.value(), material.value());
        for (found, slot, sound) in [(&new, 20, true), (&old, 10, false)] {
            let record = Record::new(limits);
            put(&record, &material, 0, 10, &old);
            put(&record, &material, 0, 20, &new);
            put(&record, &material, 1, 30, &new);
            get(&record, &material, 40, found, slot);
            let Recording { history, full_at, .. } = record.take();
            assert_eq!((history.len(), full_at), (3, None), "key 1 is not recorded");
            assert_eq!(check(&history, Bound::default()).unwrap().is_linearizable(), sound);
        }
        // A value that came back shorter than it was written is none that anybody wrote.
        let record = Record::new(limits);
        put(&record, &material, 0, 10, &old);
        get(&record, &material, 20, &old.slice(..99), 10);
        assert!(!check(&record.take().history, Bound::default()).unwrap().is_linearizable());
    }

    #[test]
    fn a_full_record_is_a_beginning() {
        let material = Material::told(1, 16, 32, 1);
        let record = Record::new(RecordLimits { keys: 1, operations: 2 });
        let values = [material.value(), material.value()];
        put(&record, &material, 0, 10, &values[0]);
        put(&record, &material, 0, 20, &values[1]);
        get(&record, &material, 30, &values[0], 10);
        let Recording { history, full_at, .. } = record.take();
        assert_eq!((history.len(), full_at), (2, Some(30)));
    }
}
