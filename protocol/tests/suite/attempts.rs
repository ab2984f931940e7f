//! The client's machine: when an operation is done, refused for sure, or unknown.

use crate::support::*;
use quorate_protocol::{
    NodeId, NotApplied, Operation, Outcome, Recorded, Reply, Request, Slot, WriteAttempt, WriteOutcome, WriteStep,
};

const UNKNOWN: WriteStep = WriteStep::Done(WriteOutcome::Unknown);

fn start(operation: Operation, base: Option<u64>) -> (WriteAttempt, WriteStep) {
    WriteAttempt::start(id(1), base.map(Slot), 2, operation, vec![A, B, C])
}

fn recorded(outcome: Outcome) -> Recorded {
    Recorded { id: id(1), version: version(5, 0), outcome }
}

fn send(to: NodeId, attempt: u8, base: u64) -> WriteStep {
    let request = Request { attempt, ..Request::first(id(1), Slot(base), Operation::put("x")) };
    WriteStep::Send { to, request }
}

fn refused(reason: NotApplied) -> WriteStep {
    WriteStep::Done(WriteOutcome::NotApplied(reason))
}

/// What a put comes to that sends an attempt to each of A, B, C and hears these replies, and what its deadline gives.
fn outcome(replies: &[(NodeId, u8, Reply)]) -> (Option<WriteOutcome>, WriteOutcome) {
    let (mut write, _) = start(Operation::put("x"), Some(3));
    write.on_timeout();
    write.on_timeout();
    let mut over = None;
    for (from, attempt, reply) in replies {
        if let WriteStep::Done(outcome) = write.on_reply(*from, *attempt, *reply) {
            over = over.or(Some(outcome));
        }
    }
    (over, write.on_deadline())
}

#[test]
fn the_outcomes() {
    let busy = Reply::NotApplied(NotApplied::Busy);
    let done = Reply::Recorded(recorded(Outcome::Written));
    let mismatch = Reply::Recorded(recorded(Outcome::Mismatch(None)));
    let cancelled = Reply::Recorded(recorded(Outcome::Cancelled));
    type Row<'a> = (&'a str, &'a [(NodeId, u8, Reply)], Option<WriteOutcome>, WriteOutcome);
    let table: [Row<'_>; 9] = [
        ("no word", &[], None, WriteOutcome::Unknown),
        ("one of three refused", &[(A, 0, busy)], None, WriteOutcome::Unknown),
        ("refused twice by one", &[(A, 0, busy), (A, 0, busy)], None, WriteOutcome::Unknown),
        (
            "unknown stays unknown",
            &[(A, 0, Reply::Unknown), (A, 0, busy), (B, 1, busy), (C, 2, busy)],
            None,
            WriteOutcome::Unknown,
        ),
        ("the window forgot", &[(A, 0, Reply::Forgotten)], Some(WriteOutcome::Unknown), WriteOutcome::Unknown),
        (
            "recorded ends it",
            &[(B, 1, done)],
            Some(WriteOutcome::Recorded(recorded(Outcome::Written))),
            WriteOutcome::Unknown,
        ),
        (
            "a mismatch is an outcome",
            &[(C, 2, mismatch)],
            Some(WriteOutcome::Recorded(recorded(Outcome::Mismatch(None)))),
            WriteOutcome::Unknown,
        ),
        (
            "closed by a resolve",
            &[(A, 0, cancelled)],
            Some(WriteOutcome::NotApplied(NotApplied::Withdrawn)),
            WriteOutcome::Unknown,
        ),
        (
            "recorded after an unknown",
            &[(A, 0, Reply::Unknown), (B, 1, done)],
            Some(WriteOutcome::Recorded(recorded(Outcome::Written))),
            WriteOutcome::Unknown,
        ),
    ];
    for (name, replies, over, deadline) in table {
        assert_eq!(outcome(replies), (over, deadline), "{name}");
    }
}

#[test]
fn with_every_attempt_refused_it_is_surely_not_applied() {
    let busy = Reply::NotApplied(NotApplied::Busy);
    let (mut write, _) = start(Operation::put("x"), Some(3));
    assert_eq!(write.on_reply(A, 0, busy), send(B, 1, 3));
    assert_eq!(write.on_reply(B, 1, busy), send(C, 2, 3), "not before every replica has been asked");
    assert_eq!(write.on_reply(C, 2, busy), refused(NotApplied::Busy));
    assert_eq!(write.on_deadline(), WriteOutcome::NotApplied(NotApplied::Withdrawn));
}

#[test]
fn every_attempt_carries_the_same_id_and_base_to_the_next_replica() {
    let (mut write, step) = start(Operation::put("x"), Some(3));
    assert_eq!(step, send(A, 0, 3));
    assert_eq!(write.on_timeout(), send(B, 1, 3));
    assert_eq!(write.on_slot(Slot(9)), WriteStep::Wait, "the base is fixed");
    assert_eq!(write.on_reply(A, 0, Reply::Unknown), send(C, 2, 3));
    assert_eq!(write.on_timeout(), send(A, 3, 3));
}

#[test]
fn without_a_base_it_asks_for_one_before_anything_is_sent() {
    let (mut write, step) = start(Operation::put("x"), None);
    assert_eq!(step, WriteStep::AskSlot(A));
    assert_eq!(write.base(), None);
    assert_eq!(write.on_timeout(), WriteStep::AskSlot(B));
    assert_eq!(write.on_deadline(), WriteOutcome::NotApplied(NotApplied::Withdrawn));
    assert_eq!(write.on_slot(Slot(4)), send(B, 0, 4), "the replica that answered is asked first");
    assert_eq!(write.base(), Some(Slot(4)));
}

#[test]
fn attempts_are_bounded() {
    let (mut write, _) = start(Operation::put("x"), Some(0));
    let sent = (0..1000).filter(|_| matches!(write.on_timeout(), WriteStep::Send { .. })).count();
    assert_eq!(sent + 1, usize::from(WriteAttempt::ATTEMPTS_MAX));
}

#[test]
fn an_attempt_that_never_left_is_not_open() {
    let (mut write, _) = start(Operation::put("x"), Some(3));
    assert_eq!(write.on_deadline(), WriteOutcome::Unknown);
    write.on_unsent(A, 0);
    write.on_unsent(B, 1);
    write.on_unsent(C, 2);
    assert_eq!(write.on_deadline(), WriteOutcome::Unknown, "the fourth has left");
    write.on_unsent(A, 3);
    write.on_unsent(B, 4);
    (5..WriteAttempt::ATTEMPTS_MAX)
        .for_each(|attempt| drop(write.on_unsent([A, B, C][usize::from(attempt % 3)], attempt)));
    assert_eq!(write.on_deadline(), WriteOutcome::NotApplied(NotApplied::Withdrawn));
}

#[test]
fn a_request_that_was_never_proposed_takes_a_new_base() {
    let stale = Reply::NotApplied(NotApplied::Stale);
    let (mut write, _) = start(Operation::put("x"), Some(3));
    assert_eq!(write.on_reply(A, 0, stale), WriteStep::AskSlot(B));
    assert_eq!(write.on_slot(Slot(50)), send(B, 1, 50));

    let (mut write, _) = start(Operation::put("x"), Some(3));
    write.on_timeout();
    assert_eq!(write.on_reply(B, 1, stale), WriteStep::Wait, "A may have proposed it: the base stays");
    assert_eq!(write.on_reply(A, 0, stale), WriteStep::AskSlot(C));

    let (mut write, _) = start(Operation::put("x"), Some(3));
    write.on_timeout();
    write.on_reply(A, 0, Reply::Unknown);
    assert_eq!(write.on_reply(B, 1, stale), UNKNOWN, "it was proposed, and nobody can tell any more");
}

/// A resolve that waited at a replica together with an attempt of the operation gets the answer to that one.
#[test]
fn a_resolve_never_takes_a_new_base() {
    let (mut resolve, _) = start(Operation::Cancel, Some(3));
    assert_eq!(resolve.on_reply(A, 0, Reply::NotApplied(NotApplied::Stale)), UNKNOWN);
    assert_eq!(resolve.base(), Some(Slot(3)));
    assert_eq!(resolve.on_deadline(), WriteOutcome::Unknown);
}

#[test]
fn a_resolve_hears_what_the_operation_came_to() {
    let (mut resolve, _) = start(Operation::Cancel, Some(3));
    for outcome in [Outcome::Written, Outcome::Cancelled] {
        let step = resolve.on_reply(A, 0, Reply::Recorded(recorded(outcome)));
        assert_eq!(step, WriteStep::Done(WriteOutcome::Recorded(recorded(outcome))));
    }
}
