//! What is answered when, and what travels in it (docs/protocol/messages.md, "What is answered when").

use crate::support::*;
use quorate_protocol::{Ballot, Input, LogRecord, Message, NodeId, PaxosLog, Row, Slot, Timer};

fn five() -> PaxosLog {
    PaxosLog::restore(replica(A, 1, 5), LogRecord::default()).unwrap()
}

/// All five voters' A, whose proposal in slot 1 is out, its own vote durable.
fn accepting() -> PaxosLog {
    let mut log = five();
    step(&mut log, Input::Propose(put(1, "x")));
    sync(&mut log);
    for from in [B, C] {
        receive(&mut log, promise(from, 1, ballot(1, A), None));
    }
    sync(&mut log);
    log
}

fn asking(from: NodeId, belief: Row) -> Message {
    Message { belief: Some(belief), ..message(from, 1) }
}

/// Values travel only where they may be lacking: to the one whose prepare the row promises, and to nobody else.
#[test]
fn an_accepted_entry_travels_to_the_preparer_alone() {
    let x = entry(B, 1, 1, "x");
    let nothing = Row { slot: Slot(1), ..Row::default() };
    let mut log = log_with(accepted(LogRecord::default(), ballot(1, B), &x));
    for peer in [B, C] {
        let answer = &receive(&mut log, asking(peer, nothing)).send[0];
        assert_eq!(
            (answer.row.accepted, answer.accepted.as_ref()),
            (ballot(1, B), None),
            "no prepare of {peer:?} is promised"
        );
    }
    receive(&mut log, prepare(C, 1, ballot(2, C)));
    let promised = &sync(&mut log).send[0];
    assert_eq!((promised.to, promised.accepted.as_ref()), (C, Some(&x)));
    let told = &receive(&mut log, asking(B, nothing)).send[0];
    assert_eq!((told.to, told.accepted.as_ref()), (B, None), "it is C that prepares");
}

/// Every exchange ends: whoever asks is answered where its belief is behind the row in any part, and not otherwise.
#[test]
fn an_answer_is_owed_where_the_belief_is_behind() {
    let x = entry(B, 1, 1, "x");
    let record = LogRecord { promised: ballot(3, C), ..accepted(LogRecord::default(), ballot(2, B), &x) };
    let row = Row { slot: Slot(1), promised: ballot(3, C), accepted: ballot(2, B) };
    assert_eq!(record.row(), row);
    let behind = [
        Row { promised: ballot(2, C), ..row },
        Row { accepted: ballot(1, B), ..row },
        Row { accepted: Ballot::ZERO, promised: Ballot::ZERO, ..row },
        Row { slot: Slot(2), ..row },
    ];
    for belief in behind {
        assert_eq!(receive(&mut log_with(record.clone()), asking(B, belief)).send.len(), 1, "{belief:?}");
    }
    for belief in [row, Row { promised: ballot(4, C), ..row }, Row { accepted: ballot(3, B), ..row }] {
        assert!(receive(&mut log_with(record.clone()), asking(B, belief)).send.is_empty(), "{belief:?}");
    }
}

/// A sender that is ahead, in any of the three places that name a slot, is asked for what we lack.
#[test]
fn whoever_is_ahead_is_asked() {
    let x = entry(B, 5, 1, "x");
    let bare = quorate_protocol::ChosenNotice { slot: Slot(4), ballot: ballot(1, B), entry: None };
    let ahead = [
        message(B, 5),
        Message { chosen: bare, ..message(B, 1) },
        Message { row: message(B, 1).row, belief: None, ..proposal(B, 5, ballot(1, B), &x) },
    ];
    for message in ahead {
        let sent = receive(&mut log(), message).send;
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].belief.map(|belief| belief.slot), Some(Slot(1)), "what we lack is what follows our own");
    }
    assert!(receive(&mut log(), message(B, 1)).send.is_empty(), "level with us");
}

/// A round asks those it still waits for, and nobody twice for what they have said.
#[test]
fn a_round_asks_those_that_have_not_answered() {
    let mut log = five();
    let nothing = Row { slot: Slot(1), ..Row::default() };
    step(&mut log, Input::Propose(put(1, "x")));
    sync(&mut log);
    receive(&mut log, promise(B, 1, ballot(1, A), None));
    let resent = step(&mut log, Input::Timeout(Timer::Resend)).send;
    assert_eq!(resent.iter().map(|message| message.to).collect::<Vec<_>>(), [C, NodeId(4), NodeId(5)]);
    assert!(resent.iter().all(|message| message.belief == Some(nothing) && message.proposal.is_none()));
    let answer = &receive(&mut log, asking(B, nothing)).send[0];
    assert_eq!((answer.belief, answer.proposal.as_ref()), (None, None), "B has promised");

    let mut log = accepting();
    receive(&mut log, vote(B, 1, ballot(1, A)));
    let resent = step(&mut log, Input::Timeout(Timer::Resend)).send;
    assert_eq!(resent.iter().map(|message| message.to).collect::<Vec<_>>(), [C, NodeId(4), NodeId(5)]);
    assert!(resent.iter().all(|message| message.belief == Some(nothing) && message.proposal.is_some()));
    let answer = &receive(&mut log, asking(B, nothing)).send[0];
    assert_eq!((answer.belief, answer.proposal.as_ref()), (None, None), "B has voted");
    let answer = &receive(&mut log, asking(C, nothing)).send[0];
    assert!(answer.belief.is_some() && answer.proposal.is_some(), "C has not: it is asked by the same message");
}

/// A vote of an earlier round is not put forward by a prepare: it is adopted when promises say so, under the new ballot.
#[test]
fn a_prepare_carries_no_proposal() {
    let x = entry(B, 1, 1, "x");
    let mut log = log_with(accepted(LogRecord::default(), ballot(1, B), &x));
    step(&mut log, Input::Propose(put(1, "mine")));
    step(&mut log, Input::Timeout(Timer::Defer));
    let sent = sync(&mut log).send;
    assert_eq!(sent.len(), 2);
    assert!(sent.iter().all(|message| message.row.promised == ballot(2, A) && message.proposal.is_none()));
}

/// However long ago the vote was cast, a promise reports it, ballot and entry.
#[test]
fn a_promise_reports_a_vote_of_whatever_round() {
    let x = entry(B, 1, 1, "x");
    for round in 2..6 {
        let mut log = log_with(accepted(LogRecord::default(), ballot(1, B), &x));
        receive(&mut log, prepare(C, 1, ballot(round, C)));
        let answer = &sync(&mut log).send[0];
        assert_eq!((answer.row.accepted, answer.accepted.as_ref()), (ballot(1, B), Some(&x)), "in round {round}");
    }
}

/// P2c among five, in whatever order the promises come: the highest report counts, not the last.
#[test]
fn of_several_reports_the_highest_is_adopted_in_whatever_order_they_come() {
    let (low, high) = (entry(B, 1, 8, "low"), entry(C, 1, 9, "high"));
    let reports = [(ballot(1, B), &low), (ballot(2, C), &high)];
    for order in [[0, 1], [1, 0]] {
        let mut log = five();
        receive(&mut log, prepare(C, 1, ballot(2, C)));
        step(&mut log, Input::Propose(put(1, "mine")));
        step(&mut log, Input::Timeout(Timer::Defer));
        sync(&mut log);
        for (from, report) in [B, C].into_iter().zip(order) {
            receive(&mut log, promise(from, 1, ballot(3, A), Some(reports[report])));
        }
        assert_eq!(log.record().accepted.as_ref().map(|vote| &vote.entry), Some(&high), "{order:?}");
    }
}

/// Helping relays what was voted for in that slot; with no vote there is nothing to relay.
#[test]
fn without_a_vote_there_is_nothing_to_help_with() {
    let mut log = log();
    receive(&mut log, prepare(B, 1, ballot(1, B)));
    sync(&mut log);
    assert!(step(&mut log, Input::Help(Slot(1))).send.is_empty());
}
