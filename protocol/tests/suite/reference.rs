//! What clients see through three logs a key, on a network that delivers everything in order, is a map of the
//! sequential registers of `quorate-spec`. Lists of operations shrink to the shortest one that differs.

use crate::support::{config, replica, step};
use bytes::Bytes;
use quickcheck::{Arbitrary, Gen, QuickCheck, TestResult};
use quorate_protocol::{
    Expect, Input, LogRecord, Message, NodeId, Operation, Outcome, Output, PaxosLog, QuorumRead, ReadId, ReadStep,
    Recorded, Reply, Request, RequestId, Timer, Version, read_reply,
};
use quorate_spec::{Answer, Expect as Expected, Operation as Asked, Refusal, Register};
use std::collections::{BTreeMap, VecDeque};

/// One operation of a client: on which key, at which replica, and whether the next ones are asked before it is
/// answered, so that they share slots or meet as proposers.
#[derive(Clone, Debug)]
struct Call {
    key: u8,
    at: u8,
    with_next: bool,
    what: What,
}

/// Values are numbered, and versions are told by how many writes ago they were.
#[derive(Clone, Debug)]
enum What {
    Put(u8),
    Delete,
    IfAbsent(Option<u8>),
    IfValue(u8, Option<u8>),
    IfVersion(u8, Option<u8>),
    Add(i64),
}

impl Arbitrary for What {
    fn arbitrary(g: &mut Gen) -> Self {
        let (value, other) = (u8::arbitrary(g) % 6, Option::<u8>::arbitrary(g));
        match u8::arbitrary(g) % 8 {
            0..=1 => Self::Put(value),
            2 => Self::Delete,
            3 => Self::IfAbsent(other),
            4 => Self::IfValue(value, other),
            5 => Self::IfVersion(value, other),
            _ => Self::Add(*g.choose(&[1, -1, 3, i64::MAX, i64::MIN]).unwrap()),
        }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self.clone() {
            Self::Put(value) => Box::new(value.shrink().map(Self::Put)),
            Self::Delete => Box::new([Self::Put(0)].into_iter()),
            Self::Add(by) => Box::new(by.shrink().map(Self::Add)),
            Self::IfAbsent(new) => Box::new(new.shrink().map(Self::IfAbsent).chain([Self::Delete])),
            Self::IfValue(value, new) => Box::new((value, new).shrink().map(|(v, n)| Self::IfValue(v, n))),
            Self::IfVersion(ago, new) => Box::new((ago, new).shrink().map(|(a, n)| Self::IfVersion(a, n))),
        }
    }
}

impl Arbitrary for Call {
    fn arbitrary(g: &mut Gen) -> Self {
        let with_next = u8::arbitrary(g) % 3 == 0;
        Self { key: u8::arbitrary(g) % 2, at: u8::arbitrary(g) % 3, with_next, what: What::arbitrary(g) }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let parts = (self.key, self.at, self.with_next, self.what.clone());
        Box::new(parts.shrink().map(|(key, at, with_next, what)| Self { key, at, with_next, what }))
    }
}

fn value(number: u8) -> Bytes {
    let values: [&'static [u8]; 6] = [b"0", b"41", b"tea", b"", b"9223372036854775807", b"-1"];
    Bytes::from_static(values[usize::from(number) % values.len()])
}

/// One key: its three logs, what is under way between them, and the register it must look like.
struct Key {
    logs: Vec<PaxosLog>,
    network: VecDeque<Message>,
    timers: VecDeque<(usize, Timer)>,
    answers: Vec<(RequestId, Reply)>,
    asked: BTreeMap<RequestId, Operation>,
    /// In the order of the calls; asked together means that either order is right.
    unanswered: Vec<RequestId>,
    written: Vec<Version>,
    register: Register<Vec<u8>, Version>,
}

impl Key {
    fn new() -> Self {
        let log = |node| PaxosLog::restore(replica(NodeId(node), 1, 3), LogRecord::default()).unwrap();
        Self {
            logs: (1..=3).map(log).collect(),
            network: VecDeque::new(),
            timers: VecDeque::new(),
            answers: Vec::new(),
            asked: BTreeMap::new(),
            unanswered: Vec::new(),
            written: Vec::new(),
            register: Register::default(),
        }
    }

    fn ask(&mut self, sequence: u64, at: u8, what: &What) {
        let cas = |expect, new: &Option<u8>| Operation::CompareAndSet { expect, new: new.map(value) };
        let version = |ago: u8| self.written.iter().rev().nth(usize::from(ago)).copied().unwrap_or_default();
        let operation = match what {
            What::Put(number) => Operation::Put(value(*number)),
            What::Delete => Operation::Delete,
            What::IfAbsent(new) => cas(Expect::Absent, new),
            What::IfValue(number, new) => cas(Expect::Value(value(*number)), new),
            What::IfVersion(ago, new) => cas(Expect::Version(version(*ago)), new),
            What::Add(by) => Operation::Increment(*by),
        };
        let (at, id) = (usize::from(at) % 3, RequestId::new(7, sequence));
        self.asked.insert(id, operation.clone());
        self.unanswered.push(id);
        let base = self.logs[at].record().chosen_slot();
        // A window that holds all: that an early request may be turned away as stale is no part of the register.
        let request = Request { keep: 64, ..Request::first(id, base, operation) };
        self.step(at, Input::Propose(request));
    }

    fn step(&mut self, at: usize, input: Input) {
        let Output { send, done, timers, .. } = step(&mut self.logs[at], input);
        self.network.extend(send);
        self.answers.extend(done);
        for (timer, _) in timers {
            self.timers.retain(|armed| *armed != (at, timer));
            self.timers.push_back((at, timer));
        }
    }

    /// Writes are durable at once, then messages arrive in order; a timer fires only when nothing else is left to do.
    fn settle(&mut self) -> Result<(), String> {
        for _ in 0..10_000 {
            if let Some(at) = self.logs.iter().position(|log| log.writing().is_some()) {
                self.step(at, Input::Durable);
            } else if let Some(message) = self.network.pop_front() {
                self.step(usize::from(message.to.0) - 1, Input::Receive(message));
            } else if self.logs.iter().all(|log| log.waiting() == 0) {
                return self.compare();
            } else if let Some((at, timer)) = self.timers.pop_front() {
                self.step(at, Input::Timeout(timer));
            } else {
                return Err("somebody waits, and nothing is left to happen".into());
            }
        }
        Err("it does not come to rest".into())
    }

    /// Holds what was answered since the last time against the register, in the order of the versions.
    fn compare(&mut self) -> Result<(), String> {
        let mut recorded = Vec::new();
        for (id, reply) in self.answers.drain(..) {
            let Reply::Recorded(this) = reply else { return Err(format!("{id:?} is answered {reply:?}")) };
            recorded.push(this);
        }
        recorded.sort_unstable_by_key(|recorded| recorded.version);
        let mut answered: Vec<RequestId> = recorded.iter().map(|recorded| recorded.id).collect();
        answered.sort_unstable();
        if answered != self.unanswered {
            return Err(format!("{:?} were asked, {answered:?} are answered", self.unanswered));
        }
        self.unanswered.clear();
        recorded.into_iter().try_for_each(|recorded| self.apply(&recorded))
    }

    fn apply(&mut self, recorded: &Recorded) -> Result<(), String> {
        let Recorded { id, version, outcome } = *recorded;
        let operation = self.asked[&id].clone();
        let found = self.register.version;
        let expected = match self.register.apply(&asked(&operation), version) {
            Answer::Done(_, None) => Outcome::Written,
            Answer::Done(_, Some(sum)) => Outcome::Counted(std::str::from_utf8(&sum).unwrap().parse().unwrap()),
            Answer::Refused(Refusal::Mismatch) => Outcome::Mismatch(found),
            Answer::Refused(Refusal::Absent) => Outcome::Absent,
            Answer::Refused(Refusal::NotANumber) => Outcome::NotANumber,
            Answer::Refused(Refusal::Overflow) => Outcome::Overflow,
            Answer::Read(..) => unreachable!("nobody asked for a read"),
        };
        if outcome != expected {
            return Err(format!("{operation:?} came to {outcome:?}, and to {expected:?} in the register"));
        }
        if self.written.last().is_some_and(|last| *last >= version) {
            return Err(format!("P12: {version} after {:?}", self.written));
        }
        if outcome.is_applied() {
            self.written.push(version);
        }
        Ok(())
    }

    /// A quorum read finds what the register holds, whichever two replicas are asked first.
    fn read(&self, first: NodeId) -> Result<(), String> {
        let config = config(3);
        let id = ReadId { sequence: 1, ..ReadId::default() };
        let (mut read, mut next) = QuorumRead::start(id, &config, &[first]);
        for _ in 0..20 {
            match next {
                ReadStep::Done(result) => {
                    let value = result.snapshot.value.map(|value| value.to_vec());
                    let same = value == self.register.value && result.snapshot.version == self.register.version;
                    return if same { Ok(()) } else { Err(format!("a read found {value:?} at {:?}", result.slot)) };
                }
                ReadStep::Ask { voters, full } => {
                    next = ReadStep::Wait;
                    for voter in voters.iter(&config) {
                        let record = self.logs[usize::from(voter.0) - 1].snapshot();
                        let reply = read_reply(id, &record, full.contains(&config, voter));
                        next = match read.on_reply(&config, voter, reply) {
                            ReadStep::Wait => next,
                            step => step,
                        };
                    }
                }
                _ => next = read.on_timeout(&config),
            }
        }
        Err("a read on a quiet network does not end".into())
    }
}

fn asked(operation: &Operation) -> Asked<Vec<u8>, Version> {
    match operation.clone() {
        Operation::Put(value) => Asked::Put(value.to_vec()),
        Operation::Delete => Asked::Delete,
        Operation::Increment(by) => Asked::Increment(by),
        Operation::CompareAndSet { expect, new } => {
            let expect = match expect {
                Expect::Absent => Expected::Absent,
                Expect::Value(value) => Expected::Value(value.to_vec()),
                Expect::Version(version) => Expected::Version(version),
            };
            Asked::CompareAndSet { expect, new: new.map(|new| new.to_vec()) }
        }
        Operation::Cancel => unreachable!("nobody cancels here"),
    }
}

fn looks_like_a_map(calls: &[Call]) -> Result<(), String> {
    let mut keys: BTreeMap<u8, Key> = BTreeMap::new();
    for (sequence, call) in (1..).zip(calls) {
        let key = keys.entry(call.key).or_insert_with(Key::new);
        key.ask(sequence, call.at, &call.what);
        if !call.with_next {
            key.settle()?;
        }
    }
    keys.values_mut().try_for_each(|key| {
        key.settle()?;
        (1..=3).try_for_each(|node| key.read(NodeId(node)))
    })
}

#[test]
fn three_logs_a_key_look_like_a_map() {
    fn property(calls: Vec<Call>) -> TestResult {
        looks_like_a_map(&calls).map_or_else(TestResult::error, |()| TestResult::passed())
    }
    QuickCheck::new().tests(500).quickcheck(property as fn(Vec<Call>) -> TestResult);
}
