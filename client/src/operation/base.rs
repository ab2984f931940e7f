//! The question for the base of a write.

use crate::{
    error::ReplicaFailure,
    inner::Inner,
    pool::{CallError, Kind},
    wire::{KvRequestV1, KvResponseV1},
};
use quorate_protocol::{LogId, NodeId, Slot};
use std::{pin::pin, sync::atomic::AtomicBool, time::Duration};
use tokio::time::{Instant, timeout};

/// The least and the most that the second replica gets once the first has answered.
const GRACE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(10));

/// Asks a replica, and another one beside it, which slot of the log they know chosen; the higher one is
/// the better base. Either would be sound. But a replica that was away names a slot that the key's window
/// may have left since, and a write with such a base is not proposed any more. The second is not waited for.
pub(super) async fn ask_base(
    session: &Inner,
    log: &LogId,
    first: NodeId,
    second: Option<NodeId>,
    deadline: Instant,
) -> Result<Slot, CallError> {
    let mut asked = pin!(ask(session, log, first, deadline));
    let Some(second) = second else {
        return asked.await;
    };
    let grace = session.replica(second).map(|replica| replica.health().usual(Kind::Read) * 2).unwrap_or_default();
    let mut beside = pin!(ask(session, log, second, deadline));
    let mut other = None;
    let answer = loop {
        tokio::select! {
            biased;
            answer = &mut asked => break answer,
            opinion = &mut beside, if other.is_none() => other = Some(opinion),
        }
    };
    if other.is_none() {
        other = timeout(grace.clamp(GRACE.0, GRACE.1), beside).await.ok();
    }
    match (answer, other) {
        (Ok(slot), Some(Ok(other))) => Ok(slot.max(other)),
        (Err(_), Some(Ok(slot))) | (Ok(slot), _) => Ok(slot),
        (Err(error), _) => Err(error),
    }
}

async fn ask(session: &Inner, log: &LogId, to: NodeId, deadline: Instant) -> Result<Slot, CallError> {
    let request = KvRequestV1::Slot { log: log.clone() };
    match session.call(to, Kind::Read, request, deadline, &AtomicBool::new(false)).await? {
        KvResponseV1::Slot(slot) => Ok(slot),
        _ => Err(CallError::Lost(ReplicaFailure::Nonsense)),
    }
}
