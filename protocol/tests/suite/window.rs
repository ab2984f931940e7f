//! Evaluation: batches, windows, floors, versions.

use crate::support::*;
use quickcheck::{TestResult, quickcheck};
use quorate_protocol::{
    BATCH_MAX, Entry, Evaluation, Expect, LogRecord, Operation, Outcome, Recorded, Reply, Request, RequestId, Slot,
    VALUE_BYTES_MAX, WINDOW_MAX, evaluate,
};
use std::collections::BTreeMap;
use std::sync::Arc;

fn request(sequence: u64, base: u64, keep: u8, operation: Operation) -> Request {
    Request { keep, ..Request::first(id(sequence), Slot(base), operation) }
}

fn puts(sequences: std::ops::Range<u64>, base: u64, keep: u8) -> Vec<Request> {
    sequences.map(|sequence| request(sequence, base, keep, Operation::put("x"))).collect()
}

fn then(record: &LogRecord, entry: Entry) -> LogRecord {
    chosen(record.open_slot().0, ballot(1, A), &Arc::new(entry))
}

fn choose(record: &LogRecord, requests: &[Request]) -> LogRecord {
    let Evaluation { entry, .. } = evaluate(record, requests, owner(A));
    let record = then(record, entry.unwrap());
    record.check().unwrap();
    record
}

fn last(record: &LogRecord) -> &Entry {
    record.chosen_entry().unwrap()
}

fn outcomes(record: &LogRecord, operations: Vec<Operation>) -> Vec<Outcome> {
    let requests: Vec<Request> =
        (900..).zip(operations).map(|(sequence, operation)| request(sequence, 0, 64, operation)).collect();
    let entry = evaluate(record, &requests, owner(A)).entry.unwrap();
    entry.requests.iter().filter(|recorded| recorded.version.slot == record.open_slot()).map(|r| r.outcome).collect()
}

/// What is known of a log from outside: every id ever recorded, with its record.
type Reference = BTreeMap<RequestId, Recorded>;

/// Chooses the entry for a batch, and compares with the reference.
fn advance(record: &LogRecord, reference: &mut Reference, requests: &[Request]) -> Result<LogRecord, String> {
    let evaluation = evaluate(record, requests, owner(A));
    for (id, reply) in &evaluation.answers {
        match reply {
            Reply::Recorded(recorded) if reference.get(id) == Some(recorded) => {}
            Reply::Forgotten if record.chosen_entry().is_some_and(|entry| entry.find(*id).is_none()) => {}
            _ => return Err(format!("{id:?} was answered {reply:?}, it is {:?}", reference.get(id))),
        }
    }
    let Some(entry) = evaluation.entry else { return Ok(record.clone()) };
    let slot = record.open_slot();
    for recorded in entry.requests.iter().filter(|recorded| recorded.version.slot == slot) {
        let highest = reference.values().map(|recorded| recorded.version).max();
        if highest >= Some(recorded.version) {
            return Err(format!("P12: {recorded:?} after {highest:?}"));
        }
        if let Some(again) = reference.insert(recorded.id, *recorded) {
            return Err(format!("P9: {again:?} and {recorded:?}"));
        }
    }
    let missing = reference.values().find(|r| r.version.slot > entry.floor && entry.find(r.id) != Some(r));
    if let Some(missing) = missing {
        return Err(format!("P11: {missing:?} is above {:?} and not in the window", entry.floor));
    }
    if entry.requests.iter().any(|recorded| reference.get(&recorded.id) != Some(recorded)) {
        return Err("the window holds what was never recorded".into());
    }
    let record = then(record, entry);
    record.check().map_err(|violation| violation.to_string())?;
    Ok(record)
}

quickcheck! {
    /// At most once, whatever is retried when: a request may be tried again at any later slot, under the base it began
    /// with, and the floor tells when the window can no longer speak for it.
    fn a_request_is_recorded_at_most_once(batches: Vec<(u8, u8, Vec<u8>)>) -> TestResult {
        let (mut record, mut reference) = (LogRecord::default(), Reference::new());
        let mut bases: BTreeMap<u8, Slot> = BTreeMap::new();
        for (keep, first, retried) in batches {
            let mut sequences: Vec<u8> = retried;
            sequences.push(first);
            sequences.sort_unstable();
            sequences.dedup();
            let requests: Vec<Request> = sequences
                .into_iter()
                .map(|sequence| {
                    let base = bases.entry(sequence).or_insert_with(|| record.chosen_slot()).0;
                    request(u64::from(sequence), base, keep % 5, Operation::put(vec![sequence]))
                })
                .collect();
            match advance(&record, &mut reference, &requests) {
                Ok(next) => record = next,
                Err(broken) => return TestResult::error(broken),
            }
        }
        TestResult::passed()
    }
}

#[test]
fn sixty_four_requests_share_a_slot_and_the_next_waits() {
    let requests = puts(0..BATCH_MAX as u64 + 1, 0, 2);
    let record = choose(&LogRecord::default(), &requests);
    let window = &last(&record).requests;
    assert_eq!(window.len(), BATCH_MAX);
    assert_eq!(window.last().map(|recorded| recorded.version), Some(version(1, 63)));
    let rest = evaluate(&record, &requests, owner(A));
    assert_eq!(rest.answers.len(), BATCH_MAX, "those of the first slot are answered from it");
    assert_eq!(rest.entry.map(|entry| entry.version), Some(Some(version(2, 0))), "the 65th gets the next slot");
}

#[test]
fn an_entry_keeps_as_many_earlier_ids_as_asked_up_to_the_window() {
    let full = choose(&LogRecord::default(), &puts(0..64, 0, 0));
    for (keep, kept) in [(0, 0), (1, 1), (64, WINDOW_MAX), (255, WINDOW_MAX)] {
        let next = choose(&full, &puts(100..101, 1, keep));
        assert_eq!(last(&next).requests.len(), kept + 1, "keep {keep}");
        let floor = if kept == 64 { 0 } else { 1 };
        assert_eq!(last(&next).floor, Slot(floor), "dropping an id raises the floor to its slot");
    }
}

#[test]
fn the_longest_window_is_one_that_a_message_may_carry() {
    let full = choose(&LogRecord::default(), &puts(0..64, 0, 64));
    let longest = choose(&full, &puts(100..164, 1, 64));
    assert_eq!(last(&longest).requests.len(), WINDOW_MAX + BATCH_MAX);
    let message = proposal(B, 2, ballot(1, B), &Arc::new(last(&longest).clone()));
    assert_eq!(message.validate(), Ok(()));
}

#[test]
fn above_the_floor_a_request_may_be_proposed_and_below_it_nobody_can_tell() {
    let mut record = LogRecord::default();
    for sequence in 0..5 {
        record = choose(&record, &puts(sequence..sequence + 1, sequence, 1));
    }
    assert_eq!((record.chosen_slot(), last(&record).floor), (Slot(5), Slot(3)));
    for (base, forgotten) in [(0, true), (2, true), (3, false), (5, false), (9, false)] {
        for attempt in [0, 1] {
            let request = Request { attempt, ..request(77, base, 1, Operation::put("x")) };
            let evaluation = evaluate(&record, [&request], owner(A));
            let answer = forgotten.then_some((request.id, Reply::Forgotten));
            assert_eq!(evaluation.answers, Vec::from_iter(answer), "base {base}, the first attempt included");
            assert_eq!(evaluation.entry.is_none(), forgotten);
        }
    }
    let known = evaluate(&record, &puts(4..5, 0, 1), owner(A));
    let recorded = *last(&record).find(id(4)).unwrap();
    assert_eq!(known.answers, [(id(4), Reply::Recorded(recorded))], "what the window holds needs no base");
}

#[test]
fn a_version_is_a_slot_and_a_place_in_it() {
    let record = choose(&LogRecord::default(), &puts(1..2, 0, 2));
    let cas = |sequence, expected| {
        let expect = Expect::Version(expected);
        request(sequence, 1, 9, Operation::CompareAndSet { expect, new: Some("y".into()) })
    };
    let batch = [cas(2, version(1, 0)), cas(3, version(2, 0)), cas(4, version(2, 0)), cas(5, version(1, 0))];
    let entry = evaluate(&record, &batch, owner(A)).entry.unwrap();
    let outcomes: Vec<Outcome> = entry.requests[1..].iter().map(|recorded| recorded.outcome).collect();
    let found = Outcome::Mismatch(Some(version(2, 1)));
    assert_eq!(outcomes, [Outcome::Written, Outcome::Written, found, found]);
    assert_eq!(entry.version, Some(version(2, 1)), "what changed nothing leaves the version");
}

#[test]
fn negative_answers_take_a_slot_and_leave_the_value() {
    let record = choose(&LogRecord::default(), &[request(1, 0, 2, Operation::put("tea"))]);
    let wrong = Operation::CompareAndSet { expect: Expect::Value("milk".into()), new: None };
    let refused = [wrong, Operation::Increment(1), Operation::Cancel];
    let expected = [Outcome::Mismatch(Some(version(1, 0))), Outcome::NotANumber, Outcome::Cancelled];
    assert_eq!(outcomes(&record, refused.to_vec()), expected);
    let next = choose(&record, &[request(2, 1, 2, Operation::Cancel)]);
    assert_eq!((last(&next).value.as_deref(), last(&next).version), (Some(&b"tea"[..]), Some(version(1, 0))));
}

#[test]
fn the_operations() {
    let empty = LogRecord::default();
    let absent = |new: &'static str| Operation::CompareAndSet { expect: Expect::Absent, new: Some(new.into()) };
    let operations = vec![
        Operation::Delete,
        absent("1"),
        absent("2"),
        Operation::Increment(i64::MAX),
        Operation::Increment(-3),
        Operation::Delete,
        Operation::Increment(i64::MIN),
        Operation::put(""),
        Operation::Increment(0),
    ];
    let first = version(1, 1);
    let expected = [
        Outcome::Absent,
        Outcome::Written,
        Outcome::Mismatch(Some(first)),
        Outcome::Overflow,
        Outcome::Counted(-2),
        Outcome::Written,
        Outcome::Counted(i64::MIN),
        Outcome::Written,
        Outcome::NotANumber,
    ];
    assert_eq!(outcomes(&empty, operations), expected);
}

#[test]
fn a_value_over_the_limit_is_refused_and_one_at_the_limit_is_not() {
    for (bytes, refused) in [(VALUE_BYTES_MAX, false), (VALUE_BYTES_MAX + 1, true)] {
        let mut log = log();
        let request = request(1, 0, 2, Operation::put(vec![0; bytes]));
        let output = step(&mut log, quorate_protocol::Input::Propose(request));
        assert_eq!(!output.done.is_empty(), refused);
    }
}
