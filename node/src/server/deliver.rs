use super::peers::Inbound;
use super::shared::Shared;
use futures::StreamExt;
use quorate_client::wire::{Connection, Peer, PeerRequest, PeerResponse, limits::PEER_IN_FLIGHT_MAX, peer_server};
use quorate_protocol::Incarnation;
use std::sync::Arc;
use std::time::Duration;
use tarpc::{
    context::Context,
    server::{BaseChannel, Channel, Config},
};
use tokio::time::timeout;

/// A peer says something twice a second at least; one that is silent for so long is gone, or has another connection.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// Takes in what one peer delivers over one connection.
#[derive(Clone)]
struct Deliveries {
    shared: Arc<Shared>,
    inbound: Arc<Inbound>,
    incarnation: Incarnation,
}

/// Serves a peer's connection until it ends, falls silent, or a later start of that peer appears.
pub(super) async fn serve(shared: Arc<Shared>, connection: Connection, inbound: Inbound) {
    let incarnation = connection.theirs.incarnation;
    let inbound = Arc::new(inbound);
    let service = Deliveries { shared, inbound: Arc::clone(&inbound), incarnation };
    let channel = BaseChannel::new(Config { pending_response_buffer: PEER_IN_FLIGHT_MAX }, peer_server(connection));
    let mut calls = std::pin::pin!(channel.execute(service.serve()));
    // One after the other: a delivery is a push into the drivers' mailbox, and waits for nothing.
    while let Ok(Some(call)) = timeout(SILENCE_MAX, calls.next()).await {
        if inbound.peer().incarnation() > incarnation {
            return;
        }
        call.await;
    }
}

impl Peer for Deliveries {
    async fn deliver(self, _: Context, PeerRequest::V1(mut envelopes): PeerRequest) -> PeerResponse {
        let from = self.inbound.peer().node;
        if self.inbound.peer().incarnation() > self.incarnation {
            return PeerResponse::ShuttingDown;
        }
        self.inbound.peer().hear();
        // A peer speaks for itself alone.
        envelopes.retain(|envelope| envelope.message.from == from);
        self.shared.metrics.envelopes_in.add(envelopes.len());
        if envelopes.is_empty() {
            return PeerResponse::Taken;
        }
        let given = envelopes.len();
        let taken = self.shared.engine.deliver(envelopes);
        if taken == given { PeerResponse::Taken } else { PeerResponse::Overloaded }
    }
}
