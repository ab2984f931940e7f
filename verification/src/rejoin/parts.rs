//! Parts of the rule that are the driver's, and so the model's, to leave out.

use quorate_protocol::PaxosLog;

/// Whether rows are read before the incarnation is recorded, not with it.
#[cfg(feature = "mutants")]
pub(super) fn rows_first() -> bool {
    quorate_protocol::RejoinPart::RowsAfter.is_left_out()
}

/// Whether a voter that records a lost disk ends the round it is in, and with it what it counted of the
/// lost incarnation. The fence ends it anyway; this is for the rule without one.
#[cfg(feature = "mutants")]
pub(super) fn drops_round(log: &PaxosLog) -> bool {
    use quorate_protocol::{Phase, RejoinPart};
    let counted = match log.phase() {
        Phase::Preparing { .. } => RejoinPart::OldPromises,
        Phase::Idle | Phase::Deferred | Phase::Accepting { .. } => RejoinPart::OldVotes,
    };
    RejoinPart::Fence.is_left_out() && !counted.is_left_out()
}

#[cfg(not(feature = "mutants"))]
pub(super) const fn rows_first() -> bool {
    false
}

#[cfg(not(feature = "mutants"))]
pub(super) const fn drops_round(_: &PaxosLog) -> bool {
    false
}
