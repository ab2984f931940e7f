//! The parts of a write's loop: questions, answers, how it failed.

use crate::{error::Error, inner::Inner, pool::CallError, wire::KvResponseV1};
use quorate_protocol::{NodeId, Recorded};
use std::sync::{Arc, atomic::AtomicBool};
use tokio::time::{Instant, sleep_until};

/// How a write ended without an outcome that its caller asked for.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: Error,
    /// Whether a replica said that the key's window no longer tells.
    pub(crate) forgotten: bool,
}

/// One question to one replica, and its answer.
pub(super) struct Answer {
    pub(super) from: NodeId,
    pub(super) question: Question,
    pub(super) result: Result<KvResponseV1, CallError>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Slot,
    Attempt(u8),
}

/// An attempt whose answer is not here yet.
pub(super) struct Launched {
    pub(super) to: NodeId,
    pub(super) attempt: u8,
    pub(super) sent: Arc<AtomicBool>,
}

/// At this instant; `None` ends at once, so its caller guards it.
pub(super) async fn until(at: Option<Instant>) {
    if let Some(at) = at {
        sleep_until(at).await;
    }
}

/// Counts an operation by what it came to.
pub(super) fn count(session: &Inner, result: &Result<Recorded, Failed>) {
    let counters = &session.counters;
    match result {
        Ok(recorded) => {
            counters.writes.add_one();
            if !recorded.outcome.is_applied() {
                counters.writes_negative.add_one();
            }
        }
        Err(Failed { error: Error::Unknown { .. }, .. }) => counters.writes_unknown.add_one(),
        Err(_) => counters.writes_not_applied.add_one(),
    }
}
