//! Whatever arrives, a log neither panics nor breaks its invariants, and its outputs stay bounded.

use crate::scheduler::Random;
use crate::support::*;
use quickcheck::{QuickCheck, TestResult};
use quorate_protocol::{
    Ballot, ChosenNotice, Entry, Incarnation, Input, LogRecord, Message, NodeId, Operation, Outcome, Output, Owner,
    PaxosLog, Proposal, QuorumRead, ReadId, ReadReply, Recorded, Request, RequestId, Row, SLOT_MAX, Slot, Snapshot,
    Timer, VOTERS_MAX, Version, WAITING_MAX,
};
use std::sync::Arc;

/// Values that are likely to matter, and some that are not.
struct Hostile<'a> {
    random: &'a mut Random,
    /// The log's open slot and round, so that some of it gets through.
    slot: u64,
    round: u32,
}

impl Hostile<'_> {
    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.random.below(of.len())]
    }

    fn slot(&mut self) -> Slot {
        let (s, end) = (self.slot, SLOT_MAX);
        Slot(self.pick(&[s, s, s, s, s, s.wrapping_add(1), s.saturating_sub(1), 0, 1, end - 2, end - 1, end, u64::MAX]))
    }

    fn ballot(&mut self) -> Ballot {
        let r = self.round;
        let round = self.pick(&[r, r, r, 0, 1, r.wrapping_add(1), r.saturating_add(1 << 16), u32::MAX]);
        let node = NodeId(self.pick(&[1, 2, 3, 9, 0, u16::MAX]));
        Ballot { round, node, incarnation: Incarnation(self.pick(&[1, 1, 1, 0, 2, u32::MAX])) }
    }

    fn version(&mut self) -> Version {
        Version { slot: self.slot(), position: self.pick(&[0, 1, 2, u16::MAX]) }
    }

    fn entry(&mut self) -> Arc<Entry> {
        let length = self.pick(&[0, 1, 1, 2, 3, 129]);
        let mut requests: Vec<Recorded> = (0..length).map(|_| self.recorded()).collect();
        if self.random.chance(80) {
            requests.sort_unstable_by_key(|recorded| recorded.version);
            requests.dedup_by_key(|recorded| recorded.version);
        }
        let Ballot { node, incarnation, .. } = self.ballot();
        let version = self.random.chance(50).then(|| self.version());
        let value = self.random.chance(50).then(|| "9223372036854775807".into());
        let floor = if self.random.chance(70) { Slot::ZERO } else { self.slot() };
        Arc::new(Entry { value, version, owner: Owner { node, incarnation }, requests, floor })
    }

    fn recorded(&mut self) -> Recorded {
        let id = id(self.random.next() % 8);
        let outcome = self.pick(&[Outcome::Written, Outcome::Cancelled, Outcome::Counted(i64::MIN)]);
        Recorded { id, version: self.version(), outcome }
    }

    fn row(&mut self) -> Row {
        let (one, two) = (self.ballot(), if self.random.chance(50) { Ballot::ZERO } else { self.ballot() });
        let swapped = self.random.chance(10);
        let (promised, accepted) = if swapped { (one.min(two), one.max(two)) } else { (one.max(two), one.min(two)) };
        Row { slot: self.slot(), promised, accepted }
    }

    fn message(&mut self) -> Message {
        let chosen = if self.random.chance(70) {
            ChosenNotice::default()
        } else {
            let entry = self.random.chance(50).then(|| self.entry());
            ChosenNotice { slot: self.slot(), ballot: self.ballot(), entry }
        };
        let row = self.row();
        let accepted = self.random.chance(30).then(|| self.entry());
        let proposal =
            self.random.chance(40).then(|| Proposal { slot: self.slot(), ballot: self.ballot(), entry: self.entry() });
        let belief = self.random.chance(50).then(|| self.row());
        let from = NodeId(self.pick(&[2, 2, 3, 3, 1, 9]));
        let to = if self.random.chance(95) { A } else { B };
        let epoch = self.pick(&[1, 1, 1, 1, 1, 1, 1, 0, 2]).into();
        Message { epoch, from, to, row, accepted, chosen, proposal, belief }
    }

    fn request(&mut self) -> Request {
        let operation = match self.random.below(4) {
            0 => Operation::Increment(self.pick(&[i64::MIN, -1, i64::MAX])),
            1 => Operation::Cancel,
            2 => Operation::Delete,
            _ => Operation::put("x"),
        };
        let id = RequestId::new(7, self.random.next() % 8);
        let (attempt, keep) = (self.pick(&[0, 255]), self.pick(&[0, 2, 64, 255]));
        Request { id, base: self.slot(), attempt, keep, operation }
    }

    fn input(&mut self) -> Input {
        match self.random.below(100) {
            0..60 => Input::Receive(self.message()),
            60..75 => Input::Durable,
            75..85 => Input::Propose(self.request()),
            85..88 => Input::Withdraw(id(self.random.next() % 8)),
            88..91 => Input::Help(self.slot()),
            91..94 => Input::Settle(self.slot()),
            _ => Input::Timeout(self.pick(&[Timer::Resend, Timer::Defer])),
        }
    }
}

fn is_bounded(output: &Output) -> bool {
    output.send.len() <= 4 * VOTERS_MAX && output.timers.len() <= 4 && output.done.len() <= WAITING_MAX
}

#[test]
fn no_input_breaks_a_log() {
    fn survives(seed: u64, steps: u16) -> TestResult {
        let mut random = Random(seed);
        let mut log = log();
        for _ in 0..steps % 500 {
            let (slot, round) = (log.record().open_slot().0, log.record().promised.round);
            let input = Hostile { random: &mut random, slot, round }.input();
            let before = log.record().clone();
            let output = log.step(input.clone());
            if let Err(violation) = log.check() {
                return TestResult::error(format!("{violation} by {input:?} on {before:?}"));
            }
            if !log.record().follows(&before) || !is_bounded(&output) {
                return TestResult::error(format!("{input:?} on {before:?} gave {output:?}"));
            }
            let durable = log.durable().clone();
            if output.send.iter().any(|message| message.row != durable.row()) {
                return TestResult::error(format!("P7: {input:?} on {before:?} sent {:?}", output.send));
            }
            if PaxosLog::restore(replica(A, 2, 3), durable).is_err() {
                return TestResult::error(format!("{input:?} left a record that cannot be restored"));
            }
        }
        let ids = (0..8).map(id);
        ids.for_each(|id| drop(log.step(Input::Withdraw(id))));
        for _ in 0..100 {
            log.step(Input::Durable);
            log.step(Input::Timeout(Timer::Resend));
            log.step(Input::Timeout(Timer::Defer));
            if log.is_idle() {
                return TestResult::passed();
            }
        }
        TestResult::error(format!("it never comes to rest: {:?}", log.phase()))
    }
    QuickCheck::new().tests(2000).quickcheck(survives as fn(u64, u16) -> TestResult);
}

/// A message that gets through the checks must get somewhere, or the test above tests little.
#[test]
fn some_of_the_hostile_messages_are_taken() {
    let mut random = Random(1);
    let mut log = log();
    let mut admitted = 0;
    for _ in 0..1000 {
        let (slot, round) = (log.record().open_slot().0, log.record().promised.round);
        let message = Hostile { random: &mut random, slot, round }.message();
        admitted += usize::from(log.admit(&message).is_ok());
        if message.chosen.slot < Slot(1000) && message.proposal.as_ref().is_none_or(|p| p.slot < Slot(1000)) {
            receive(&mut log, message);
            sync(&mut log);
        }
    }
    assert!(admitted > 50, "{admitted}");
    assert_ne!(log.record(), &LogRecord::default());
}

#[test]
fn no_reply_breaks_a_read() {
    fn survives(seed: u64, steps: u16) -> bool {
        let mut random = Random(seed);
        let config = config(5);
        let (mut read, _) = QuorumRead::start(ReadId::default(), &config, &[]);
        for _ in 0..steps % 600 {
            let mut hostile = Hostile { random: &mut random, slot: 3, round: 1 };
            let (chosen, accepted, ballot) = (hostile.slot(), hostile.slot(), hostile.ballot());
            let value = hostile.random.chance(50).then(Snapshot::default);
            let id = ReadId { sequence: u64::from(hostile.random.chance(5)), ..ReadId::default() };
            let (chosen_value, accepted_value) = (value.clone(), value);
            let reply = ReadReply { id, chosen, accepted, ballot, chosen_value, accepted_value };
            read.on_reply(&config, NodeId(u16::try_from(random.below(8)).unwrap()), reply);
            if random.chance(20) {
                read.on_timeout(&config);
            }
        }
        true
    }
    QuickCheck::new().tests(500).quickcheck(survives as fn(u64, u16) -> bool);
}
