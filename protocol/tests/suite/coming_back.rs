//! Coming back after a disk loss, out of order: late, repeated and premature words of the other voters.

use crate::support::*;
use quorate_protocol::{Ballot, LogRecord, Message, NodeId, Rejoin, RejoinStep, Row, Slot};

/// A comes back in its second incarnation; B and C have recorded it, and know nothing of the log.
fn recorded() -> Rejoin {
    let mut back = Rejoin::start(replica(A, 2, 3)).unwrap();
    back.on_recorded(B, &LogRecord::default());
    back.on_recorded(C, &LogRecord::default());
    back
}

fn fence(back: &Rejoin) -> (Slot, Ballot, Vec<NodeId>) {
    let RejoinStep::Fence(messages) = back.step() else { panic!("no fence: {:?}", back.step()) };
    (messages[0].row.slot, messages[0].row.promised, messages.iter().map(|message| message.to).collect())
}

fn shows(from: NodeId, slot: u64, promised: Ballot) -> Message {
    promise(from, slot, promised, None)
}

#[test]
fn it_says_who_it_is_and_what_it_has_learnt() {
    let x = entry(B, 4, 1, "x");
    let mut back = recorded();
    assert_eq!(back.replica().me(), replica(A, 2, 3).me());
    assert_eq!(back.chosen(), None);
    back.on_message(&notice(B, 4, ballot(1, B), &x));
    assert_eq!(back.chosen().map(|chosen| (chosen.slot, &chosen.entry)), Some((Slot(4), &x)), "a learner learns");
}

/// What a fence asks, every voter of the configuration answers: it is a prepare of this incarnation.
#[test]
fn a_fence_is_a_prepare_that_asks_for_an_answer() {
    let RejoinStep::Fence(messages) = recorded().step() else { panic!() };
    for (message, to) in messages.iter().zip([B, C]) {
        let nothing = Row { slot: Slot(1), ..Row::default() };
        assert_eq!((message.epoch, message.from, message.to, message.belief), (1.into(), A, to, Some(nothing)));
        assert_eq!((message.row.promised.proposer(), message.row.accepted), (replica(A, 2, 3).me(), Ballot::ZERO));
        assert_eq!((message.proposal.as_ref(), message.accepted.as_ref(), message.validate()), (None, None, Ok(())));
    }
}

/// The row of a voter that has not recorded the incarnation may be from before the loss.
#[test]
fn a_row_counts_from_a_voter_that_has_recorded_and_from_no_other() {
    let mut back = Rejoin::start(replica(A, 2, 3)).unwrap();
    back.on_recorded(B, &LogRecord::default());
    let own = Ballot { incarnation: 2.into(), ..ballot(1, A) };
    back.on_message(&shows(C, 1, own));
    assert!(matches!(back.step(), RejoinStep::Ask(_)), "C has not recorded it");
    back.on_recorded(C, &LogRecord::default());
    assert_eq!(fence(&back), (Slot(1), own, vec![B, C]), "and what it said before counts nothing");
}

/// P4 of the others: rows and chosen slots only rise, so what arrives late and says less is old.
#[test]
fn older_words_take_nothing_back() {
    let (one, two) = (entry(B, 1, 1, "one"), entry(B, 2, 2, "two"));
    let mut back = recorded();
    back.on_recorded(B, &chosen(2, ballot(1, B), &two));
    back.on_recorded(C, &chosen(1, ballot(1, B), &one));
    back.on_message(&notice(C, 1, ballot(1, B), &one));
    assert_eq!(back.chosen().map(|chosen| chosen.slot), Some(Slot(2)));
    back.on_message(&shows(B, 3, ballot(6, B)));
    back.on_message(&shows(B, 3, ballot(2, C)));
    back.on_message(&shows(B, 1, ballot(9, C)));
    let (slot, ballot, to) = fence(&back);
    assert!(slot == Slot(3) && ballot > self::ballot(6, B) && ballot < self::ballot(9, C) && to == [B, C]);
}

/// What was counted stays counted when the same is heard again, and is void when the slot moves on.
#[test]
fn a_fence_is_of_one_slot() {
    let one = entry(B, 1, 1, "one");
    let mut back = recorded();
    back.on_message(&notice(B, 1, ballot(1, B), &one));
    let (slot, first, to) = fence(&back);
    assert_eq!((slot, to), (Slot(2), vec![B, C]));
    back.on_message(&shows(B, 2, first));
    back.on_message(&notice(C, 1, ballot(1, B), &one));
    back.on_recorded(B, &LogRecord { promised: first, ..chosen(1, ballot(1, B), &one) });
    assert_eq!(fence(&back), (Slot(2), first, vec![C]), "B is counted, whatever is repeated");
    back.on_message(&notice(C, 2, ballot(1, B), &entry(B, 2, 2, "two")));
    let (slot, _, to) = fence(&back);
    assert_eq!((slot, to), (Slot(3), vec![B, C]), "in slot 3 nobody has promised anything");
}

/// A vote above the fence was cast by a voter that has forgotten nothing: the slot need not be completed for it.
#[test]
fn a_vote_cast_behind_the_fence_does_not_hold_it_up() {
    let x = entry(C, 1, 1, "x");
    let mut back = recorded();
    let (_, own, _) = fence(&back);
    back.on_message(&shows(B, 1, own));
    let above = own.above(owner(C));
    back.on_message(&promise(B, 1, above, Some((above, &x))));
    assert_eq!(fence(&back), (Slot(1), own, vec![C]));
    back.on_message(&shows(C, 1, own));
    assert_eq!(back.step(), RejoinStep::Ready(LogRecord { promised: own, ..LogRecord::default() }));
}

/// A slot that is only heard of, without its entry, is asked for where it was heard of.
#[test]
fn whoever_is_furthest_is_asked_for_what_it_holds() {
    let mut back = recorded();
    back.on_message(&shows(B, 3, Ballot::ZERO));
    back.on_message(&shows(C, 2, Ballot::ZERO));
    let only_b = quorate_protocol::NodeSet::default().with(&config(3), B);
    assert_eq!(back.step(), RejoinStep::Ask(only_b));
    back.on_message(&notice(C, 1, ballot(1, B), &entry(B, 1, 1, "one")));
    assert_eq!(back.step(), RejoinStep::Ask(only_b), "slot 2 is still lacking");
    back.on_message(&notice(B, 2, ballot(1, B), &entry(B, 2, 2, "two")));
    assert_eq!(fence(&back).0, Slot(3));
}

/// A message that no replica can have sent is not looked at, nor is one of oneself.
#[test]
fn malformed_words_are_not_heard() {
    let mut back = recorded();
    let before = back.clone();
    let (_, own, _) = fence(&back);
    let row = Row { slot: Slot(1), promised: own, accepted: own.above(owner(B)) };
    back.on_message(&Message { row, ..shows(B, 1, own) });
    back.on_message(&Message { to: A, ..shows(A, 1, own) });
    back.on_message(&Message { epoch: 2.into(), ..notice(B, 1, ballot(1, B), &entry(B, 1, 1, "x")) });
    back.on_message(&Message { to: C, ..notice(B, 1, ballot(1, B), &entry(B, 1, 1, "x")) });
    back.on_recorded(A, &chosen(1, ballot(1, B), &entry(B, 1, 1, "x")));
    assert_eq!(back, before);
}

/// A voter is kept once, however often it answers.
#[test]
fn the_same_word_twice_is_the_same_word() {
    let mut back = recorded();
    for _ in 0..3 {
        back.on_recorded(B, &LogRecord::default());
        back.on_message(&shows(C, 1, Ballot::ZERO));
    }
    assert_eq!(back, recorded());
}
