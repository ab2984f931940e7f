//! Histories to test the checker with: short ones by hand, long ones from a simulated perfect store.
#![allow(dead_code, reason = "each test uses a part of it")]

use quorate_spec::{Answer, Expect, Operation as Asked, Register};
use quorate_verification::history::{Operation, Outcome, Value, Version};
use std::collections::BTreeMap;

/// SplitMix64: the same numbers for the same seed, for ever.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    /// True once in `n` times.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

pub(crate) fn bytes(text: &str) -> Value {
    text.as_bytes().to_vec()
}

pub(crate) fn version(slot: u64) -> Version {
    Version { slot, position: 0 }
}

/// An operation on the key `k`.
pub(crate) fn operation(
    call: u64,
    ret: impl Into<Option<u64>>,
    op: Asked<Value, Version>,
    outcome: Outcome,
) -> Operation {
    Operation { process: call, key: bytes("k"), call, ret: ret.into(), op, outcome }
}

pub(crate) fn put(call: u64, ret: u64, value: &str) -> Operation {
    operation(call, ret, Asked::Put(bytes(value)), Outcome::Done { version: None, value: None })
}

pub(crate) fn get(call: u64, ret: u64, value: Option<&str>) -> Operation {
    operation(call, ret, Asked::Get, Outcome::Read { value: value.map(bytes), version: None })
}

pub(crate) fn unknown(call: u64, op: Asked<Value, Version>) -> Operation {
    operation(call, None, op, Outcome::Unknown)
}

/// A perfect store with concurrent clients. It can be tampered with between runs.
pub(crate) struct Store {
    pub(crate) random: Random,
    pub(crate) keys: BTreeMap<u64, Register<Value, Version>>,
    pub(crate) history: Vec<Operation>,
    slot: u64,
    clock: u64,
    fresh: u64,
}

/// How a run is to be.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) clients: u64,
    pub(crate) keys: u64,
    pub(crate) operations: u64,
    /// One operation in so many has an unknown outcome, and of those every other one never applies.
    pub(crate) unknown_one_in: u64,
    /// Puts draw from so many values; 0 for a new value each time.
    pub(crate) values: u64,
}

/// An operation that has its times and not its effect yet.
struct Planned {
    at: u64,
    operation: Operation,
    key: u64,
    applies: bool,
}

impl Store {
    pub(crate) fn new(seed: u64) -> Self {
        let random = Random(seed);
        Self { random, keys: BTreeMap::new(), history: Vec::new(), slot: 0, clock: 0, fresh: 0 }
    }

    /// Lets clients work side by side, each on one operation at a time. Every operation takes effect at
    /// some instant between its call and its return; unknown ones possibly long after.
    pub(crate) fn run(&mut self, load: Load) {
        let mut planned: Vec<Planned> = Vec::new();
        let start = self.clock;
        for client in 0..load.clients {
            let mut now = start;
            for _ in 0..load.operations / load.clients {
                let call = now + 1 + self.random.below(20);
                let at = call + self.random.below(50);
                let ret = at + self.random.below(50);
                planned.push(self.plan(client, load, call, at, ret));
                now = ret;
                self.clock = self.clock.max(ret + 2000);
            }
        }
        planned.sort_by_key(|plan| plan.at);
        for plan in planned {
            let mut operation = plan.operation;
            if operation.outcome != Outcome::Unknown {
                operation.outcome = self.apply(plan.key, &operation.op);
            } else if plan.applies {
                self.apply(plan.key, &operation.op);
            }
            self.history.push(operation);
        }
    }

    fn plan(&mut self, process: u64, load: Load, call: u64, at: u64, ret: u64) -> Planned {
        let key = self.random.below(load.keys);
        let op = self.draw(key, load.values);
        let unknown = self.random.one_in(load.unknown_one_in);
        let (outcome, late) =
            if unknown { (Outcome::Unknown, self.random.below(1500)) } else { (Outcome::NotApplied, 0) };
        let ret = (!unknown || self.random.one_in(2)).then_some(ret);
        let operation = Operation { process, key: key.to_string().into_bytes(), call, ret, op, outcome };
        Planned { at: at + late, operation, key, applies: self.random.one_in(2) }
    }

    fn draw(&mut self, key: u64, values: u64) -> Asked<Value, Version> {
        self.fresh += 1;
        let drawn = if values == 0 { self.fresh } else { self.random.below(values) };
        let value = if self.random.one_in(3) { drawn.to_string() } else { format!("v{drawn}") };
        // What was there when the operation was drawn: about right often enough.
        let seen = self.keys.get(&key).cloned().unwrap_or_default();
        let cas = |expect| Asked::CompareAndSet { expect, new: Some(bytes(&value)) };
        match self.random.below(10) {
            0..=3 => Asked::Get,
            4..=6 => Asked::Put(bytes(&value)),
            7 => cas(match seen.version {
                Some(version) if self.random.one_in(2) => Expect::Version(version),
                _ => seen.value.map_or(Expect::Absent, Expect::Value),
            }),
            8 => Asked::Increment(1),
            _ => Asked::Delete,
        }
    }

    /// Carries an operation out.
    pub(crate) fn apply(&mut self, key: u64, op: &Asked<Value, Version>) -> Outcome {
        self.slot += 1;
        let register = self.keys.entry(key).or_default();
        match register.apply(op, version(self.slot)) {
            Answer::Read(value, version) => Outcome::Read { value, version },
            Answer::Done(version, value) => Outcome::Done { version: Some(version), value },
            Answer::Refused(_) => Outcome::Refused { found: register.version },
        }
    }

    /// Records an operation with nothing else under way.
    pub(crate) fn record(&mut self, key: u64, op: Asked<Value, Version>, outcome: Outcome) -> Operation {
        let call = self.clock;
        self.clock += 10;
        let key = key.to_string().into_bytes();
        let operation = Operation { process: 99, key, call, ret: Some(call + 5), op, outcome };
        self.history.push(operation.clone());
        operation
    }

    /// Carries out and records an operation with nothing else under way.
    pub(crate) fn alone(&mut self, key: u64, op: Asked<Value, Version>) -> Operation {
        let outcome = self.apply(key, &op);
        self.record(key, op, outcome)
    }
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
