//! What all clones of a client share.

use crate::{
    RequestToken,
    bases::Bases,
    environment::Random,
    error::{Error, ReplicaError},
    explain, placement,
    pool::{CallError, Kind, Replica},
    refresh::Refreshes,
    stats::Counters,
    wire::{ClusterId, KvRequest, KvRequestV1, KvResponseV1},
};
use quorate_protocol::{ClientId, Config, LogId, NodeId, ReadId, RequestId, Slot};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// One client: its identity, the voters it counts, its connections, what it has learnt.
#[derive(Debug)]
pub(crate) struct Inner {
    client: ClientId,
    /// Operations and reads draw from one sequence; none is used twice.
    sequence: AtomicU64,
    pub(crate) cluster: ClusterId,
    pub(crate) config: Config,
    pub(crate) timeout: Duration,
    pub(crate) counters: Arc<Counters>,
    random: Random,
    replicas: Vec<Replica>,
    bases: Mutex<Bases>,
    pub(crate) refreshes: Refreshes,
}

impl Inner {
    pub(crate) fn new(
        client: ClientId,
        cluster: ClusterId,
        config: Config,
        timeout: Duration,
        random: Random,
        replicas: Vec<Replica>,
        counters: Arc<Counters>,
    ) -> Self {
        let (sequence, bases, refreshes) = (AtomicU64::new(1), Mutex::default(), Refreshes::default());
        Self { client, sequence, cluster, config, timeout, counters, random, replicas, bases, refreshes }
    }

    pub(crate) fn next_request(&self) -> RequestId {
        RequestId { client: self.client, sequence: self.sequence.fetch_add(1, Ordering::Relaxed) }
    }

    pub(crate) fn next_read(&self) -> ReadId {
        ReadId { client: self.client, sequence: self.sequence.fetch_add(1, Ordering::Relaxed) }
    }

    pub(crate) fn random(&self) -> &Random {
        &self.random
    }

    pub(crate) fn replicas(&self) -> &[Replica] {
        &self.replicas
    }

    pub(crate) fn replica(&self, node: NodeId) -> Option<&Replica> {
        self.replicas.iter().find(|replica| replica.node() == node)
    }

    /// The voters by preference for this log, those that failed lately last.
    pub(crate) fn order(&self, log: &LogId) -> Vec<NodeId> {
        let (mut order, suspects) = self.healthy_and_suspect(log);
        order.extend(suspects);
        order
    }

    /// The voters by how soon they usually answer, within a factor of two by preference for this log; those that failed
    /// lately last.
    pub(crate) fn nearest(&self, log: &LogId) -> Vec<NodeId> {
        let (mut order, suspects) = self.healthy_and_suspect(log);
        let usual = |node: &NodeId| self.replica(*node).map(|replica| replica.health().usual(Kind::Read));
        order.sort_by_key(|node| usual(node).unwrap_or_default().as_micros().max(1).ilog2());
        order.extend(suspects);
        order
    }

    fn healthy_and_suspect(&self, log: &LogId) -> (Vec<NodeId>, Vec<NodeId>) {
        let now = Instant::now();
        let leads = |node: &NodeId| self.replica(*node).is_some_and(|replica| replica.health().may_lead(now));
        let preferred = placement::preference(log, self.config.voters().iter().copied());
        preferred.into_iter().partition(leads)
    }

    /// One request to one voter.
    pub(crate) async fn call(
        &self,
        to: NodeId,
        kind: Kind,
        request: KvRequestV1,
        deadline: Instant,
        sent: &AtomicBool,
    ) -> Result<KvResponseV1, CallError> {
        let Some(replica) = self.replica(to) else {
            return Err(CallError::NotTaken(crate::ReplicaFailure::Nonsense));
        };
        let begun = explain::begin(to, &request);
        let result = replica.call(kind, KvRequest::v1(self.config.epoch(), request), deadline, sent).await;
        explain::end(begun, &result);
        result.map(|(response, _)| response)
    }

    pub(crate) fn learn(&self, log: &LogId, slot: Slot) {
        self.bases().learn(log, slot, Instant::now());
    }

    pub(crate) fn base(&self, log: &LogId) -> Option<Slot> {
        self.bases().usable(log, Instant::now())
    }

    /// The highest slot of the log that this client was ever told, as far as it remembers.
    pub(crate) fn latest(&self, log: &LogId) -> Slot {
        self.bases().latest(log).unwrap_or_default()
    }

    fn bases(&self) -> std::sync::MutexGuard<'_, Bases> {
        // Any slot in it was named by a replica, so whatever a panic left of it is sound.
        self.bases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last failure of each replica in one operation.
#[derive(Debug, Default)]
pub(crate) struct Reasons(Vec<ReplicaError>);

impl Reasons {
    pub(crate) fn note(&mut self, node: NodeId, failure: crate::ReplicaFailure) {
        match self.0.iter_mut().find(|reason| reason.node == node) {
            Some(reason) => reason.failure = failure,
            None => self.0.push(ReplicaError { node, failure }),
        }
    }

    pub(crate) fn unavailable(self) -> Error {
        Error::Unavailable { reasons: self.0 }
    }

    pub(crate) fn unknown(self, token: RequestToken) -> Error {
        Error::Unknown { token, reasons: self.0 }
    }
}
