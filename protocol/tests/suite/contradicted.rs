//! What no honest replica says and no log writes, as fuzzing found it.

use crate::support::{A, accepted, chosen, entry, id};
use quorate_protocol::{
    Ballot, Entry, NotApplied, Operation, Owner, Reply, Slot, Violation, WriteAttempt, WriteOutcome, WriteStep,
};
use std::sync::Arc;

/// P10: the only attempt is turned away as stale, so the write asks for a new base; then its replica says that it may
/// have been proposed after all. With the new base, the request could be proposed a second time.
#[test]
fn an_attempt_in_doubt_after_all_keeps_its_base() {
    let (mut write, first) = WriteAttempt::start(id(1), Some(Slot(1)), 2, Operation::Delete, vec![A]);
    assert!(matches!(first, WriteStep::Send { .. }));
    assert_eq!(write.on_reply(A, 0, Reply::NotApplied(NotApplied::Stale)), WriteStep::AskSlot(A));
    assert_eq!(write.on_reply(A, 0, Reply::Unknown), WriteStep::AskSlot(A));
    assert_eq!(write.on_slot(Slot(9)), WriteStep::Wait);
    assert_eq!(write.on_deadline(), WriteOutcome::Unknown);
}

/// P6: an entry of start 0, which there is none of, would own the ballot that stands for "none". A log restored from a
/// vote under it sent messages that every other replica refused.
#[test]
fn a_vote_under_no_ballot_is_no_vote() {
    let nobody = Arc::new(Entry { owner: Owner::default(), ..Entry::clone(&entry(A, 1, 1, "v")) });
    let record = accepted(chosen(1, Ballot::ZERO, &nobody), Ballot::ZERO, &entry(A, 2, 2, "w"));
    assert_eq!(record.check(), Err(Violation::NotTheOwner));
}
