//! One replica: its address, its connection, its record of behaviour.

use super::health::{Health, Kind};
use crate::{
    environment::Environment,
    error::ReplicaFailure,
    stats::Counters,
    wire::{self, Deadlines, Hello, KvClient, KvRequest, KvResponse, KvResponseV1, limits::DEADLINE_MAX},
};
use quorate_protocol::NodeId;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tarpc::client::RpcError;
use tokio::{task::AbortHandle, time::Instant};

/// How long the first failure to connect keeps others from trying; doubled by each one after it.
const REST_MIN: Duration = Duration::from_millis(10);
/// The longest rest between two tries.
const REST_MAX: Duration = Duration::from_millis(500);

/// A voter, as the pool holds it.
#[derive(Debug)]
pub(crate) struct Replica {
    node: NodeId,
    address: String,
    ours: Hello,
    environment: Environment,
    link: Mutex<Link>,
    /// Held while a connection is being opened, so that there is one at a time.
    opening: tokio::sync::Mutex<()>,
    health: Mutex<Health>,
    counters: Arc<Counters>,
}

#[derive(Debug, Default)]
struct Link {
    stub: Option<Stub>,
    failures: u32,
    resting: Option<(Instant, Arc<str>)>,
}

/// A connection's stub, and the task that drives it.
#[derive(Clone, Debug)]
struct Stub {
    client: KvClient,
    deadlines: Deadlines,
    task: Arc<Driven>,
}

/// A connection's task. It ends with its last user at the latest: a peer that reads nothing would
/// otherwise keep it busy closing for ever.
#[derive(Debug)]
struct Driven(AbortHandle);

impl Drop for Driven {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A request without an answer.
#[derive(Debug)]
pub(crate) enum CallError {
    /// It surely never left, or the node surely did not take it in.
    NotTaken(ReplicaFailure),
    /// It may have arrived.
    Lost(ReplicaFailure),
}

impl Replica {
    pub(crate) fn new(
        node: NodeId,
        address: String,
        ours: Hello,
        environment: Environment,
        counters: Arc<Counters>,
    ) -> Self {
        let (link, opening, health) = (Mutex::default(), tokio::sync::Mutex::default(), Mutex::default());
        Self { node, address, ours, environment, link, opening, health, counters }
    }

    pub(crate) fn node(&self) -> NodeId {
        self.node
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn health(&self) -> MutexGuard<'_, Health> {
        // A poisoned lock holds latencies and a timer: nothing that a panic could have left half done.
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends one request. `sent` is set when it may have left this process; until then, dropping the
    /// future means that it never does. No retry. With the answer goes how long it took, from when there
    /// was a connection.
    pub(crate) async fn call(
        &self,
        kind: Kind,
        request: KvRequest,
        deadline: Instant,
        sent: &AtomicBool,
    ) -> Result<(KvResponseV1, Duration), CallError> {
        let result = self.exchange(request, deadline, sent).await;
        match &result {
            Ok((_, took)) => self.health().answered(kind, *took),
            Err(CallError::NotTaken(ReplicaFailure::Refused(_))) => {}
            Err(_) => self.health().failed(Instant::now(), &self.environment.random),
        }
        result
    }

    async fn exchange(
        &self,
        request: KvRequest,
        deadline: Instant,
        sent: &AtomicBool,
    ) -> Result<(KvResponseV1, Duration), CallError> {
        let stub = self.stub().await.map_err(CallError::NotTaken)?;
        let begun = Instant::now();
        let mut context = stub.deadlines.context(deadline.min(begun + DEADLINE_MAX));
        wire::trace::name(&mut context, &request);
        sent.store(true, Ordering::Release);
        match stub.client.call(context, request).await {
            Ok(Ok(KvResponse::V1(response))) => Ok((response, begun.elapsed())),
            Ok(Err(refusal)) => Err(CallError::NotTaken(ReplicaFailure::Refused(refusal))),
            // tarpc reports a request that its transport did not take; nothing of it was buffered.
            Err(RpcError::Send(error)) => {
                Err(CallError::NotTaken(ReplicaFailure::Broken(Arc::from(error.to_string()))))
            }
            Err(RpcError::DeadlineExceeded) => Err(CallError::Lost(ReplicaFailure::Silent)),
            Err(error) => Err(CallError::Lost(ReplicaFailure::Broken(Arc::from(error.to_string())))),
        }
    }

    /// The connection, opened if there is none.
    async fn stub(&self) -> Result<Stub, ReplicaFailure> {
        if let Some(stub) = self.open_stub()? {
            return Ok(stub);
        }
        let _one_at_a_time = self.opening.lock().await;
        if let Some(stub) = self.open_stub()? {
            return Ok(stub);
        }
        match self.open().await {
            Ok(stub) => {
                *self.link() = Link { stub: Some(stub.clone()), ..Link::default() };
                self.counters.connections.add_one();
                Ok(stub)
            }
            Err(failure) => {
                self.rest(&failure);
                Err(failure)
            }
        }
    }

    /// The connection, if one is open; an error while a failed one rests.
    fn open_stub(&self) -> Result<Option<Stub>, ReplicaFailure> {
        let mut link = self.link();
        if link.stub.as_ref().is_some_and(|stub| stub.task.0.is_finished()) {
            link.stub = None;
        }
        match &link.resting {
            Some((until, why)) if link.stub.is_none() && Instant::now() < *until => {
                Err(ReplicaFailure::Resting(why.clone()))
            }
            _ => Ok(link.stub.clone()),
        }
    }

    async fn open(&self) -> Result<Stub, ReplicaFailure> {
        let connected = self.environment.connector.connect(&self.address, &self.ours).await;
        let connection = connected.map_err(|error| ReplicaFailure::Connect(Arc::new(error)))?;
        if connection.theirs.node != self.node {
            return Err(ReplicaFailure::OtherNode(connection.theirs.node));
        }
        let deadlines = connection.deadlines();
        let (client, driven) = wire::kv_client(connection);
        let node = self.node;
        let task = tokio::spawn(async move {
            if let Err(error) = driven.await {
                tracing::debug!(node = node.0, %error, "a connection broke");
            }
        });
        Ok(Stub { client, deadlines, task: Arc::new(Driven(task.abort_handle())) })
    }

    fn rest(&self, failure: &ReplicaFailure) {
        let mut link = self.link();
        let doubled = REST_MIN.saturating_mul(1 << link.failures.min(10));
        link.failures = link.failures.saturating_add(1);
        let until = Instant::now() + self.environment.random.jittered(doubled.min(REST_MAX));
        link.resting = Some((until, Arc::from(failure.to_string())));
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        // Every change of a link is one assignment, so a poisoned one is whole.
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
