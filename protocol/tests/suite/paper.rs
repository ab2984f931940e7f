//! The rules of Paxos and of fast accept, one sentence a test.

use crate::support::*;
use quorate_protocol::{
    Ballot, Entry, Incarnation, Input, LogRecord, Message, NodeId, Output, PaxosLog, Phase, Proposal, Slot, Timer,
};
use std::sync::Arc;

fn proposed(output: &Output) -> Option<&Proposal> {
    output.send.iter().find_map(|message| message.proposal.as_ref())
}

/// A, with a request waiting and its promise of `ballot(1, A)` in slot 1 durable.
fn preparing() -> PaxosLog {
    let mut log = log();
    assert!(step(&mut log, Input::Propose(put(1, "mine"))).prepared);
    sync(&mut log);
    log
}

/// A, owner of the slot after 1.
fn owning() -> PaxosLog {
    log_with(chosen(1, ballot(1, A), &entry(A, 1, 100, "first")))
}

#[test]
fn a_promise_leaves_when_it_is_durable_and_not_before() {
    let mut log = log();
    let asked = receive(&mut log, prepare(B, 1, ballot(1, B)));
    assert!(asked.send.is_empty());
    assert_eq!(asked.write.map(|record| record.promised), Some(ballot(1, B)));
    let durable = sync(&mut log);
    assert_eq!(durable.send.len(), 1);
    assert_eq!((durable.send[0].to, durable.send[0].row.promised), (B, ballot(1, B)));
}

#[test]
fn a_vote_leaves_when_it_is_durable_and_not_before() {
    let mut log = log();
    let asked = receive(&mut log, proposal(B, 1, ballot(1, B), &entry(B, 1, 1, "x")));
    assert!(asked.send.is_empty() && asked.write.is_some());
    assert_eq!(sync(&mut log).send[0].row.accepted, ballot(1, B));
}

#[test]
fn an_acceptor_votes_in_no_ballot_below_its_promise() {
    let x = entry(B, 1, 1, "x");
    for (voted, votes) in [(ballot(1, B), false), (ballot(2, B), false), (ballot(2, C), true), (ballot(3, B), true)] {
        let mut log = log();
        receive(&mut log, prepare(C, 1, ballot(2, C)));
        receive(&mut log, proposal(voted.node, 1, voted, &x));
        assert_eq!(log.record().accepted_ballot() == voted, votes, "{voted}");
    }
}

#[test]
fn the_promise_is_raised_before_the_proposal_of_the_same_message_is_tested() {
    let mut log = log();
    let row = prepare(B, 1, ballot(3, C)).row;
    receive(&mut log, Message { row, ..proposal(B, 1, ballot(1, B), &entry(B, 1, 1, "x")) });
    assert_eq!(log.record().accepted, None, "TPaxos, not TPaxosAP");
}

#[test]
fn a_promise_never_falls() {
    let mut log = log();
    receive(&mut log, prepare(C, 1, ballot(5, C)));
    receive(&mut log, prepare(B, 1, ballot(2, B)));
    assert_eq!(log.record().promised, ballot(5, C));
    assert!(sync(&mut log).send.iter().all(|message| message.row.promised == ballot(5, C)), "B learns why");
}

#[test]
fn a_promise_reports_the_vote_with_its_entry() {
    let x = entry(B, 1, 1, "x");
    let mut log = log_with(accepted(LogRecord::default(), ballot(1, B), &x));
    receive(&mut log, prepare(C, 1, ballot(2, C)));
    let answer = &sync(&mut log).send[0];
    assert_eq!((answer.row.accepted, answer.accepted.as_ref()), (ballot(1, B), Some(&x)));
}

#[test]
fn a_proposer_needs_promises_of_a_majority() {
    let mut log = preparing();
    assert!(matches!(log.phase(), Phase::Preparing { .. }), "its own is one of three");
    let output = receive(&mut log, promise(B, 1, ballot(1, A), None));
    let mine = proposed(&output).unwrap();
    assert_eq!((mine.ballot, mine.entry.value.as_deref()), (ballot(1, A), Some(&b"mine"[..])));
}

#[test]
fn of_five_voters_one_promise_counts_once_however_often_it_arrives() {
    let mut log = PaxosLog::restore(replica(A, 1, 5), LogRecord::default()).unwrap();
    step(&mut log, Input::Propose(put(1, "mine")));
    sync(&mut log);
    for _ in 0..3 {
        receive(&mut log, promise(B, 1, ballot(1, A), None));
    }
    assert!(matches!(log.phase(), Phase::Preparing { .. }));
    receive(&mut log, promise(C, 1, ballot(1, A), None));
    assert!(matches!(log.phase(), Phase::Accepting { .. }));
}

#[test]
fn a_promise_of_another_ballot_is_none_for_this_one() {
    let mut log = preparing();
    receive(&mut log, promise(B, 1, Ballot { incarnation: Incarnation(0), ..ballot(1, A) }, None));
    assert!(matches!(log.phase(), Phase::Preparing { .. }));
    receive(&mut log, promise(B, 1, ballot(1, B), None));
    assert_eq!(log.phase(), &Phase::Deferred, "a higher one ends the round");
}

/// P2c, and P19: byte for byte, whoever owned it.
#[test]
fn it_adopts_the_entry_of_the_highest_ballot_that_the_majority_reports() {
    let (low, high) = (entry(B, 1, 8, "low"), entry(C, 1, 9, "high"));
    let own = |ballot, entry| accepted(LogRecord::default(), ballot, entry);
    let reports = [
        (LogRecord::default(), Some((ballot(3, C), &high)), ballot(1, A), &high),
        (own(ballot(1, B), &low), Some((ballot(3, C), &high)), ballot(2, A), &high),
        (own(ballot(4, C), &high), Some((ballot(1, B), &low)), ballot(5, A), &high),
        (own(ballot(1, B), &low), None, ballot(2, A), &low),
    ];
    for (record, report, round, expected) in reports {
        let mut log = log_with(record);
        step(&mut log, Input::Propose(put(1, "mine")));
        step(&mut log, Input::Timeout(Timer::Defer));
        sync(&mut log);
        let Phase::Preparing { ballot, .. } = log.phase().clone() else { panic!("{:?}", log.phase()) };
        assert!(ballot >= round);
        let report = report.map(|(vote, entry)| (vote.min(ballot), entry));
        let output = receive(&mut log, promise(B, 1, ballot, report));
        assert_eq!(proposed(&output).map(|proposal| &proposal.entry), Some(expected));
    }
}

#[test]
fn a_vote_that_is_reported_without_its_entry_is_no_promise_to_act_on() {
    let mut log = log();
    let foreign = entry(C, 1, 9, "theirs");
    receive(&mut log, prepare(C, 1, ballot(1, C)));
    step(&mut log, Input::Propose(put(1, "mine")));
    step(&mut log, Input::Timeout(Timer::Defer));
    sync(&mut log);
    let bare = Message { accepted: None, ..promise(B, 1, ballot(2, A), Some((ballot(1, C), &foreign))) };
    receive(&mut log, bare);
    assert!(matches!(log.phase(), Phase::Preparing { .. }));
}

/// One's own vote counts when it is durable (N4); others' without it make a majority as well.
#[test]
fn a_slot_is_chosen_by_durable_votes_of_a_majority_in_one_ballot() {
    let fast = ballot(0, A);
    let run = |messages: &[Message], durable: bool| {
        let mut log = owning();
        step(&mut log, Input::Propose(put(1, "x")));
        messages.iter().for_each(|message| drop(receive(&mut log, message.clone())));
        if durable {
            step(&mut log, Input::Durable);
        }
        log.record().chosen_slot() == Slot(2)
    };
    assert!(!run(&[], true));
    assert!(!run(&[vote(B, 2, fast)], false));
    assert!(run(&[vote(B, 2, fast)], true));
    assert!(run(&[vote(B, 2, fast), vote(C, 2, fast)], false));
    assert!(!run(&[vote(B, 2, fast), vote(B, 2, fast)], false));
    assert!(!run(&[vote(B, 3, fast), vote(C, 3, fast)], true), "votes of another slot");
    assert!(!run(&[vote(B, 2, ballot(0, B))], true), "votes of another ballot");
}

#[test]
fn a_proposal_is_not_a_vote() {
    let x = entry(B, 1, 1, "x");
    let mut log = log();
    receive(&mut log, proposal(B, 1, ballot(1, B), &x));
    sync(&mut log);
    assert_eq!(log.record().chosen, None, "B's own vote may not be durable");
    receive(&mut log, vote(B, 1, ballot(1, B)));
    assert_eq!(log.record().chosen_entry(), Some(&x));
}

#[test]
fn the_owner_of_the_last_entry_skips_prepare() {
    let mut log = owning();
    let output = step(&mut log, Input::Propose(put(1, "x")));
    assert!(!output.prepared);
    assert_eq!(proposed(&output).map(|proposal| (proposal.slot, proposal.ballot)), Some((Slot(2), ballot(0, A))));
}

#[test]
fn nobody_else_does_nor_a_later_start_of_it_nor_anybody_in_slot_1() {
    let mine = chosen(1, ballot(1, A), &entry(A, 1, 100, "first"));
    let theirs = chosen(1, ballot(1, A), &entry(B, 1, 100, "first"));
    for (record, incarnation) in [(theirs, 1), (mine, 2), (LogRecord::default(), 1)] {
        let mut log = PaxosLog::restore(replica(A, incarnation, 3), record).unwrap();
        let output = step(&mut log, Input::Propose(put(1, "x")));
        assert!(output.prepared && output.send.is_empty(), "though A's ballot won");
    }
}

#[test]
fn the_owner_prepares_where_anything_was_promised_or_accepted() {
    let mut log = owning();
    receive(&mut log, prepare(B, 2, ballot(1, B)));
    let output = step(&mut log, Input::Propose(put(1, "x")));
    assert_eq!((proposed(&output), log.phase()), (None, &Phase::Deferred), "after leaving B's round alone for a while");
    assert!(step(&mut log, Input::Timeout(Timer::Defer)).prepared);
    assert_eq!(log.record().promised, ballot(2, A));
}

#[test]
fn an_acceptor_takes_round_0_from_the_owner_alone() {
    let first = entry(B, 1, 100, "first");
    let second = entry(B, 2, 101, "second");
    let other_start = Ballot { incarnation: Incarnation(2), ..ballot(0, B) };
    for (fast, votes) in [(ballot(0, B), true), (ballot(0, C), false), (ballot(0, A), false), (other_start, false)] {
        let mut log = log_with(chosen(1, ballot(7, C), &first));
        receive(&mut log, proposal(B, 2, fast, &second));
        assert_eq!(log.record().accepted.is_some(), votes, "{fast}");
    }
    let mut log = log();
    receive(&mut log, proposal(B, 1, ballot(0, B), &first));
    assert_eq!(log.record().accepted, None, "slot 1 has no owner");
}

#[test]
fn an_acceptor_that_promised_a_prepare_refuses_the_fast_accept() {
    let mut log = log_with(chosen(1, ballot(1, B), &entry(B, 1, 100, "first")));
    receive(&mut log, prepare(C, 2, ballot(1, C)));
    receive(&mut log, proposal(B, 2, ballot(0, B), &entry(B, 2, 101, "second")));
    assert_eq!(log.record().accepted, None);
}

#[test]
fn an_owner_has_one_fast_proposal_a_slot() {
    let mut log = owning();
    let mut fast: Vec<Arc<Entry>> = Vec::new();
    for sequence in 1..5 {
        let output = step(&mut log, Input::Propose(put(sequence, "x")));
        let resent = step(&mut log, Input::Timeout(Timer::Resend));
        fast.extend([output, resent].iter().filter_map(proposed).map(|proposal| proposal.entry.clone()));
    }
    fast.dedup();
    assert_eq!(fast.len(), 1);
}

/// A preempted proposer whose entry another completes finds its request there.
#[test]
fn whoever_completes_an_entry_its_requests_are_answered_and_its_owner_stays() {
    let mut log = preparing();
    let output = receive(&mut log, promise(B, 1, ballot(1, A), None));
    let mine = proposed(&output).unwrap().entry.clone();
    receive(&mut log, prepare(C, 1, ballot(2, C)));
    assert_eq!(log.phase(), &Phase::Deferred);
    let done = receive(&mut log, notice(C, 1, ballot(2, C), &mine)).done;
    assert_eq!(done.len(), 1);
    assert_eq!(log.record().fast_ballot(), Some(ballot(0, A)));
}

#[test]
fn promises_and_votes_come_from_voters_alone() {
    let mut log = preparing();
    for stranger in [NodeId(9), A] {
        receive(&mut log, promise(stranger, 1, ballot(1, A), None));
    }
    let other_epoch = Message { epoch: 2.into(), ..promise(B, 1, ballot(1, A), None) };
    let for_another = Message { to: C, ..promise(B, 1, ballot(1, A), None) };
    receive(&mut log, other_epoch);
    receive(&mut log, for_another);
    assert!(matches!(log.phase(), Phase::Preparing { .. }));
}
