//! Our checker against stateright's tester, on short random histories of a register.

use super::{Asked, Bound, Operation, Outcome, Random, check};
use core::fmt;
use stateright::semantics::register::{Register, RegisterOp, RegisterRet};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester};

/// How many disagreements are kept.
const KEPT: usize = 5;

/// What came of comparing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Histories that both found linearizable.
    pub good: u64,
    /// Histories that both found not to be.
    pub bad: u64,
    /// Operations in all of them, and how many of unknown outcome.
    pub operations: (u64, u64),
    /// The seeds of the first few histories that only one found linearizable (or that ours left
    /// undecided).
    pub disagreements: Vec<u64>,
}

/// Compares on so many histories; history `i` has the seed `seed + i`.
pub fn compare(seed: u64, histories: u64) -> Comparison {
    let mut found = Comparison::default();
    for seed in (0..histories).map(|i| seed.wrapping_add(i)) {
        let Run { history, tester } = Run::new(seed);
        found.operations.0 += history.len() as u64;
        found.operations.1 += history.iter().filter(|o| o.outcome == Outcome::Unknown).count() as u64;
        let ours = check(&history, Bound::default()).ok();
        let undecided = ours.as_ref().is_none_or(|report| report.undecided() > 0);
        match (ours.is_some_and(|report| report.is_linearizable()), tester.is_consistent()) {
            (true, true) => found.good += 1,
            (false, false) if !undecided => found.bad += 1,
            _ if found.disagreements.len() < KEPT => found.disagreements.push(seed),
            _ => {}
        }
    }
    found
}

impl Comparison {
    /// Adds what came of others.
    pub fn add(&mut self, other: Self) {
        self.good += other.good;
        self.bad += other.bad;
        self.operations.0 += other.operations.0;
        self.operations.1 += other.operations.1;
        self.disagreements.extend(other.disagreements);
        self.disagreements.truncate(KEPT);
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operations, unknown) = self.operations;
        writeln!(f, "{operations} operations in all, {unknown} of unknown outcome")?;
        writeln!(f, "{} histories linearizable and {} not, by both", self.good, self.bad)?;
        if self.disagreements.is_empty() {
            writeln!(f, "they agree on every one")
        } else {
            writeln!(f, "THEY DISAGREE on the histories of the seeds {:?}", self.disagreements)
        }
    }
}

/// What a client does.
#[derive(Clone, Copy)]
enum Client {
    Idle,
    /// At this place of the history, with its effect still to come.
    Calling(usize),
    /// The effect has come; a read found this.
    Applied(usize, u8),
}

/// A short random run on a register, recorded for both. 0 is what it holds at first.
struct Run {
    history: Vec<Operation>,
    tester: LinearizabilityTester<u64, Register<u8>>,
}

impl Run {
    /// Two to four clients and up to ten operations. An effect comes at the call, at the return, or in
    /// between; one operation in six never returns, and a client of a new name takes over; one read in
    /// eight is made up.
    fn new(seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut run = Self { history: Vec::new(), tester: LinearizabilityTester::new(Register(0)) };
        let clients = 2 + random.below(3);
        let values = 1 + random.below(4);
        let operations = 3 + random.below(8);
        let mut names: Vec<u64> = (0..clients).collect();
        let mut states = vec![Client::Idle; names.len()];
        let (mut held, mut next_name) = (0, clients);
        for time in 0..operations * 4 {
            let client = usize::try_from(random.below(clients)).unwrap_or(0);
            let (Some(state), Some(name)) = (states.get_mut(client), names.get_mut(client)) else { continue };
            *state = match *state {
                Client::Idle if (run.history.len() as u64) < operations => run.call(&mut random, *name, time, values),
                Client::Idle => Client::Idle,
                Client::Calling(place) if random.one_in(2) => run.apply(place, &mut held),
                Client::Calling(_) | Client::Applied(..) if random.one_in(6) => {
                    (*name, next_name) = (next_name, next_name + 1);
                    Client::Idle
                }
                Client::Calling(place) => run.apply(place, &mut held),
                Client::Applied(place, found) => {
                    let made_up = random.one_in(8).then(|| small(random.below(values + 1)));
                    run.told(place, time, made_up.unwrap_or(found))
                }
            };
        }
        run
    }

    fn call(&mut self, random: &mut Random, process: u64, call: u64, values: u64) -> Client {
        let value = small(1 + random.below(values));
        let (op, asked) = if random.one_in(2) {
            (Asked::Get, RegisterOp::Read)
        } else {
            (Asked::Put(vec![value]), RegisterOp::Write(value))
        };
        self.tester.on_invoke(process, asked).expect("one operation at a time");
        let (key, outcome) = (b"k".to_vec(), Outcome::Unknown);
        self.history.push(Operation { process, key, call, ret: None, op, outcome });
        Client::Calling(self.history.len() - 1)
    }

    fn apply(&self, place: usize, held: &mut u8) -> Client {
        if let Some(Asked::Put(value)) = self.history.get(place).map(|operation| &operation.op) {
            *held = value.first().copied().unwrap_or(0);
        }
        Client::Applied(place, *held)
    }

    fn told(&mut self, place: usize, time: u64, found: u8) -> Client {
        let Some(operation) = self.history.get_mut(place) else { return Client::Idle };
        operation.ret = Some(time);
        let answer = if operation.op == Asked::Get {
            let value = (found != 0).then(|| vec![found]);
            operation.outcome = Outcome::Read { value, version: None };
            RegisterRet::ReadOk(found)
        } else {
            operation.outcome = Outcome::Done { version: None, value: None };
            RegisterRet::WriteOk
        };
        self.tester.on_return(operation.process, answer).expect("a call before");
        Client::Idle
    }
}

fn small(number: u64) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}
