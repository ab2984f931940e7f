//! Which messages a log looks at, each bound at its edge (docs/protocol/messages.md, "What is not looked at").

use crate::support::*;
use quorate_protocol::{
    Ballot, ChosenNotice, Entry, LogRecord, Malformed, Message, NodeId, ROUND_JUMP_MAX, Row, SLOT_MAX, Slot,
};
use std::sync::Arc;

/// What an empty log at A says of the message; a message that it refuses must change nothing.
fn refused(message: Message) -> Option<Malformed> {
    let mut log = log();
    let refused = log.admit(&message).err();
    if refused.is_some() {
        assert_eq!(receive(&mut log, message), quorate_protocol::Output::default());
        assert_eq!(log.record(), &LogRecord::default());
    }
    refused
}

fn with_row(row: Row) -> Message {
    Message { row, ..message(B, 1) }
}

#[test]
fn a_message_is_between_two_voters_of_one_epoch_and_for_this_replica() {
    let stranger = NodeId(9);
    assert_eq!(refused(message(B, 1)), None);
    assert_eq!(refused(Message { epoch: 2.into(), ..message(B, 1) }), Some(Malformed::Epoch));
    assert_eq!(refused(Message { epoch: 0.into(), ..message(B, 1) }), Some(Malformed::Epoch));
    for (from, to) in [(A, A), (B, B), (B, C), (A, B), (stranger, A), (stranger, B), (B, stranger)] {
        assert_eq!(refused(Message { to, ..message(from, 1) }), Some(Malformed::Party), "{from:?} to {to:?}");
    }
}

/// P4 of the sender: it never voted above its promise.
#[test]
fn a_row_is_one_that_a_replica_can_have() {
    let row = |promised, accepted| Row { slot: Slot(1), promised, accepted };
    assert_eq!(refused(with_row(row(ballot(2, B), ballot(2, B)))), None);
    assert_eq!(refused(with_row(row(ballot(2, B), ballot(1, B)))), None);
    assert_eq!(refused(with_row(row(ballot(1, B), ballot(2, B)))), Some(Malformed::Row));
    let above = Message { accepted: Some(entry(B, 1, 1, "x")), ..with_row(row(ballot(1, B), ballot(2, B))) };
    assert_eq!(refused(above), Some(Malformed::Row));
}

#[test]
fn an_entry_travels_with_the_ballot_or_slot_that_it_belongs_to() {
    let x = entry(B, 1, 1, "x");
    let voteless = Message { accepted: Some(x.clone()), ..prepare(B, 1, ballot(1, B)) };
    assert_eq!(refused(voteless), Some(Malformed::Row), "an accepted entry and no accepted ballot");
    assert_eq!(refused(promise(B, 1, ballot(2, B), Some((ballot(1, B), &x)))), None);
    let slotless = ChosenNotice { slot: Slot(0), ballot: ballot(1, B), entry: Some(x.clone()) };
    assert_eq!(refused(Message { chosen: slotless, ..message(B, 1) }), Some(Malformed::Row), "chosen in no slot");
    assert_eq!(refused(notice(B, 1, ballot(1, B), &x)), None);
}

#[test]
fn slots_are_from_1_and_below_the_last() {
    let last = SLOT_MAX - 1;
    let bounds = |message: Message| message.validate().err();
    for (slot, expected) in [(0, Some(Malformed::Bounds)), (1, None), (last, None), (SLOT_MAX, Some(Malformed::Bounds))]
    {
        assert_eq!(bounds(message(B, slot)), expected, "row {slot}");
        let proposed = Message { row: message(B, 1).row, ..proposal(B, slot, ballot(1, B), &entry(B, 1, 1, "x")) };
        assert_eq!(bounds(proposed), expected, "proposal {slot}");
        let in_row = Message { row: message(B, slot).row, ..proposal(B, 1, ballot(1, B), &entry(B, 1, 1, "x")) };
        assert_eq!(bounds(in_row), expected, "row {slot} beside a proposal");
    }
    for (slot, expected) in [(0, None), (last, None), (SLOT_MAX, Some(Malformed::Bounds))] {
        let chosen = ChosenNotice { slot: Slot(slot), ballot: Ballot::ZERO, entry: None };
        assert_eq!(bounds(Message { chosen, ..message(B, 1) }), expected, "chosen {slot}; 0 is nothing known");
    }
}

/// P11: an entry holds the ids of its own slot, so its floor is below it.
#[test]
fn an_entry_has_a_window_of_its_slot_wherever_it_travels() {
    let good = entry(B, 1, 1, "x");
    let floored = Arc::new(Entry { floor: Slot(1), ..(*good).clone() });
    let mut above = (*good).clone();
    above.requests[0].version = version(2, 0);
    for (entry, expected) in
        [(&good, None), (&floored, Some(Malformed::Window)), (&Arc::new(above), Some(Malformed::Window))]
    {
        assert_eq!(refused(proposal(B, 1, ballot(1, B), entry)), expected, "proposed {entry:?}");
        assert_eq!(refused(notice(B, 1, ballot(1, B), entry)), expected, "chosen {entry:?}");
        assert_eq!(refused(promise(B, 1, ballot(1, B), Some((ballot(1, B), entry)))), expected, "accepted {entry:?}");
    }
}

/// The bound is on the distance from what this replica has seen, not on the round itself.
#[test]
fn a_round_is_at_most_the_jump_above_the_promise() {
    for seen in [0, 1, 1_000_000] {
        let edge = seen + ROUND_JUMP_MAX;
        let log = log_with(LogRecord { promised: ballot(seen, C), ..LogRecord::default() });
        for (round, expected) in [(edge - 1, Ok(())), (edge, Ok(())), (edge + 1, Err(Malformed::Bounds))] {
            assert_eq!(log.admit(&prepare(B, 1, ballot(round, B))), expected, "promised {round}, seen {seen}");
            let proposed = proposal(B, 1, ballot(round, B), &entry(B, 1, 1, "x"));
            assert_eq!(log.admit(&proposed), expected, "proposed {round}, seen {seen}");
        }
    }
}
