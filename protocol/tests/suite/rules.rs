//! What the log does around Paxos: learning, catching up, answering, batching, repairing for readers.

use crate::support::*;
use quorate_protocol::{
    Accepted, BATCH_MAX, Ballot, Chosen, ChosenNotice, Input, LogRecord, Message, NotApplied, Output, PaxosLog, Phase,
    Reply, RestoreError, Row, Slot, Timer, Violation, WAITING_MAX, read_reply,
};

fn ready() -> PaxosLog {
    log_with(chosen(1, ballot(1, A), &entry(A, 1, 100, "first")))
}

fn bare_notice(slot: u64, ballot: Ballot) -> Message {
    let chosen = ChosenNotice { slot: Slot(slot), ballot, entry: None };
    Message { chosen, ..message(B, slot + 1) }
}

#[test]
fn restore_refuses_records_that_no_run_can_have_written() {
    let x = entry(B, 1, 1, "x");
    let vote = |ballot| Some(Accepted { ballot, entry: x.clone() });
    let at = |slot| Some(Chosen { slot: Slot(slot), ballot: ballot(1, B), entry: x.clone() });
    let later = Some(Accepted { ballot: ballot(1, B), entry: entry(B, 9, 1, "x") });
    let none = LogRecord::default();
    let bad = [
        (
            LogRecord { accepted: vote(ballot(2, B)), promised: ballot(1, B), ..none.clone() },
            Violation::AcceptedAbovePromised,
        ),
        (LogRecord { chosen: at(0), ..none.clone() }, Violation::SlotZero),
        (LogRecord { accepted: vote(ballot(0, B)), promised: ballot(1, B), ..none.clone() }, Violation::NotTheOwner),
        (LogRecord { accepted: later, promised: ballot(1, B), ..none.clone() }, Violation::Window),
    ];
    for (record, violation) in bad {
        assert_eq!(PaxosLog::restore(replica(A, 1, 3), record).err(), Some(RestoreError(violation)));
    }
    let good = LogRecord { accepted: vote(ballot(1, B)), promised: ballot(2, B), ..none };
    assert!(PaxosLog::restore(replica(A, 1, 3), good).is_ok());
}

#[test]
fn a_notice_without_its_entry_is_believed_where_the_own_vote_was_in_that_very_ballot() {
    let mine = entry(B, 1, 1, "mine");
    for (winner, learned) in [(ballot(1, B), true), (ballot(2, C), false)] {
        let mut log = log_with(accepted(LogRecord::default(), ballot(1, B), &mine));
        let output = receive(&mut log, bare_notice(1, winner));
        assert_eq!(log.record().chosen_slot() == Slot(1), learned, "a vote in another ballot may be for another entry");
        let asked = output.send.iter().filter_map(|message| message.belief).collect::<Vec<Row>>();
        assert_eq!(asked.iter().map(|row| row.slot).collect::<Vec<_>>(), if learned { vec![] } else { vec![Slot(1)] });
    }
}

#[test]
fn whoever_asks_and_is_behind_gets_the_chosen_entry() {
    let ninth = entry(B, 9, 1, "ninth");
    let mut log = log_with(chosen(9, ballot(1, B), &ninth));
    let output = receive(&mut log, prepare(C, 4, ballot(1, C)));
    assert_eq!(output.send.len(), 1);
    assert_eq!((output.send[0].chosen.slot, output.send[0].chosen.entry.as_ref()), (Slot(9), Some(&ninth)));
    let mut behind = self::log();
    receive(&mut behind, Message { to: A, from: B, ..output.send[0].clone() });
    assert_eq!(behind.record().chosen_entry(), Some(&ninth), "no older entry is needed");
    assert_eq!(receive(&mut log, message(C, 4)), Output::default(), "whoever does not ask gets nothing");
}

#[test]
fn two_logs_that_tell_each_other_all_fall_silent() {
    let mut log = ready();
    for told in [message(B, 2), message(B, 1), prepare(B, 2, Ballot::ZERO), prepare(B, 1, Ballot::ZERO)] {
        let answers = receive(&mut log, told).send;
        assert!(answers.iter().all(|answer| answer.belief.is_none()), "an answer that asks would be answered");
    }
}

#[test]
fn that_a_slot_is_chosen_takes_no_write_of_its_own_where_the_vote_holds_its_entry() {
    let mut log = ready();
    step(&mut log, Input::Propose(put(1, "x")));
    sync(&mut log);
    let output = receive(&mut log, vote(B, 2, ballot(0, A)));
    assert_eq!((log.record().chosen_slot(), output.done.len(), output.write), (Slot(2), 1, None));
    let next = step(&mut log, Input::Propose(put(2, "y")));
    assert_eq!(next.write.map(|record| record.chosen_slot()), Some(Slot(2)), "the mark rides on the next vote");
    let mut behind = self::log();
    let learned = receive(&mut behind, notice(B, 5, ballot(1, B), &entry(B, 5, 1, "x")));
    assert_eq!(learned.write.map(|record| record.chosen_slot()), Some(Slot(5)), "an entry that came is written");
}

#[test]
fn one_write_is_under_way_and_the_next_holds_all_that_came_since() {
    let mut log = log();
    assert!(receive(&mut log, prepare(B, 1, ballot(1, B))).write.is_some());
    assert!(receive(&mut log, prepare(C, 1, ballot(2, C))).write.is_none());
    assert!(receive(&mut log, prepare(B, 1, ballot(3, B))).write.is_none());
    let first = step(&mut log, Input::Durable);
    assert_eq!(first.write.as_ref().map(|record| record.promised), Some(ballot(3, B)));
    assert_eq!(first.send.iter().map(|message| message.row.promised).collect::<Vec<_>>(), [ballot(1, B)]);
    let second = step(&mut log, Input::Durable);
    assert_eq!(second.send.len(), 2);
    assert!(second.send.iter().all(|message| message.row.promised == ballot(3, B)));
}

#[test]
fn requests_that_come_while_a_round_is_open_share_the_next_slot() {
    let mut log = ready();
    step(&mut log, Input::Propose(put(1, "x")));
    for sequence in 2..70 {
        let output = step(&mut log, Input::Propose(put(sequence, "x")));
        assert_eq!((output.send.len(), output.write), (0, None));
    }
    sync(&mut log);
    let output = receive(&mut log, vote(B, 2, ballot(0, A)));
    assert_eq!(output.done.len(), 1);
    let batch = output.send[0].proposal.as_ref().unwrap().entry.requests.iter();
    assert_eq!(batch.filter(|recorded| recorded.version.slot == Slot(3)).count(), BATCH_MAX);
    sync(&mut log);
    assert_eq!(receive(&mut log, vote(C, 3, ballot(0, A))).done.len(), BATCH_MAX);
    assert_eq!(log.waiting(), 4);
}

#[test]
fn a_second_attempt_of_a_request_that_waits_shares_its_answer() {
    let mut log = ready();
    step(&mut log, Input::Propose(put(1, "x")));
    assert_eq!(step(&mut log, Input::Propose(put(1, "x"))), Output::default());
    sync(&mut log);
    assert_eq!(receive(&mut log, vote(B, 2, ballot(0, A))).done.len(), 1);
    let again = step(&mut log, Input::Propose(put(1, "x")));
    assert!(matches!(again.done[..], [(_, Reply::Recorded(recorded))] if recorded.version == version(2, 0)));
    assert_eq!((again.send.len(), again.write), (0, None), "and one that comes later is answered from the window");
}

/// P18.
#[test]
fn what_was_proposed_ends_as_unknown_and_what_never_was_as_not_applied() {
    let mut log = ready();
    step(&mut log, Input::Propose(put(1, "x")));
    step(&mut log, Input::Propose(put(2, "y")));
    assert_eq!(step(&mut log, Input::Withdraw(id(1))).done, [(id(1), Reply::Unknown)]);
    let withdrawn = Reply::NotApplied(NotApplied::Withdrawn);
    assert_eq!(step(&mut log, Input::Withdraw(id(2))).done, [(id(2), withdrawn)]);
    assert_eq!(step(&mut log, Input::Withdraw(id(3))), Output::default());
}

#[test]
fn waiting_requests_are_bounded() {
    let mut log = log();
    for sequence in 0..WAITING_MAX as u64 {
        assert!(step(&mut log, Input::Propose(put(sequence, "x"))).done.is_empty());
    }
    let one_more = step(&mut log, Input::Propose(put(9999, "x")));
    assert_eq!(one_more.done, [(id(9999), Reply::NotApplied(NotApplied::Busy))]);
}

#[test]
fn a_reader_hears_of_durable_votes_alone_and_of_chosen_slots_at_once() {
    let mut log = ready();
    step(&mut log, Input::Propose(put(1, "x")));
    let report = |log: &PaxosLog| {
        let reply = read_reply(Default::default(), &log.snapshot(), false);
        (reply.accepted.0, reply.chosen.0)
    };
    assert_eq!(report(&log), (1, 1), "the vote is not durable");
    assert!(step(&mut log, Input::Durable).readable);
    assert_eq!(report(&log), (2, 1));
    assert!(receive(&mut log, vote(B, 2, ballot(0, A))).readable);
    assert_eq!(report(&log), (2, 2), "chosen is a fact about other disks");
    assert_eq!(log.durable().chosen_slot(), Slot(1));
}

#[test]
fn helping_sends_the_accepted_entry_on_under_its_own_ballot() {
    let x = entry(C, 1, 1, "x");
    let mut log = log_with(accepted(LogRecord::default(), ballot(3, C), &x));
    let output = step(&mut log, Input::Help(Slot(1)));
    let proposals: Vec<_> = output.send.iter().filter_map(|message| message.proposal.as_ref()).collect();
    assert_eq!(proposals.len(), 2);
    assert!(proposals.iter().all(|proposal| proposal.ballot == ballot(3, C) && proposal.entry == x));
    assert_eq!(output.write, None);
    assert_eq!(step(&mut log, Input::Help(Slot(2))), Output::default(), "not that slot");
}

#[test]
fn settling_completes_what_was_accepted_and_adds_nothing() {
    let x = entry(C, 1, 1, "x");
    let mut log = log_with(accepted(LogRecord::default(), ballot(1, C), &x));
    step(&mut log, Input::Settle(Slot(1)));
    assert_eq!(log.phase(), &Phase::Deferred, "C may be at it");
    step(&mut log, Input::Timeout(Timer::Defer));
    sync(&mut log);
    let output = receive(&mut log, promise(B, 1, ballot(2, A), None));
    assert_eq!(output.send[0].proposal.as_ref().map(|proposal| &proposal.entry), Some(&x));
    sync(&mut log);
    receive(&mut log, vote(B, 1, ballot(2, A)));
    assert_eq!((log.record().chosen_entry(), log.phase()), (Some(&x), &Phase::Idle));
}

#[test]
fn settling_a_slot_in_which_a_majority_accepted_nothing_ends_without_an_entry() {
    for slot in [2, 3, u64::MAX] {
        let mut log = ready();
        step(&mut log, Input::Settle(Slot(slot)));
        sync(&mut log);
        let output = receive(&mut log, promise(B, 2, ballot(1, A), None));
        assert!(output.send.iter().all(|message| message.proposal.is_none()));
        assert!(log.is_idle() && log.record().accepted.is_none());
    }
    let mut log = ready();
    assert_eq!(step(&mut log, Input::Settle(Slot(1))), Output::default(), "it is chosen already");
}

#[test]
fn what_goes_unanswered_is_sent_again() {
    let mut log = log();
    step(&mut log, Input::Propose(put(1, "x")));
    sync(&mut log);
    for _ in 0..3 {
        let output = step(&mut log, Input::Timeout(Timer::Resend));
        assert_eq!((output.send.len(), output.timers.len()), (2, 1), "the prepare");
    }
    receive(&mut log, promise(B, 1, ballot(1, A), None));
    receive(&mut log, message(C, 1));
    for _ in 0..3 {
        let output = step(&mut log, Input::Timeout(Timer::Resend));
        let proposals = output.send.iter().filter(|message| message.proposal.is_some()).count();
        assert_eq!((proposals, output.timers.len()), (2, 1), "the proposal");
    }
}
