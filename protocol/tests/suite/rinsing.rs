//! Reads on the way: what a voter reports, and what a reader asks for while nothing is proven.

use crate::support::*;
use quorate_protocol::{
    Ballot, LogRecord, NodeSet, QuorumRead, ReadId, ReadReply, ReadStep, Slot, Snapshot, read_reply,
};

fn read_id() -> ReadId {
    ReadId { sequence: 9, ..ReadId::default() }
}

/// A reply without values.
fn slots(accepted: u64, chosen: u64, ballot: Ballot) -> ReadReply {
    ReadReply { id: read_id(), chosen: Slot(chosen), accepted: Slot(accepted), ballot, ..ReadReply::default() }
}

/// P14: a voter reports values and versions of the very entries it holds, and only where it is asked for them.
#[test]
fn a_voter_reports_what_its_record_holds() {
    let (first, second) = (entry(B, 1, 1, "first"), entry(B, 2, 2, "second"));
    let record = accepted(chosen(1, ballot(1, B), &first), ballot(2, C), &second);
    let value =
        |slot, value: &'static str| Some(Snapshot { value: Some(value.into()), version: Some(version(slot, 0)) });
    let bare = slots(2, 1, ballot(2, C));
    assert_eq!(read_reply(read_id(), &record, false), bare);
    let full = ReadReply { chosen_value: value(1, "first"), accepted_value: value(2, "second"), ..bare };
    assert_eq!(read_reply(read_id(), &record, true), full);
    let settled = chosen(1, ballot(1, B), &first);
    let full = ReadReply { chosen_value: value(1, "first"), ..slots(1, 1, Ballot::ZERO) };
    assert_eq!(read_reply(read_id(), &settled, true), full);
    assert_eq!(read_reply(read_id(), &LogRecord::default(), true), slots(0, 0, Ballot::ZERO));
}

#[test]
fn a_read_keeps_the_id_it_was_given() {
    let (read, _) = QuorumRead::start(read_id(), &config(3), &[]);
    assert_eq!(read.id(), read_id());
}

/// C is the highest slot known chosen. That a lower one is proven by votes as well does not make it the one to read.
#[test]
fn a_counted_slot_does_not_stand_for_a_higher_one_that_is_known() {
    let config = config(3);
    let (mut read, _) = QuorumRead::start(read_id(), &config, &[]);
    let voted = ReadReply { accepted_value: Some(Snapshot::default()), ..slots(8, 7, ballot(1, B)) };
    read.on_reply(&config, A, slots(9, 9, Ballot::ZERO));
    read.on_reply(&config, B, voted.clone());
    let holder = NodeSet::default().with(&config, A);
    assert_eq!(
        read.on_reply(&config, C, voted),
        ReadStep::Ask { voters: holder, full: holder },
        "A has the value at 9"
    );
}

/// A slot that is known chosen needs no help: while nobody reports an open one, the reader asks and asks.
#[test]
fn with_no_slot_open_nobody_is_told_to_help_or_to_settle() {
    let config = config(3);
    let (mut read, _) = QuorumRead::start(read_id(), &config, &[]);
    read.on_reply(&config, A, slots(7, 7, Ballot::ZERO));
    for _ in 0..8 {
        assert!(matches!(read.on_timeout(&config), ReadStep::Ask { .. }));
    }
}
