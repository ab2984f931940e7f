//! Coming back after a disk loss: what is refused, and what is waited for.

use crate::support::*;
use quorate_protocol::{
    Ballot, Forgotten, Incarnation, Input, LogRecord, Message, NodeId, NodeSet, Operation, Owner, PaxosLog, Rejoin,
    RejoinStep, Request, Row, Slot,
};

const NEW: Incarnation = Incarnation(2);

fn returned(node: NodeId) -> Owner {
    Owner { node, incarnation: NEW }
}

fn forgotten(node: NodeId) -> Forgotten {
    let mut table = Forgotten::default();
    assert!(table.record(&config(3), returned(node)));
    table
}

/// A comes back, in its second incarnation.
fn rejoin(voters: u16) -> Rejoin {
    Rejoin::start(replica(A, NEW.0, voters)).unwrap()
}

fn both() -> NodeSet {
    config(3).others(A)
}

fn only(node: NodeId) -> NodeSet {
    NodeSet::default().with(&config(3), node)
}

/// The ballot of the fence that it asks for, and to whom it goes.
fn fence(rejoin: &Rejoin) -> (Ballot, Vec<NodeId>) {
    let RejoinStep::Fence(messages) = rejoin.step() else { panic!("no fence: {:?}", rejoin.step()) };
    (messages[0].row.promised, messages.iter().map(|message| message.to).collect())
}

fn shows(from: NodeId, slot: u64, promised: Ballot) -> Message {
    promise(from, slot, promised, None)
}

#[test]
fn the_table_only_rises_and_knows_voters_alone() {
    let mut table = forgotten(B);
    assert_eq!((table.oldest(B), table.oldest(C)), (NEW, Incarnation(0)));
    assert!(!table.record(&config(3), returned(B)), "known already");
    assert!(!table.record(&config(3), owner(B)), "an older one");
    assert!(!table.record(&config(3), returned(NodeId(9))), "no voter");
    assert!(table.record(&config(3), Owner { node: B, incarnation: Incarnation(5) }));
    assert!(table.is_forgotten(returned(B)) && !table.is_forgotten(returned(C)));
}

#[test]
fn nothing_that_a_lost_incarnation_sent_is_heard() {
    let table = forgotten(B);
    let old = vote(B, 2, ballot(1, C));
    assert_eq!(table.admit(Incarnation(1), old.clone()), None);
    assert_eq!(table.admit(NEW, old.clone()), Some(old), "the new one is");
}

#[test]
fn a_proposal_under_a_lost_ballot_is_refused_whoever_relays_it() {
    let table = forgotten(B);
    let entry = entry(B, 2, 1, "x");
    let relayed = proposal(C, 2, ballot(1, B), &entry);
    let heard = table.admit(Incarnation(1), relayed.clone()).unwrap();
    assert_eq!(heard, Message { proposal: None, ..relayed });
    let new = Ballot { incarnation: NEW, ..ballot(1, B) };
    let fresh = proposal(C, 2, new, &entry);
    assert_eq!(table.admit(Incarnation(1), fresh.clone()), Some(fresh));
}

#[test]
fn a_node_refuses_its_own_past() {
    let table = forgotten(A);
    let own = proposal(B, 2, ballot(1, A), &entry(A, 2, 1, "x"));
    assert_eq!(table.admit(Incarnation(1), own).unwrap().proposal, None);
}

#[test]
fn the_row_of_a_third_node_stays_whatever_ballot_it_shows() {
    let row = promise(C, 2, ballot(2, A), Some((ballot(1, B), &entry(B, 2, 1, "x"))));
    assert_eq!(forgotten(B).admit(Incarnation(1), row.clone()), Some(row));
}

#[test]
fn the_only_voter_cannot_come_back() {
    assert_eq!(Rejoin::start(replica(A, 2, 1)), None);
}

#[test]
fn every_other_voter_is_asked_and_then_fenced() {
    let mut back = rejoin(3);
    assert_eq!(back.step(), RejoinStep::Ask(both()));
    back.on_recorded(B, &LogRecord::default());
    assert_eq!(back.step(), RejoinStep::Ask(only(C)));
    back.on_recorded(NodeId(9), &LogRecord::default());
    assert_eq!(back.step(), RejoinStep::Ask(only(C)), "a stranger counts nothing");
    back.on_recorded(C, &LogRecord::default());
    let (first, to) = fence(&back);
    assert_eq!((first, to), (Ballot { incarnation: NEW, ..ballot(1, A) }, vec![B, C]));
    back.on_message(&shows(B, 1, first));
    assert_eq!(fence(&back), (first, vec![C]));
    back.on_message(&shows(C, 1, first));
    assert_eq!(back.step(), RejoinStep::Ready(LogRecord { promised: first, ..LogRecord::default() }));
}

#[test]
fn five_voters_means_four_others() {
    let mut back = rejoin(5);
    for voter in [2, 3, 4] {
        back.on_recorded(NodeId(voter), &LogRecord::default());
    }
    assert_eq!(back.step(), RejoinStep::Ask(NodeSet::default().with(&config(5), NodeId(5))));
}

#[test]
fn the_fence_is_above_every_promise_and_rises_with_them() {
    let mut back = rejoin(3);
    back.on_recorded(B, &LogRecord { promised: ballot(4, B), ..LogRecord::default() });
    back.on_recorded(C, &LogRecord::default());
    let (first, _) = fence(&back);
    assert!(first > ballot(4, B));
    back.on_message(&shows(B, 1, ballot(7, C)));
    let (second, to) = fence(&back);
    assert!(second > ballot(7, C) && to == [B, C], "nobody has shown this one");
    back.on_message(&shows(B, 1, second));
    back.on_message(&shows(B, 1, ballot(20, C)));
    assert_eq!(fence(&back), (second, vec![C]), "what B promised since does not undo it");
}

#[test]
fn what_is_not_a_promise_of_the_fence_counts_nothing() {
    let mut back = rejoin(3);
    back.on_recorded(B, &LogRecord::default());
    back.on_recorded(C, &LogRecord::default());
    let (ballot, _) = fence(&back);
    let right = shows(B, 1, ballot);
    back.on_message(&Message { epoch: 2.into(), ..right.clone() });
    back.on_message(&Message { to: C, ..right.clone() });
    back.on_message(&Message { from: NodeId(9), ..right.clone() });
    back.on_message(&Message { row: Row { accepted: ballot.above(owner(B)), ..right.row }, ..right.clone() });
    back.on_message(&shows(B, 1, Ballot::ZERO));
    assert_eq!(fence(&back), (ballot, vec![B, C]));
    back.on_message(&right);
    assert_eq!(fence(&back), (ballot, vec![C]));
}

#[test]
fn a_slot_found_open_is_completed_first_also_when_the_fence_finds_it() {
    let entry = entry(C, 1, 1, "x");
    let mut back = rejoin(3);
    back.on_recorded(B, &accepted(LogRecord::default(), ballot(1, C), &entry));
    back.on_recorded(C, &LogRecord::default());
    assert_eq!(back.step(), RejoinStep::Settle { voter: B, slot: Slot(1) });

    let mut late = rejoin(3);
    late.on_recorded(B, &LogRecord::default());
    late.on_recorded(C, &LogRecord::default());
    let (fence, _) = fence(&late);
    late.on_message(&promise(B, 1, fence, Some((Ballot { round: 1, ..ballot(1, A) }, &entry))));
    assert_eq!(late.step(), RejoinStep::Settle { voter: B, slot: Slot(1) });
}

#[test]
fn the_highest_chosen_entry_is_held_and_the_slot_after_it_fenced() {
    let (one, two) = (entry(B, 1, 1, "x"), entry(C, 2, 2, "y"));
    let mut back = rejoin(3);
    back.on_recorded(B, &chosen(1, ballot(1, B), &one));
    back.on_recorded(C, &chosen(2, ballot(1, C), &two));
    let (fence, _) = fence(&back);
    let RejoinStep::Fence(messages) = back.step() else { panic!() };
    assert!(messages.iter().all(|message| message.row.slot == Slot(3) && message.chosen.entry.as_ref() == Some(&two)));
    back.on_message(&shows(B, 3, fence));
    back.on_message(&shows(C, 3, fence));
    let RejoinStep::Ready(record) = back.step() else { panic!() };
    assert_eq!(record, LogRecord { promised: fence, ..chosen(2, ballot(1, C), &two) });
    assert!(PaxosLog::restore(replica(A, 2, 3), record).is_ok());
}

#[test]
fn a_row_beyond_what_is_held_is_asked_for_again() {
    let mut back = rejoin(3);
    back.on_recorded(B, &LogRecord::default());
    back.on_recorded(C, &LogRecord::default());
    back.on_message(&shows(C, 2, Ballot::ZERO));
    assert_eq!(back.step(), RejoinStep::Ask(only(C)));
    back.on_recorded(C, &chosen(1, ballot(1, C), &entry(C, 1, 1, "x")));
    assert_eq!(
        back.step(),
        RejoinStep::Fence(match back.step() {
            RejoinStep::Fence(messages) if messages.iter().all(|message| message.row.slot == Slot(2)) => messages,
            other => panic!("{other:?}"),
        })
    );
}

/// Red team F1b: the owner's accept is under way, forgotten by the owner in a crash, and voted for by a node that
/// then loses its disk. Nobody has the slot open; without the fence the accept could still be chosen beside another.
#[test]
fn an_accept_that_everybody_forgot_is_dead_behind_the_fence() {
    let base = chosen(1, ballot(1, B), &entry(B, 1, 1, "v"));
    let mut owner = PaxosLog::restore(replica(B, 1, 3), base.clone()).unwrap();
    let put = |sequence| Request::first(id(sequence), Slot(1), Operation::put("x"));
    let sent = step(&mut owner, Input::Propose(put(5))).send;
    let to_c = sent.into_iter().find(|message| message.to == C).unwrap();
    assert!(to_c.proposal.is_some(), "the accept leaves while its vote is being written");
    let mut owner = PaxosLog::restore(replica(B, 2, 3), base.clone()).unwrap();
    let mut third = PaxosLog::restore(replica(C, 1, 3), base).unwrap();

    let mut back = rejoin(3);
    back.on_recorded(B, owner.durable());
    back.on_recorded(C, third.durable());
    let RejoinStep::Fence(messages) = back.step() else { panic!("nobody has the slot open") };
    for (message, log) in messages.into_iter().zip([&mut owner, &mut third]) {
        receive(log, message);
        sync(log).send.iter().for_each(|answer| back.on_message(answer));
    }
    assert!(matches!(back.step(), RejoinStep::Ready(_)));
    receive(&mut third, to_c);
    sync(&mut third);
    assert_eq!(third.record().accepted, None);
}
