use super::machine::Machine;
use super::peer::Peer;
use super::stream::MemoryStream;
use crate::wire::{
    Connection, Deadlines, Hello, Kv, KvRequest, KvResponse, Peer as PeerService, PeerRequest, PeerResponse, Refusal,
    Refused, Role, accept, answer, kv_server,
    limits::{CLIENT_IN_FLIGHT_MAX, PEER_IN_FLIGHT_MAX},
    peer_server,
};
use futures::StreamExt;
use quorate_protocol::Incarnation;
use std::sync::Arc;
use std::time::Duration;
use tarpc::context::Context;
use tarpc::server::{BaseChannel, Channel, Config};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

/// A peer says something once a minute or so; one that is silent for so long is gone, or has another connection.
const SILENCE_MAX: Duration = Duration::from_secs(180);

/// Serves one connection to its end: who connects says who it is, and gets the service of its role.
pub(super) async fn serve(machine: Arc<Machine>, stream: MemoryStream) {
    let mut place = None;
    let judge = |theirs: &Hello| judge(&machine, theirs).map(|judged| place = judged);
    let Ok(connection) = accept(stream, &machine.hello, judge).await else { return };
    let Some((peer, permit)) = place else {
        return clients(machine, connection).await;
    };
    // Its start is on our disk before anything it says is looked at.
    if machine.admit(&peer, connection.theirs.incarnation).await.is_ok() {
        peers(machine, connection, peer).await;
    }
    drop(permit);
}

fn judge(machine: &Machine, theirs: &Hello) -> Result<Option<(Arc<Peer>, OwnedSemaphorePermit)>, Refused> {
    if theirs.role == Role::Client {
        return Ok(None);
    }
    let peer = machine.peers.get(&theirs.node).ok_or(Refused::Node)?;
    if theirs.incarnation < peer.incarnation() || theirs.incarnation == Incarnation(0) {
        return Err(Refused::Incarnation);
    }
    let permit = peer.join().ok_or(Refused::Overloaded)?;
    Ok(Some((Arc::clone(peer), permit)))
}

async fn clients(machine: Arc<Machine>, connection: Connection) {
    let service = Answers { machine, deadlines: connection.deadlines() };
    let channel = BaseChannel::new(Config { pending_response_buffer: CLIENT_IN_FLIGHT_MAX }, kv_server(connection));
    channel.execute(service.serve()).for_each_concurrent(CLIENT_IN_FLIGHT_MAX, |handled| handled).await;
}

async fn peers(machine: Arc<Machine>, connection: Connection, peer: Arc<Peer>) {
    let incarnation = connection.theirs.incarnation;
    let service = Deliveries { machine, peer: Arc::clone(&peer), incarnation };
    let channel = BaseChannel::new(Config { pending_response_buffer: PEER_IN_FLIGHT_MAX }, peer_server(connection));
    let mut calls = std::pin::pin!(channel.execute(service.serve()));
    while let Ok(Some(call)) = timeout(SILENCE_MAX, calls.next()).await {
        if peer.incarnation() > incarnation {
            return;
        }
        call.await;
    }
}

/// Answers a client's requests.
#[derive(Clone)]
struct Answers {
    machine: Arc<Machine>,
    deadlines: Deadlines,
}

impl Kv for Answers {
    async fn call(self, context: Context, request: KvRequest) -> Result<KvResponse, Refusal> {
        let KvRequest::V1 { epoch, request } = request;
        let left = self.deadlines.left(&context);
        answer(&*self.machine, left, epoch, request).await.map(KvResponse::V1)
    }
}

/// Takes in what one peer delivers over one connection.
#[derive(Clone)]
struct Deliveries {
    machine: Arc<Machine>,
    peer: Arc<Peer>,
    incarnation: Incarnation,
}

impl PeerService for Deliveries {
    async fn deliver(self, _: Context, PeerRequest::V1(mut envelopes): PeerRequest) -> PeerResponse {
        if self.peer.incarnation() > self.incarnation {
            return PeerResponse::ShuttingDown;
        }
        self.peer.hear();
        // A peer speaks for itself alone.
        envelopes.retain(|envelope| envelope.message.from == self.peer.node);
        if !envelopes.is_empty() {
            self.machine.deliver(envelopes);
        }
        PeerResponse::Taken
    }
}
