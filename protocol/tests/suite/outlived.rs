//! Requests whose base the key's window has left (docs/protocol/requests.md): who may still speak for them.

use crate::support::*;
use quorate_protocol::{Input, NotApplied, Operation, PaxosLog, Reply, Request, Slot};

const STALE: Reply = Reply::NotApplied(NotApplied::Stale);

/// A, the owner of the slot after 1, whose window still reaches back to base 0.
fn owning() -> PaxosLog {
    log_with(chosen(1, ballot(1, A), &entry(A, 1, 100, "first")))
}

/// Word of slot 9, whose entry knows nothing of what was recorded up to slot 8.
fn jump(log: &mut PaxosLog) -> Vec<(quorate_protocol::RequestId, Reply)> {
    receive(log, notice(B, 9, ballot(1, B), &entry(B, 9, 101, "ninth"))).done
}

fn cancel(sequence: u64) -> Request {
    Request::first(id(sequence), Slot::ZERO, Operation::Cancel)
}

/// P18: no attempt at this replica was ever proposed, so this attempt surely does not apply; others may have been.
#[test]
fn an_attempt_that_was_never_proposed_is_stale() {
    let mut log = log_with(chosen(9, ballot(1, B), &entry(B, 9, 101, "ninth")));
    assert_eq!(step(&mut log, Input::Propose(put(1, "late"))).done, [(id(1), STALE)]);
    let mut log = owning();
    step(&mut log, Input::Propose(put(1, "in flight")));
    step(&mut log, Input::Propose(put(2, "waits")));
    let done = jump(&mut log);
    assert!(done.contains(&(id(2), STALE)), "{done:?}");
}

/// P9: what was proposed may have been recorded in a slot that the window no longer shows.
#[test]
fn an_attempt_that_was_proposed_is_forgotten() {
    let mut log = owning();
    step(&mut log, Input::Propose(put(1, "in flight")));
    assert_eq!(jump(&mut log), [(id(1), Reply::Forgotten)]);
}

/// P10: a cancellation speaks for attempts that others made. That it was not proposed says nothing of them.
#[test]
fn a_cancellation_is_forgotten_though_it_was_never_proposed() {
    let mut log = log_with(chosen(9, ballot(1, B), &entry(B, 9, 101, "ninth")));
    assert_eq!(step(&mut log, Input::Propose(cancel(1))).done, [(id(1), Reply::Forgotten)]);
    let mut log = owning();
    step(&mut log, Input::Propose(put(1, "in flight")));
    step(&mut log, Input::Propose(cancel(2)));
    let done = jump(&mut log);
    assert!(done.contains(&(id(2), Reply::Forgotten)), "{done:?}");
}

/// What the entry itself records is answered from it, however old the base.
#[test]
fn what_the_window_holds_is_recorded_whatever_the_base() {
    let mut log = owning();
    step(&mut log, Input::Propose(put(1, "in flight")));
    let done = receive(&mut log, notice(B, 9, ballot(1, B), &entry(B, 9, 1, "in flight"))).done;
    assert!(matches!(done[..], [(_, Reply::Recorded(recorded))] if recorded.version == version(9, 0)), "{done:?}");
}
