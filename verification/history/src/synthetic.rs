//! Histories of a store that is perfect, to check the checker and to measure it.

use crate::{Operation, Outcome, Value, Version};
use quorate_spec::{Answer, Expect, Operation as Asked, Register};
use std::collections::BTreeMap;

/// SplitMix64: the same numbers for the same seed, for ever.
#[derive(Clone, Copy, Debug)]
pub struct Random(pub u64);

impl Random {
    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// A perfect store with concurrent clients. It can be tampered with between runs.
#[derive(Clone, Debug)]
pub struct Store {
    /// What it draws from.
    pub random: Random,
    /// What each key holds.
    pub keys: BTreeMap<u64, Register<Value, Version>>,
    /// What was recorded, by the time of taking effect.
    pub history: Vec<Operation>,
    slot: u64,
    clock: u64,
    fresh: u64,
}

/// How a run is to be.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Clients, each with one operation at a time.
    pub clients: u64,
    /// Keys they draw from.
    pub keys: u64,
    /// Operations of all clients together.
    pub operations: u64,
    /// One operation in so many has an unknown outcome, and of those every other one never applies.
    pub unknown_one_in: u64,
    /// Puts draw from so many values; 0 for a new value each time.
    pub values: u64,
}

/// An operation that has its times and not its effect yet.
struct Planned {
    at: u64,
    asked: Asked<Value, Version>,
    operation: Operation,
    key: u64,
    applies: bool,
}

impl Store {
    /// Nothing written, nothing recorded.
    pub fn new(seed: u64) -> Self {
        let random = Random(seed);
        Self { random, keys: BTreeMap::new(), history: Vec::new(), slot: 0, clock: 0, fresh: 0 }
    }

    /// Lets clients work side by side, each on one operation at a time. Every operation takes effect at
    /// some instant between its call and its return; unknown ones possibly long after.
    pub fn run(&mut self, load: Load) {
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
                operation.outcome = self.apply(plan.key, &plan.asked);
            } else if plan.applies {
                self.apply(plan.key, &plan.asked);
            }
            self.history.push(operation);
        }
    }

    fn plan(&mut self, process: u64, load: Load, call: u64, at: u64, ret: u64) -> Planned {
        let key = self.random.below(load.keys);
        let asked = self.draw(key, load.values);
        let unknown = self.random.one_in(load.unknown_one_in);
        let (outcome, late) =
            if unknown { (Outcome::Unknown, self.random.below(1500)) } else { (Outcome::NotApplied, 0) };
        let ret = (!unknown || self.random.one_in(2)).then_some(ret);
        let operation =
            Operation { process, key: key.to_string().into_bytes(), call, ret, op: asked.clone().into(), outcome };
        Planned { at: at + late, asked, operation, key, applies: self.random.one_in(2) }
    }

    fn draw(&mut self, key: u64, values: u64) -> Asked<Value, Version> {
        self.fresh += 1;
        let drawn = if values == 0 { self.fresh } else { self.random.below(values) };
        let value = if self.random.one_in(3) { drawn.to_string() } else { format!("v{drawn}") };
        // What was there when the operation was drawn: about right often enough.
        let seen = self.keys.get(&key).cloned().unwrap_or_default();
        let cas = |expect| Asked::CompareAndSet { expect, new: Some(value.clone().into_bytes()) };
        match self.random.below(10) {
            0..=3 => Asked::Get,
            4..=6 => Asked::Put(value.into_bytes()),
            7 => cas(match seen.version {
                Some(version) if self.random.one_in(2) => Expect::Version(version),
                _ => seen.value.map_or(Expect::Absent, Expect::Value),
            }),
            8 => Asked::Increment(1),
            _ => Asked::Delete,
        }
    }

    /// Carries an operation out.
    pub fn apply(&mut self, key: u64, op: &Asked<Value, Version>) -> Outcome {
        self.slot += 1;
        let register = self.keys.entry(key).or_default();
        match register.apply(op, Version { slot: self.slot, position: 0 }) {
            Answer::Read(value, version) => Outcome::Read { value, version },
            Answer::Done(version, value) => Outcome::Done { version: Some(version), value },
            Answer::Refused(_) => Outcome::Refused { found: register.version },
        }
    }

    /// Records an operation with nothing else under way.
    pub fn record(&mut self, key: u64, op: Asked<Value, Version>, outcome: Outcome) -> Operation {
        let call = self.clock;
        self.clock += 10;
        let key = key.to_string().into_bytes();
        let operation = Operation { process: 99, key, call, ret: Some(call + 5), op: op.into(), outcome };
        self.history.push(operation.clone());
        operation
    }

    /// Carries out and records an operation with nothing else under way.
    pub fn alone(&mut self, key: u64, op: Asked<Value, Version>) -> Operation {
        let outcome = self.apply(key, &op);
        self.record(key, op, outcome)
    }
}
