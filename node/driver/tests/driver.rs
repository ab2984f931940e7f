//! The driver's own duties: routing, deadlines, bounds, corrupt records.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use quorate_driver::{
    ClientRequest, Corruption, Driver, DriverError, DriverLimits, DriverRefusal, Effects, Event, LoadError, Records,
};
use quorate_protocol::{
    Envelope, Expect, LogId, LogRecord, NodeId, NotApplied, Operation, Reply, Request, RequestId, Slot, VALUE_BYTES_MAX,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use support::{key, replica};

/// Records in memory; some keys are corrupt, and the whole may be unreadable.
#[derive(Clone, Default)]
struct Memory(Rc<RefCell<BTreeMap<LogId, LogRecord>>>);

impl Records for Memory {
    fn load(&self, log: &LogId) -> Result<Option<LogRecord>, LoadError> {
        if log.key.starts_with(b"corrupt") {
            return Err(LoadError::Corrupt(Corruption::Checksum));
        }
        if log.key.starts_with(b"unreadable") {
            return Err(LoadError::Store("the disk is gone".into()));
        }
        Ok(self.0.borrow().get(log).cloned())
    }
}

struct Harness {
    driver: Driver<Memory>,
    store: Memory,
    now_ms: u64,
    next_token: u64,
}

impl Harness {
    fn new(voters: u16, limits: DriverLimits) -> Self {
        let store = Memory::default();
        let driver = Driver::new(replica(1, 1, voters), store.clone(), 5, limits);
        Self { driver, store, now_ms: 0, next_token: 0 }
    }

    fn handle(&mut self, event: Event) -> Effects {
        let mut effects = Effects::default();
        self.driver.handle(self.now_ms, event, &mut effects).unwrap();
        effects
    }

    fn ask(&mut self, name: &str, sequence: u64, operation: Operation, deadline_ms: u64) -> (u64, Effects) {
        self.next_token += 1;
        let token = self.next_token;
        let request = Request::first(RequestId::new(1, sequence), Slot::ZERO, operation);
        let asked = ClientRequest { token, log: key(name), request, deadline_ms };
        (token, self.handle(Event::Client(asked)))
    }

    /// Makes writes durable until none is left; what came out on the way.
    fn sync(&mut self, mut effects: Effects) -> Vec<(u64, Result<Reply, DriverRefusal>)> {
        let mut answers = std::mem::take(&mut effects.answers);
        while !effects.writes.is_empty() {
            let logs = effects.writes.iter().map(|(log, _)| log.clone()).collect();
            self.store.0.borrow_mut().extend(effects.writes.drain(..));
            effects = self.handle(Event::Synced(logs));
            answers.append(&mut effects.answers);
        }
        answers
    }

    fn put(&mut self, name: &str, sequence: u64) -> Vec<(u64, Result<Reply, DriverRefusal>)> {
        let (_, effects) = self.ask(name, sequence, Operation::put("v"), u64::MAX);
        self.sync(effects)
    }
}

#[test]
fn a_single_voter_answers_once_its_vote_is_durable() {
    let mut node = Harness::new(1, DriverLimits::default());
    let (token, effects) = node.ask("k", 1, Operation::put("v"), u64::MAX);
    assert!(effects.answers.is_empty() && effects.writes.len() == 1, "nothing is durable yet");
    let answers = node.sync(effects);
    assert!(matches!(answers[..], [(answered, Ok(Reply::Recorded(_)))] if answered == token));
    assert_eq!(node.driver.waiting(), 0);
}

#[test]
fn attempts_with_one_id_are_all_answered() {
    let mut node = Harness::new(1, DriverLimits::default());
    let (one, effects) = node.ask("k", 1, Operation::put("v"), u64::MAX);
    let (other, again) = node.ask("k", 1, Operation::put("v"), u64::MAX);
    assert!(again.is_empty(), "the same request waits already");
    let answers = node.sync(effects);
    let tokens: Vec<u64> = answers.iter().map(|(token, _)| *token).collect();
    assert_eq!(tokens, [one, other]);
}

#[test]
fn a_deadline_takes_a_request_back() {
    let mut node = Harness::new(3, DriverLimits::default());
    // The first is preparing, so neither was proposed: surely not applied.
    let (one, _) = node.ask("k", 1, Operation::put("v"), 100);
    let (other, _) = node.ask("k", 1, Operation::put("v"), 200);
    node.now_ms = 150;
    let effects = node.handle(Event::Tick);
    assert_eq!(effects.answers, [(one, Ok(Reply::Unknown))], "the other attempt still waits");
    node.now_ms = 250;
    let effects = node.handle(Event::Tick);
    assert_eq!(effects.answers, [(other, Ok(Reply::NotApplied(NotApplied::Withdrawn)))]);
    assert_eq!((node.driver.waiting(), node.driver.counters().expired), (0, 2));
}

#[test]
fn what_was_proposed_ends_unknown() {
    let mut node = Harness::new(1, DriverLimits::default());
    let (_, effects) = node.ask("k", 1, Operation::put("v"), 100);
    let logs = effects.writes.iter().map(|(log, _)| log.clone()).collect();
    let proposed = node.handle(Event::Synced(logs));
    assert_eq!(proposed.writes.len(), 1, "the vote is under way");
    node.now_ms = 100;
    let effects = node.handle(Event::Tick);
    assert_eq!(effects.answers, [(1, Ok(Reply::Unknown))]);
}

#[test]
fn a_driver_that_stops_answers_everybody_and_does_nothing_more() {
    let mut node = Harness::new(3, DriverLimits::default());
    node.ask("a", 1, Operation::put("v"), u64::MAX);
    node.ask("b", 2, Operation::put("v"), u64::MAX);
    let mut effects = Effects::default();
    node.driver.abandon(&mut effects);
    let withdrawn = Ok(Reply::NotApplied(NotApplied::Withdrawn));
    assert_eq!(effects.answers, [(1, withdrawn), (2, withdrawn)]);
    assert!(effects.writes.is_empty() && effects.send.is_empty());
    assert!(matches!(node.driver.handle(0, Event::Tick, &mut effects), Err(DriverError::Stopped)));
}

#[test]
fn idle_logs_leave_memory_and_come_back() {
    let limits = DriverLimits { logs: 4, ..DriverLimits::default() };
    let mut node = Harness::new(1, limits);
    for number in 0..100 {
        assert!(matches!(node.put(&format!("key-{number}"), number)[..], [(_, Ok(Reply::Recorded(_)))]));
        assert!(node.driver.hosted() <= 4);
    }
    assert!(node.driver.counters().evictions >= 96);
    let again = node.put("key-0", 0);
    assert!(matches!(again[..], [(_, Ok(Reply::Recorded(recorded)))] if recorded.version.slot == Slot(1)), "{again:?}");
}

#[test]
fn logs_that_are_busy_are_not_dropped_and_further_ones_are_refused() {
    let limits = DriverLimits { logs: 2, ..DriverLimits::default() };
    let mut node = Harness::new(3, limits);
    node.ask("a", 1, Operation::put("v"), u64::MAX);
    node.ask("b", 2, Operation::put("v"), u64::MAX);
    let (token, effects) = node.ask("c", 3, Operation::put("v"), u64::MAX);
    assert_eq!(effects.answers, [(token, Err(DriverRefusal::Overloaded))]);
    assert_eq!(node.driver.hosted(), 2);
}

#[test]
fn large_values_leave_memory_as_well() {
    let limits = DriverLimits { bytes: 10_000, ..DriverLimits::default() };
    let mut node = Harness::new(1, limits);
    for number in 0..50 {
        let (_, effects) = node.ask(&format!("k{number}"), number, Operation::put(vec![7; 4000]), u64::MAX);
        node.sync(effects);
    }
    assert!(node.driver.hosted() <= 4, "{} logs", node.driver.hosted());
}

#[test]
fn waiting_attempts_are_bounded() {
    let limits = DriverLimits { waiting: 2, ..DriverLimits::default() };
    let mut node = Harness::new(3, limits);
    node.ask("a", 1, Operation::put("v"), u64::MAX);
    node.ask("a", 2, Operation::put("v"), u64::MAX);
    let (token, effects) = node.ask("a", 3, Operation::put("v"), u64::MAX);
    assert_eq!(effects.answers, [(token, Err(DriverRefusal::Overloaded))]);
}

#[test]
fn waiting_bytes_are_bounded_and_given_back() {
    let limits = DriverLimits { waiting_bytes: 1000, ..DriverLimits::default() };
    let mut node = Harness::new(3, limits);
    let expect = Expect::Value(vec![1; 500].into());
    let set = Operation::CompareAndSet { expect, new: Some(vec![2; 300].into()) };
    let (first, _) = node.ask("a", 1, set, 50);
    let (second, effects) = node.ask("b", 2, Operation::put(vec![3; 300]), 50);
    assert_eq!(effects.answers, [(second, Err(DriverRefusal::Overloaded))], "what is expected counts too");
    node.now_ms = 50;
    assert!(node.handle(Event::Tick).answers.iter().any(|(token, _)| *token == first));
    let (_, effects) = node.ask("b", 3, Operation::put(vec![3; 900]), 100);
    assert!(effects.answers.is_empty(), "{:?}", effects.answers);
}

#[test]
fn a_corrupt_log_neither_votes_nor_answers_and_the_others_go_on() {
    let mut node = Harness::new(3, DriverLimits::default());
    let mut other = Harness {
        driver: Driver::new(replica(2, 1, 3), Memory::default(), 5, DriverLimits::default()),
        ..Harness::new(3, DriverLimits::default())
    };
    let (_, effects) = other.ask("sound elsewhere", 1, Operation::put("v"), u64::MAX);
    let logs = effects.writes.iter().map(|(log, _)| log.clone()).collect();
    let prepares = other.handle(Event::Synced(logs)).send;
    assert!(!prepares.is_empty());
    let for_us = prepares.into_iter().filter(|envelope| envelope.message.to == NodeId(1));
    let for_us = for_us.map(|envelope| Envelope { log: key("corrupt"), ..envelope }).collect();
    assert!(node.handle(Event::Peer(for_us)).is_empty());
    let (token, effects) = node.ask("corrupt", 1, Operation::put("v"), u64::MAX);
    assert_eq!(effects.answers, [(token, Err(DriverRefusal::CorruptLog))]);
    assert_eq!(node.driver.corrupt().get(&key("corrupt")), Some(&Corruption::Checksum));
    assert_eq!(node.driver.counters().corrupt, 1);
    let (_, effects) = node.ask("sound", 2, Operation::put("v"), u64::MAX);
    assert_eq!(effects.writes.len(), 1);
}

#[test]
fn a_store_that_cannot_be_read_stops_the_driver() {
    let mut node = Harness::new(3, DriverLimits::default());
    let mut effects = Effects::default();
    let help = Event::Help { log: key("unreadable"), slot: Slot(1) };
    assert!(matches!(node.driver.handle(0, help, &mut effects), Err(DriverError::Store(_))));
    assert!(matches!(node.driver.handle(0, Event::Tick, &mut effects), Err(DriverError::Stopped)));
}

#[test]
fn keys_and_values_have_their_bounds() {
    let mut node = Harness::new(1, DriverLimits::default());
    let mut ask = |name: String, value: usize| {
        let (_, effects) = node.ask(&name, 1, Operation::put(vec![0; value]), u64::MAX);
        effects.answers.into_iter().next().map(|(_, answer)| answer)
    };
    assert_eq!(ask(String::new(), 1), Some(Err(DriverRefusal::KeyLength { bytes: 0 })));
    assert_eq!(ask("k".repeat(481), 1), Some(Err(DriverRefusal::KeyLength { bytes: 481 })));
    assert_eq!(ask("k".into(), VALUE_BYTES_MAX + 1), Some(Err(DriverRefusal::ValueLength { bytes: 1_048_577 })));
    assert_eq!(ask("k".repeat(480), VALUE_BYTES_MAX), None, "the largest of both is taken in");
}

#[test]
fn messages_that_make_no_sense_are_counted_and_change_nothing() {
    let mut sender = Harness {
        driver: Driver::new(replica(2, 1, 3), Memory::default(), 5, DriverLimits::default()),
        ..Harness::new(3, DriverLimits::default())
    };
    let (_, effects) = sender.ask("k", 1, Operation::put("v"), u64::MAX);
    let logs = effects.writes.iter().map(|(log, _)| log.clone()).collect();
    let sent = sender.handle(Event::Synced(logs)).send;
    let good = sent.into_iter().find(|envelope| envelope.message.to == NodeId(1)).unwrap();
    type Change = fn(&mut Envelope);
    let changes: [Change; 8] = [
        |envelope| envelope.message.epoch = 9.into(),
        |envelope| envelope.message.to = NodeId(3),
        |envelope| envelope.message.from = NodeId(1),
        |envelope| envelope.message.from = NodeId(77),
        |envelope| envelope.message.row.slot = Slot(0),
        |envelope| envelope.message.row.slot = Slot(u64::MAX),
        |envelope| envelope.message.row.promised.round = u32::MAX,
        |envelope| envelope.log = key(""),
    ];
    let mut node = Harness::new(3, DriverLimits::default());
    for (at, change) in changes.iter().enumerate() {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(node.handle(Event::Peer(vec![bad])).is_empty(), "change {at}");
        assert_eq!(node.driver.counters().malformed, at as u64 + 1, "change {at}");
    }
    assert_eq!(node.handle(Event::Peer(vec![good])).writes.len(), 1, "the good one asks for a promise");
}

#[test]
fn a_turn_sends_at_most_its_bound() {
    let limits = DriverLimits { envelopes: 3, ..DriverLimits::default() };
    let mut node = Harness::new(3, limits);
    let mut effects = Effects::default();
    for number in 0..10 {
        let (_, asked) = node.ask(&format!("k{number}"), number, Operation::put("v"), u64::MAX);
        effects.writes.extend(asked.writes);
    }
    let logs = effects.writes.iter().map(|(log, _)| log.clone()).collect();
    let synced = node.handle(Event::Synced(logs));
    assert_eq!(synced.send.len(), 3);
    assert_eq!(node.driver.counters().unsent, 17, "ten prepares to two peers each, less three");
}

#[test]
fn the_same_seed_draws_the_same_timers() {
    let run = || {
        let mut node = Harness::new(3, DriverLimits::default());
        let mut due = Vec::new();
        for number in 0..20 {
            node.ask(&format!("k{number}"), number, Operation::put("v"), u64::MAX);
            due.push(node.driver.next_due_ms());
        }
        due
    };
    assert_eq!(run(), run());
}
