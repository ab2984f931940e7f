use super::Plan;
use quorate_client::{Expect, Versioned};
use quorate_node::driver::SplitMix64;
use quorate_node::history::{Answer, Recorder, Request};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One client's load: a closed loop over keys drawn at random, with values that no other write has.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) recorder: Recorder,
    random: SplitMix64,
    process: u64,
    keys: u64,
    serial: u64,
    /// What was read last, by key: what compare-and-sets expect.
    seen: BTreeMap<u64, Option<Versioned>>,
}

impl Load {
    pub(super) fn new(recorder: Recorder, process: u64, plan: &Plan) -> Self {
        let random = SplitMix64::new(plan.seed.wrapping_mul(0x1_0001) ^ process);
        Self { recorder, random, process, keys: u64::from(plan.keys), serial: 0, seen: BTreeMap::new() }
    }

    /// Asks until `stop` is set; the operation under way then is the last.
    pub(super) async fn run(mut self, stop: Arc<AtomicBool>) -> Recorder {
        while !stop.load(Ordering::Relaxed) {
            let number = self.random.below(self.keys);
            let request = self.draw(number);
            if let Ok(Answer::Read(found)) = self.recorder.make(Plan::key(number), request).await {
                self.seen.insert(number, found);
            }
        }
        self.recorder
    }

    fn draw(&mut self, number: u64) -> Request {
        let kind = self.random.below(100);
        if Plan::is_counter(number) {
            return if kind < 60 { Request::Increment(1) } else { Request::Get };
        }
        match kind {
            0..35 => Request::Get,
            35..70 => Request::Put(self.value().into()),
            70..78 => Request::Delete,
            _ => {
                let expect = match self.seen.get(&number).cloned().flatten() {
                    None => Expect::Absent,
                    Some(seen) if kind < 89 => Expect::Version(seen.version),
                    Some(seen) => Expect::Value(seen.value),
                };
                Request::Cas(expect, self.value().into())
            }
        }
    }

    fn value(&mut self) -> String {
        self.serial += 1;
        format!("{}-{}", self.process, self.serial)
    }
}
