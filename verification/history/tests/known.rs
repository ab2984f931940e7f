//! Histories whose verdict is plain to see.

mod support;

use quorate_history::{Asked, Bound, HistoryError, Operation, Outcome, Verdict, VersionFault, check, check_versions};
use quorate_spec::Expect;
use support::{bytes, get, operation, put, unknown, version};

fn verdict(history: &[Operation]) -> Verdict {
    let report = check(history, Bound::default()).expect("possible operations");
    report.keys.into_values().next().expect("one key").verdict
}

fn good(history: &[Operation]) {
    assert_eq!(verdict(history), Verdict::Linearizable, "{history:#?}");
}

/// The history is not linearizable, and the return that no order passes is that of `blocked`.
fn bad(history: &[Operation], blocked: usize) {
    match verdict(history) {
        Verdict::NotLinearizable(why) => assert_eq!(Some(&why.blocked), history.get(blocked), "{why}"),
        other => panic!("{other:?}: {history:#?}"),
    }
}

fn cas(call: u64, ret: u64, old: &str, new: &str, outcome: Outcome) -> Operation {
    let op = Asked::CompareAndSet { expect: Expect::Value(bytes(old)), new: Some(bytes(new)) };
    operation(call, ret, op, outcome)
}

const DONE: Outcome = Outcome::Done { version: None, value: None };
const REFUSED: Outcome = Outcome::Refused { found: None };

fn counted(call: u64, ret: u64, by: i64, sum: &str) -> Operation {
    operation(call, ret, Asked::Increment(by), Outcome::Done { version: None, value: Some(bytes(sum)) })
}

fn read_at(call: u64, ret: u64, value: Option<&str>, slot: u64) -> Operation {
    let outcome = Outcome::Read { value: value.map(bytes), version: Some(version(slot)) };
    operation(call, ret, Asked::Get, outcome)
}

fn put_at(call: u64, ret: u64, value: &str, slot: u64) -> Operation {
    let outcome = Outcome::Done { version: Some(version(slot)), value: None };
    operation(call, ret, Asked::Put(bytes(value)), outcome)
}

#[test]
fn reads_and_writes() {
    good(&[get(0, 1, None), put(2, 3, "a"), get(4, 5, Some("a"))]);
    good(&[put(0, 10, "a"), get(1, 2, None), get(3, 4, Some("a"))]);
    good(&[put(0, 10, "a"), put(0, 10, "b"), get(11, 12, Some("a")), get(13, 14, Some("a"))]);
    good(&[put(0, 5, "a"), get(5, 6, None)]);
    bad(&[put(0, 4, "a"), get(5, 6, None)], 1);
    bad(&[put(0, 10, "a"), get(1, 2, Some("a")), get(3, 4, None)], 2);
    bad(&[put(0, 1, "a"), put(2, 3, "b"), get(4, 5, Some("a"))], 2);
    bad(&[put(0, 10, "a"), put(0, 10, "b"), get(11, 12, Some("a")), get(13, 14, Some("b"))], 3);
    bad(&[put(0, 1, "a"), get(2, 3, Some("never written"))], 1);
}

#[test]
fn conditions_and_sums() {
    good(&[put(0, 1, "a"), cas(2, 3, "a", "b", DONE), cas(4, 5, "a", "c", REFUSED), get(6, 7, Some("b"))]);
    good(&[put(0, 1, "a"), cas(2, 9, "a", "b", DONE), cas(3, 9, "b", "a", DONE), get(10, 11, Some("a"))]);
    bad(&[put(0, 1, "a"), cas(2, 9, "a", "b", DONE), cas(3, 9, "a", "c", DONE)], 2);
    bad(&[put(0, 1, "a"), cas(2, 3, "a", "b", REFUSED)], 1);
    good(&[counted(0, 9, 2, "5"), counted(1, 9, 3, "3"), get(10, 11, Some("5"))]);
    bad(&[counted(0, 8, 2, "5"), counted(1, 9, 3, "5")], 1);
    good(&[put(0, 1, "007"), counted(2, 3, 1, "8")]);
    good(&[put(0, 1, "x"), operation(2, 3, Asked::Increment(1), REFUSED)]);
    bad(&[put(0, 1, "7"), operation(2, 3, Asked::Increment(1), REFUSED)], 1);
    good(&[operation(0, 1, Asked::Delete, REFUSED), put(2, 3, "a"), operation(4, 5, Asked::Delete, DONE)]);
    bad(&[put(0, 1, "a"), operation(2, 3, Asked::Delete, DONE), operation(4, 5, Asked::Delete, DONE)], 2);
}

/// A number that was put may be spelled in ways that no increment writes; the spelling is what a read finds.
#[test]
fn on_a_counted_key_a_number_is_read_as_it_was_spelled() {
    for (spelled, plain) in [("007", "7"), ("+7", "7"), ("-0", "0"), ("00", "0"), ("-07", "-7"), ("+0", "0")] {
        good(&[put(0, 1, spelled), get(2, 3, Some(spelled)), counted(4, 5, 0, plain), get(6, 7, Some(plain))]);
        bad(&[put(0, 1, spelled), get(2, 3, Some(plain)), counted(4, 5, 0, plain)], 1);
        bad(&[put(0, 1, plain), get(2, 3, Some(spelled)), counted(4, 5, 0, plain)], 1);
        bad(&[put(0, 1, spelled), counted(2, 3, 0, plain), get(4, 5, Some(spelled))], 2);
    }
}

#[test]
fn unknown_outcomes_stay_open() {
    let maybe = |call| unknown(call, Asked::Put(bytes("b")));
    good(&[put(0, 1, "a"), maybe(2), get(10, 11, Some("a"))]);
    good(&[put(0, 1, "a"), maybe(2), get(10, 11, Some("a")), get(12, 13, Some("b"))]);
    bad(&[put(0, 1, "a"), maybe(2), get(10, 11, Some("b")), get(12, 13, Some("a"))], 3);
    bad(&[put(0, 1, "a"), get(2, 3, Some("b")), maybe(4)], 1);
    // An answer "unknown" closes nothing: it may still come after that.
    let told = operation(2, 3, Asked::Put(bytes("b")), Outcome::Unknown);
    good(&[put(0, 1, "a"), told, get(4, 5, Some("a")), get(6, 7, Some("b"))]);
    // It applies once: two increments, one of them open, are two at most.
    let add = |call| unknown(call, Asked::Increment(1));
    good(&[counted(0, 1, 1, "1"), add(2), get(4, 5, Some("2"))]);
    bad(&[counted(0, 1, 1, "1"), add(2), get(4, 5, Some("3"))], 2);
    good(&[counted(0, 1, 1, "1"), add(2), add(3), get(4, 5, Some("3"))]);
    // What was surely not applied explains nothing.
    let never = operation(2, 3, Asked::Put(bytes("b")), Outcome::NotApplied);
    bad(&[put(0, 1, "a"), never, get(4, 5, Some("b"))], 2);
}

#[test]
fn stated_versions_are_held_against_the_register() {
    good(&[put_at(0, 9, "a", 2), put_at(1, 9, "a", 1), read_at(10, 11, Some("a"), 2)]);
    good(&[put_at(0, 9, "a", 2), put_at(1, 9, "a", 1), read_at(10, 11, Some("a"), 1)]);
    bad(&[put_at(0, 1, "a", 1), put_at(2, 3, "a", 2), read_at(10, 11, Some("a"), 1)], 2);
    // Nobody was told the version of an open write, so it is what the read says, once and for all.
    let maybe = unknown(2, Asked::Put(bytes("b")));
    good(&[put_at(0, 1, "a", 1), maybe.clone(), read_at(10, 11, Some("b"), 2), read_at(12, 13, Some("b"), 2)]);
    bad(&[put_at(0, 1, "a", 1), maybe.clone(), read_at(10, 11, Some("b"), 2), read_at(12, 13, Some("b"), 3)], 3);
    bad(&[put_at(0, 1, "a", 1), maybe, read_at(10, 11, Some("b"), 1)], 2);
    // Which of two open writes got which version is not settled by the read that was called first.
    let twice = [unknown(0, Asked::Put(bytes("b"))), unknown(1, Asked::Put(bytes("b")))];
    let reads = [read_at(2, 10, Some("b"), 2), read_at(3, 10, Some("b"), 1), read_at(11, 12, Some("b"), 2)];
    good(&[&twice[..], &reads[..]].concat());
    // The order of versions decides nothing here: that is check_versions's business.
    let against_time = [put_at(0, 1, "a", 2), put_at(2, 3, "b", 1), read_at(4, 5, Some("b"), 1)];
    good(&against_time);
    assert!(matches!(check_versions(&against_time), Err(VersionFault::Backwards(..))));
    let by_version = |slot, outcome| {
        let op = Asked::CompareAndSet { expect: Expect::Version(version(slot)), new: None };
        operation(4, 5, op, outcome)
    };
    good(&[put_at(0, 1, "a", 1), by_version(1, DONE), get(6, 7, None)]);
    good(&[put_at(0, 1, "a", 2), by_version(1, Outcome::Refused { found: Some(version(2)) })]);
    bad(&[put_at(0, 1, "a", 1), by_version(1, REFUSED)], 1);
    bad(&[put_at(0, 1, "a", 1), put_at(2, 3, "a", 2), by_version(1, DONE)], 2);
}

#[test]
fn version_faults_are_found() {
    assert_eq!(check_versions(&[put_at(0, 1, "a", 1), put_at(2, 3, "b", 2), read_at(4, 5, Some("b"), 2)]), Ok(()));
    assert_eq!(check_versions(&[put_at(0, 9, "a", 2), put_at(2, 9, "b", 1)]), Ok(()));
    let shared = [put_at(0, 9, "a", 1), put_at(2, 9, "a", 1)];
    assert!(matches!(check_versions(&shared), Err(VersionFault::Shared(..))));
    let two = [put_at(0, 9, "a", 1), read_at(2, 9, Some("b"), 1)];
    assert!(matches!(check_versions(&two), Err(VersionFault::TwoValues(..))));
    let stale = [put_at(0, 1, "a", 1), put_at(2, 3, "b", 2), read_at(4, 5, Some("a"), 1)];
    assert!(matches!(check_versions(&stale), Err(VersionFault::Backwards(..))));
}

#[test]
fn keys_are_judged_apart_and_the_report_names_the_bad_one() {
    let fine = Operation { key: bytes("fine"), ..get(4, 5, None) };
    let history = [put(0, 1, "a"), fine, get(2, 3, None)];
    let report = check(&history, Bound::default()).expect("possible operations");
    assert!(!report.is_linearizable());
    assert_eq!(report.violations().map(|(key, _)| key.clone()).collect::<Vec<_>>(), [bytes("k")]);
    let text = report.to_string();
    assert!(text.contains("NOT LINEARIZABLE, 1 keys"), "{text}");
    assert!(text.contains("key :k: no order explains the 2 operations"), "{text}");
}

#[test]
fn a_bound_that_is_reached_is_no_pass() {
    let history: Vec<Operation> =
        (0..8).map(|i| operation(i, 100, Asked::Increment(1 << i), DONE)).chain([get(101, 102, Some("999"))]).collect();
    let few = check(&history, Bound(50)).expect("possible operations");
    assert!(!few.is_linearizable());
    assert_eq!((few.undecided(), few.violations().count()), (1, 0));
    assert!(few.to_string().contains("UNDECIDED"));
    assert!(matches!(verdict(&history), Verdict::NotLinearizable(_)));
}

#[test]
fn operations_that_cannot_be_are_refused() {
    let refused = |operation: Operation| check(&[put(0, 1, "a"), operation], Bound::default()).err();
    assert_eq!(refused(put(3, 2, "a")), Some((1, HistoryError::ReturnBeforeCall)));
    assert_eq!(refused(operation(3, None, Asked::Delete, DONE)), Some((1, HistoryError::ToldWithoutReturn)));
    assert_eq!(refused(operation(3, 4, Asked::Get, DONE)), Some((1, HistoryError::OutcomeOfAnotherOperation)));
    let put_refused = operation(3, 4, Asked::Put(bytes("a")), REFUSED);
    assert_eq!(refused(put_refused), Some((1, HistoryError::OutcomeOfAnotherOperation)));
}
