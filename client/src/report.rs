//! What single nodes answer, for people and tools.

use crate::{
    ReplicaFailure,
    inner::Inner,
    pool::{CallError, Kind, Replica},
    wire::{KvRequestV1, KvResponseV1},
};
use quorate_protocol::NodeId;
use std::sync::atomic::AtomicBool;
use tokio::time::{Instant, timeout_at};

/// One node's answer, or why there is none.
#[derive(Clone, Debug)]
pub struct NodeReport<T> {
    /// Which node.
    pub node: NodeId,
    /// Where it was asked, as `host:port`.
    pub address: String,
    /// What it answered.
    pub answer: Result<T, ReplicaFailure>,
}

impl<T> NodeReport<T> {
    /// The same node, with what `unwrap` makes of its answer.
    pub(crate) fn and_then<U>(self, unwrap: impl Fn(T) -> Option<U>) -> NodeReport<U> {
        let answer = self.answer.and_then(|answer| unwrap(answer).ok_or(ReplicaFailure::Nonsense));
        NodeReport { node: self.node, address: self.address, answer }
    }
}

/// Asks one node, once.
pub(crate) async fn ask_one(
    session: &Inner,
    replica: &Replica,
    request: KvRequestV1,
    deadline: Instant,
) -> NodeReport<KvResponseV1> {
    let sent = AtomicBool::new(false);
    let asked = session.call(replica.node(), Kind::Read, request, deadline, &sent);
    let answer = match timeout_at(deadline, asked).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(CallError::NotTaken(failure) | CallError::Lost(failure))) => Err(failure),
        Err(_) => Err(ReplicaFailure::Silent),
    };
    NodeReport { node: replica.node(), address: replica.address().to_owned(), answer }
}
