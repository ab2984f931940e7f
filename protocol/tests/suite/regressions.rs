//! Each of these failed once.

use crate::support::*;
use quorate_protocol::{
    Input, LogRecord, Malformed, NotApplied, PREPARES_MAX, PaxosLog, ROUND_JUMP_MAX, Reply, SLOT_MAX, Slot, Timer,
};
use std::sync::Arc;

/// The slot of a proposal was the one number of a message that nobody compared with 0; the answer takes 1 from it.
#[test]
fn a_proposal_for_slot_0_is_refused() {
    let mut log = log();
    let message = proposal(B, 0, ballot(1, B), &entry(B, 1, 1, "x"));
    let message = quorate_protocol::Message { row: self::message(B, 1).row, ..message };
    assert_eq!(log.admit(&message), Err(Malformed::Bounds));
    assert_eq!(receive(&mut log, message), quorate_protocol::Output::default());
}

/// A vote for an entry that breaks the invariants of a record would stop the voter.
#[test]
fn an_entry_whose_window_is_out_of_order_is_refused() {
    let mut twisted = (*entry(B, 1, 1, "x")).clone();
    twisted.requests.push(twisted.requests[0]);
    let twisted = Arc::new(twisted);
    let mut above = (*entry(B, 1, 1, "x")).clone();
    above.floor = Slot(u64::MAX);
    let above = Arc::new(above);
    let mut long = (*entry(B, 1, 1, "x")).clone();
    long.requests =
        (0..200).map(|at| quorate_protocol::Recorded { version: version(1, at), ..long.requests[0] }).collect();
    let long = Arc::new(long);
    for bad in [&twisted, &above, &long] {
        let mut log = log();
        receive(&mut log, proposal(B, 1, ballot(1, B), bad));
        receive(&mut log, notice(B, 1, ballot(1, B), bad));
        receive(&mut log, promise(B, 1, ballot(1, A), Some((ballot(1, B), bad))));
        assert_eq!(log.record(), &LogRecord::default());
    }
}

/// The slot after the last one that a number can hold is no slot.
#[test]
fn a_record_at_the_end_of_the_slots_is_refused() {
    let last = entry(B, u64::MAX, 1, "x");
    for slot in [SLOT_MAX, u64::MAX] {
        let record = accepted(chosen(slot, ballot(1, B), &entry(B, slot, 1, "x")), ballot(1, B), &last);
        assert!(PaxosLog::restore(replica(A, 1, 3), record).is_err());
    }
}

/// With the rounds of a slot used up there is no ballot above the promise: nothing is proposed, rather than something
/// under a ballot that is below the promise or was used before.
#[test]
fn a_slot_whose_rounds_are_used_up_gets_no_ballot_below_its_promise() {
    let mut log = log();
    let mut round = 0_u32;
    while round < u32::MAX {
        round = round.saturating_add(ROUND_JUMP_MAX);
        receive(&mut log, prepare(C, 1, ballot(round, C)));
        sync(&mut log);
    }
    assert_eq!(log.record().promised, ballot(u32::MAX, C));
    step(&mut log, Input::Propose(put(1, "x")));
    let output = step(&mut log, Input::Timeout(Timer::Defer));
    assert_eq!(output.done, [(id(1), Reply::NotApplied(NotApplied::Contention))]);
    assert!(!output.prepared);
    assert_eq!(log.record().promised, ballot(u32::MAX, C));
}

/// P17 counted only the prepares that followed a deferral, not those that followed a slot lost to others.
#[test]
fn losing_slot_after_slot_ends_with_an_answer() {
    let mut log = log();
    let mut prepares = 0;
    let mut done = step(&mut log, Input::Propose(put(1, "mine"))).done;
    for slot in 1..200 {
        let lost = entry(B, slot, 100 + slot, "theirs");
        let output = receive(&mut log, notice(B, slot, ballot(1, B), &lost));
        prepares += u32::from(output.prepared);
        done.extend(output.done);
        done.extend(sync(&mut log).done);
    }
    // The base is slot 0 and the window of these entries is short, so the floor would pass the base as well.
    assert_eq!(done.len(), 1);
    assert!(prepares <= u32::from(PREPARES_MAX));

    let mut log = self::log();
    let mut request = put(1, "mine");
    request.base = Slot(1000);
    let mut prepares = u32::from(step(&mut log, Input::Propose(request)).prepared);
    let mut done = Vec::new();
    for slot in 1..200 {
        let lost = entry(B, slot, 100 + slot, "theirs");
        let output = receive(&mut log, notice(B, slot, ballot(1, B), &lost));
        prepares += u32::from(output.prepared);
        done.extend(output.done);
        sync(&mut log);
    }
    assert_eq!(done, [(id(1), Reply::NotApplied(NotApplied::Contention))]);
    assert_eq!(prepares, u32::from(PREPARES_MAX));
}

/// A round that nobody waits for any more had no timer and no end: its log could never leave the memory, and a reader
/// who asked it to settle the slot was not served.
#[test]
fn a_round_that_nobody_waits_for_ends() {
    for promised in [false, true] {
        let mut log = log();
        step(&mut log, Input::Propose(put(1, "x")));
        sync(&mut log);
        if promised {
            receive(&mut log, promise(B, 1, ballot(1, A), None));
            sync(&mut log);
        }
        step(&mut log, Input::Withdraw(id(1)));
        let output = step(&mut log, Input::Timeout(Timer::Resend));
        assert!(output.timers.is_empty());
        assert!(log.is_idle());
        let settling = step(&mut log, Input::Settle(Slot(1)));
        assert!(settling.prepared && !settling.timers.is_empty());
    }
}

/// Every open round has its timer armed, so one that gets a new reason to go on needs no other.
#[test]
fn a_round_that_is_wanted_again_goes_on() {
    let mut log = log();
    step(&mut log, Input::Propose(put(1, "x")));
    sync(&mut log);
    step(&mut log, Input::Withdraw(id(1)));
    step(&mut log, Input::Settle(Slot(1)));
    let output = step(&mut log, Input::Timeout(Timer::Resend));
    assert_eq!(output.send.len(), 2, "the prepare goes out again");
    assert!(output.timers.iter().any(|(timer, _)| *timer == Timer::Resend));
}

/// With every peer silent, a reader's wish went on for ever.
#[test]
fn settling_without_an_answer_ends() {
    let mut log = log();
    step(&mut log, Input::Settle(Slot(1)));
    sync(&mut log);
    assert_eq!(step(&mut log, Input::Timeout(Timer::Resend)).send.len(), 2, "once more");
    assert_eq!(step(&mut log, Input::Timeout(Timer::Resend)), quorate_protocol::Output::default());
    assert!(log.is_idle());
}
