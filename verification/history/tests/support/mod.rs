//! Histories to test the checker with: short ones by hand, long ones from a simulated perfect store.
#![allow(dead_code, reason = "each test uses a part of it")]

use quorate_history::{Asked, Operation, Outcome, Value, Version};
#[allow(unused_imports, reason = "each test uses a part of it")]
pub(crate) use quorate_history::{Load, Random, Store};

pub(crate) fn bytes(text: &str) -> Value {
    text.as_bytes().to_vec()
}

pub(crate) fn version(slot: u64) -> Version {
    Version { slot, position: 0 }
}

/// An operation on the key `k`.
pub(crate) fn operation(call: u64, ret: impl Into<Option<u64>>, op: Asked, outcome: Outcome) -> Operation {
    Operation { process: call, key: bytes("k"), call, ret: ret.into(), op, outcome }
}

pub(crate) fn put(call: u64, ret: u64, value: &str) -> Operation {
    operation(call, ret, Asked::Put(bytes(value)), Outcome::Done { version: None, value: None })
}

pub(crate) fn get(call: u64, ret: u64, value: Option<&str>) -> Operation {
    operation(call, ret, Asked::Get, Outcome::Read { value: value.map(bytes), version: None })
}

pub(crate) fn unknown(call: u64, op: Asked) -> Operation {
    operation(call, None, op, Outcome::Unknown)
}

/// The same history as it would be if answers stated no versions.
pub(crate) fn without_versions(history: &[Operation]) -> Vec<Operation> {
    let mut history = history.to_vec();
    for operation in &mut history {
        match &mut operation.outcome {
            Outcome::Done { version, .. } | Outcome::Read { version, .. } => *version = None,
            Outcome::Refused { found } => *found = None,
            Outcome::NotApplied | Outcome::Unknown => {}
        }
    }
    history
}
