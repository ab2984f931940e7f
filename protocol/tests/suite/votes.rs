//! Votes of one acceptor, over several ballots of a slot and several copies of a message.

use crate::support::*;
use quorate_protocol::{Input, LogRecord, PaxosLog, Slot, Timer};

/// P3: in one ballot it votes for one entry, whatever arrives later under that ballot.
#[test]
fn a_ballot_gets_one_vote() {
    let (x, y) = (entry(B, 1, 1, "x"), entry(B, 1, 2, "y"));
    let mut log = log();
    receive(&mut log, proposal(B, 1, ballot(1, B), &x));
    receive(&mut log, proposal(B, 1, ballot(1, B), &y));
    assert_eq!(log.record().accepted.as_ref().map(|vote| &vote.entry), Some(&x));
}

/// A vote is given up for a higher ballot, and for no lower one.
#[test]
fn a_higher_ballot_gets_the_next_vote() {
    let (x, y) = (entry(B, 1, 1, "x"), entry(C, 1, 2, "y"));
    let mut log = log();
    receive(&mut log, proposal(B, 1, ballot(1, B), &x));
    receive(&mut log, proposal(C, 1, ballot(2, C), &y));
    assert_eq!(log.record().accepted_ballot(), ballot(2, C));
    receive(&mut log, proposal(B, 1, ballot(1, B), &x));
    assert_eq!(log.record().accepted.as_ref().map(|vote| &vote.entry), Some(&y));
    assert_eq!(log.record().promised, ballot(2, C));
}

/// The owner's fast accept may be passed, as any other ballot.
#[test]
fn a_vote_in_round_0_is_given_up_for_a_prepared_ballot() {
    let (fast, prepared) = (entry(B, 2, 1, "fast"), entry(C, 2, 2, "prepared"));
    let mut log = log_with(chosen(1, ballot(1, B), &entry(B, 1, 100, "first")));
    receive(&mut log, proposal(B, 2, ballot(0, B), &fast));
    receive(&mut log, proposal(C, 2, ballot(1, C), &prepared));
    assert_eq!(log.record().accepted.as_ref().map(|vote| &vote.entry), Some(&prepared));
    receive(&mut log, proposal(B, 2, ballot(0, B), &fast));
    assert_eq!(log.record().accepted_ballot(), ballot(1, C));
}

/// Duplicates do no harm: a second copy of a proposal makes nobody forget which votes it has heard of.
#[test]
fn a_second_copy_of_a_proposal_changes_nothing() {
    let x = entry(B, 1, 1, "x");
    let mut log = log();
    receive(&mut log, proposal(B, 1, ballot(1, B), &x));
    receive(&mut log, vote(C, 1, ballot(1, B)));
    receive(&mut log, proposal(B, 1, ballot(1, B), &x));
    assert_eq!(log.record().chosen, None, "its own vote is not durable");
    step(&mut log, Input::Durable);
    assert_eq!(log.record().chosen_entry(), Some(&x));
}

/// P6: slot 1 comes after no entry, so no ballot of round 0 is anybody's there, the first voter's included.
#[test]
fn slot_1_has_no_owner_whoever_asks() {
    for node in [A, B, C] {
        for other in [A, B, C].into_iter().filter(|other| *other != node) {
            let mut log = PaxosLog::restore(replica(other, 1, 3), LogRecord::default()).unwrap();
            let message = proposal(node, 1, ballot(0, node), &entry(node, 1, 1, "x"));
            receive(&mut log, quorate_protocol::Message { to: other, ..message });
            assert_eq!(log.record().accepted, None, "{node:?} at {other:?}");
        }
        let mut log = PaxosLog::restore(replica(node, 1, 3), LogRecord::default()).unwrap();
        assert!(step(&mut log, Input::Propose(put(1, "x"))).prepared, "{node:?} itself prepares");
    }
}

/// P5: it votes in the slot after the last that it holds, and in no other.
#[test]
fn a_replica_votes_in_its_open_slot_alone() {
    for slot in [1, 2, 4, 5] {
        let mut log = log_with(chosen(2, ballot(1, B), &entry(B, 2, 100, "second")));
        receive(&mut log, proposal(B, slot, ballot(1, B), &entry(B, slot, 1, "x")));
        assert_eq!(log.record().accepted, None, "slot {slot}");
    }
    let mut log = log_with(chosen(2, ballot(1, B), &entry(B, 2, 100, "second")));
    receive(&mut log, proposal(B, 3, ballot(1, B), &entry(B, 3, 1, "x")));
    assert_eq!(log.record().accepted_ballot(), ballot(1, B));
}

/// P19, for a reader as for a writer: what was accepted in the slot is completed, not what was chosen before it.
#[test]
fn settling_completes_the_entry_of_the_open_slot() {
    let second = entry(C, 2, 1, "second");
    let first = chosen(1, ballot(1, B), &entry(B, 1, 100, "first"));
    let mut log = log_with(accepted(first, ballot(1, C), &second));
    step(&mut log, Input::Settle(Slot(2)));
    step(&mut log, Input::Timeout(Timer::Defer));
    sync(&mut log);
    let sent = receive(&mut log, promise(B, 2, ballot(2, A), None)).send;
    let proposed: Vec<_> = sent.iter().filter_map(|message| message.proposal.as_ref()).collect();
    assert!(!proposed.is_empty() && proposed.iter().all(|proposal| proposal.entry == second));
}

/// Votes for another slot are votes for another entry.
#[test]
fn a_vote_in_a_later_slot_is_none_in_this_one() {
    let x = entry(B, 1, 1, "x");
    let mut log = log();
    receive(&mut log, proposal(B, 1, ballot(1, B), &x));
    sync(&mut log);
    receive(&mut log, vote(C, 2, ballot(1, B)));
    assert_eq!(log.record().chosen_slot(), Slot(0));
}
