//! What is written, and what need not be (docs/protocol/gate.md, "When a chosen mark is not written").

use crate::support::*;
use quorate_protocol::{Input, LogRecord, Message, PaxosLog, Phase, Slot};

/// A, whose durable vote in slot 1 was in `ballot(1, B)`.
fn voted() -> PaxosLog {
    log_with(accepted(LogRecord::default(), ballot(1, B), &entry(B, 1, 1, "x")))
}

/// A, that knows slot 1 chosen from its own vote, and has not written that.
fn unwritten() -> PaxosLog {
    let mut log = voted();
    assert_eq!(receive(&mut log, vote(B, 1, ballot(1, B))).write, None, "the vote holds the entry");
    assert_eq!((log.record().chosen_slot(), log.durable().chosen_slot()), (Slot(1), Slot(0)));
    log
}

/// P4, P7: a promise in the new slot is as durable as any before it is told; the mark goes to the disk with it.
#[test]
fn a_promise_in_the_next_slot_is_written_together_with_the_mark() {
    let mut log = unwritten();
    let asked = receive(&mut log, prepare(C, 2, ballot(1, C)));
    let written = asked.write.unwrap();
    assert_eq!((written.chosen_slot(), written.promised), (Slot(1), ballot(1, C)));
    assert!(asked.send.is_empty());
    let answer = &sync(&mut log).send[0];
    assert_eq!((answer.to, answer.row.slot, answer.row.promised), (C, Slot(2), ballot(1, C)));
}

/// The entry is not on this disk where the vote was in another ballot, in another slot, or never cast.
#[test]
fn an_entry_that_no_vote_here_holds_is_written() {
    let other = entry(C, 1, 2, "other");
    let later = entry(B, 5, 2, "later");
    let cases = [
        ("another ballot", voted(), notice(C, 1, ballot(2, C), &other), 1),
        ("another slot", voted(), notice(B, 5, ballot(1, B), &later), 5),
        ("no vote", log(), notice(C, 1, ballot(2, C), &other), 1),
    ];
    for (name, mut log, told, slot) in cases {
        let written = receive(&mut log, told).write.map(|record| record.chosen_slot());
        assert_eq!(written, Some(Slot(slot)), "{name}");
    }
    assert_eq!(receive(&mut voted(), notice(B, 1, ballot(1, B), &entry(B, 1, 1, "x"))).write, None, "this very vote");
}

/// Nothing is written twice: a step that leaves promise and vote as they are asks for no write.
#[test]
fn what_is_written_already_is_not_written_again() {
    let mut log = log();
    receive(&mut log, prepare(B, 1, ballot(1, B)));
    sync(&mut log);
    assert_eq!(receive(&mut log, prepare(B, 1, ballot(1, B))).write, None);
    assert_eq!(receive(&mut log, prepare(C, 1, ballot(0, C))).write, None, "a lower ballot promises nothing new");
    let proposed = proposal(B, 1, ballot(1, B), &entry(B, 1, 1, "x"));
    let written = receive(&mut log, proposed.clone()).write;
    assert_eq!(
        written.map(|record| record.accepted_ballot()),
        Some(ballot(1, B)),
        "a vote under the same promise is new"
    );
    sync(&mut log);
    assert_eq!(receive(&mut log, proposed).write, None);
}

/// P7: what a step leaves unwritten is told by no message, whoever asks, until it is durable.
#[test]
fn what_is_being_written_is_told_to_nobody() {
    let mut log = voted();
    receive(&mut log, prepare(C, 1, ballot(3, C)));
    let asked = Message { belief: Some(message(B, 1).row), ..message(B, 1) };
    assert!(receive(&mut log, asked).send.is_empty(), "B hears when the write is done");
    let told = step(&mut log, Input::Durable).send;
    let mut peers: Vec<_> = told.iter().map(|message| message.to).collect();
    peers.sort_unstable();
    assert_eq!(peers, [B, C]);
    assert!(told.iter().all(|message| message.row.promised == ballot(3, C)));
}

/// P7 holds for oneself too: one's own promise is counted when it is durable, as a vote is, and no sooner. Those of
/// the others need not wait for it.
#[test]
fn ones_own_promise_counts_when_it_is_durable() {
    let (from_b, from_c) = (promise(B, 1, ballot(1, A), None), promise(C, 1, ballot(1, A), None));
    let preparing = || {
        let mut log = log();
        assert!(step(&mut log, Input::Propose(put(1, "x"))).prepared);
        receive(&mut log, from_b.clone());
        assert!(matches!(log.phase(), Phase::Preparing { .. }), "B's promise, and none of A that a crash would keep");
        log
    };
    let mut log = preparing();
    step(&mut log, Input::Durable);
    assert!(matches!(log.phase(), Phase::Accepting { .. }));
    let mut log = preparing();
    receive(&mut log, from_c);
    assert!(matches!(log.phase(), Phase::Accepting { .. }), "two of three, without A's own");
}
