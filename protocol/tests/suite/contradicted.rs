//! Replies that contradict each other: none that an honest replica gives, and found by fuzzing.

use crate::support::{A, id};
use quorate_protocol::{NotApplied, Operation, Reply, Slot, WriteAttempt, WriteOutcome, WriteStep};

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
