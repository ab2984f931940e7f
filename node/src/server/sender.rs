//! One task for each peer: takes what the drivers have for it, and sends all of it since the last time in one call.

use super::peers::Peer;
use super::shared::Shared;
use crate::driver::SplitMix64;
use crate::engine::Outbox;
use futures::stream::{FuturesUnordered, StreamExt};
use quorate_client::wire::{
    ConnectError, Connection, Envelope, PeerClient, PeerRequest, PeerResponse, Refused, connect, peer_client,
};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tarpc::context;
use tokio::time::{MissedTickBehavior, sleep};
use tracing::Instrument;

/// Deliveries under way to one peer. Two, so that one is on its way while the other is answered; more would only cut
/// the same envelopes into smaller frames.
const IN_FLIGHT_MAX: usize = 2;
/// How often a peer hears of us at least.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// How long a delivery may take before the connection is given up.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(2);
/// The first wait before a peer is tried again; it doubles up to [`BACKOFF_MAX`], and each wait is drawn from its
/// upper half. It is the shortest wait as well: a peer that says something is not waited for any longer.
const BACKOFF_MIN: Duration = Duration::from_millis(20);
/// The longest wait before a peer is tried again.
const BACKOFF_MAX: Duration = Duration::from_millis(1000);

/// Sends to `peer` until the node stops.
pub(super) async fn run(shared: Arc<Shared>, peer: Arc<Peer>, mut outbox: Outbox) {
    let mut random = SplitMix64::new(shared.seed ^ u64::from(peer.node.0));
    let mut backoff = BACKOFF_MIN;
    let mut stop = shared.peers_stop.requested();
    loop {
        let ended = tokio::select! {
            () = &mut stop => return,
            ended = connection(&shared, &peer, &mut outbox) => ended,
        };
        if peer.set_up(false) {
            backoff = BACKOFF_MIN;
        }
        match ended {
            Ended::Stopped => return,
            Ended::Unreachable(error) => note_failure(&peer, &error),
            Ended::Broken(reason) => tracing::info!(peer = peer.node.0, reason, "peer down"),
        }
        let wait = backoff.mul_f64(0.5 + 0.5 * fraction(&mut random));
        backoff = (backoff * 2).min(BACKOFF_MAX);
        tokio::select! {
            () = &mut stop => return,
            () = sleep(wait) => {}
            // A node that is back takes requests at once, and can get nothing chosen until it is answered.
            () = async { tokio::join!(sleep(wait.min(BACKOFF_MIN)), peer.heard()); } => {}
        }
        shared.metrics.envelopes_dropped.add(outbox.discard());
    }
}

/// Why sending over a connection ended.
enum Ended {
    /// The engine has stopped.
    Stopped,
    /// There was no connection.
    Unreachable(ConnectError),
    /// The connection broke, or whoever is behind it.
    Broken(&'static str),
}

/// One connection, from its opening to its end.
async fn connection(shared: &Shared, peer: &Peer, outbox: &mut Outbox) -> Ended {
    let (client, driven) = match open(shared, peer).await {
        Ok(connection) => peer_client(connection),
        Err(error) => return Ended::Unreachable(error),
    };
    // What waits was said before the peer could hear it, and its successors say more.
    shared.metrics.envelopes_dropped.add(outbox.discard());
    if peer.set_up(true) {
        tracing::info!(peer = peer.node.0, start = peer.incarnation().0, "peer up");
    }
    tokio::select! {
        ended = pump(shared, peer, &client, outbox) => ended,
        _ = driven => Ended::Broken("the connection broke"),
    }
}

/// Connects, and takes the peer's incarnation into account before anything is said to it.
async fn open(shared: &Shared, peer: &Peer) -> Result<Connection, ConnectError> {
    let connection = connect(&peer.address, &shared.hello).await?;
    if connection.theirs.node != peer.node {
        return Err(ConnectError::Unwanted(Refused::Node));
    }
    shared.admit(peer, connection.theirs.incarnation).await.map_err(ConnectError::Unwanted)?;
    Ok(connection)
}

/// Sends until the connection breaks.
async fn pump(shared: &Shared, peer: &Peer, client: &PeerClient, outbox: &mut Outbox) -> Ended {
    let mut under_way = FuturesUnordered::new();
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            Some(answered) = under_way.next(), if !under_way.is_empty() => {
                if let Err(ended) = answered {
                    return ended;
                }
            }
            frame = outbox.next(), if under_way.len() < IN_FLIGHT_MAX => {
                let Some(frame) = frame else { return Ended::Stopped };
                under_way.push(deliver(shared, peer, client, frame));
            }
            _ = heartbeat.tick(), if under_way.is_empty() => under_way.push(deliver(shared, peer, client, Vec::new())),
        }
    }
}

async fn deliver(shared: &Shared, peer: &Peer, client: &PeerClient, envelopes: Vec<Envelope>) -> Result<(), Ended> {
    shared.metrics.envelopes_out.add(envelopes.len());
    shared.metrics.deliveries.add(usize::from(!envelopes.is_empty()));
    let mut context = context::current();
    let sent = Instant::now();
    context.deadline = sent + DELIVERY_TIMEOUT;
    let span = shared.traced.span();
    let answer = client.deliver(context, PeerRequest::V1(envelopes)).instrument(span).await;
    if answer.is_ok() {
        peer.rtt.observe_duration(sent.elapsed());
    }
    match answer {
        // Overloaded: some of it is lost, and the core's timers send it again.
        Ok(PeerResponse::Taken | PeerResponse::Overloaded) => Ok(()),
        Ok(PeerResponse::ShuttingDown) => Err(Ended::Broken("it is stopping")),
        Err(tarpc::client::RpcError::DeadlineExceeded) => Err(Ended::Broken("it does not answer")),
        Err(_) => Err(Ended::Broken("the connection broke")),
    }
}

fn note_failure(peer: &Peer, error: &ConnectError) {
    if let Some(held_back) = peer.notices.allow() {
        tracing::warn!(peer = peer.node.0, address = peer.address, %error, held_back, "cannot reach peer");
    }
}

/// A number from 0 to 1.
fn fraction(random: &mut SplitMix64) -> f64 {
    f64::from(u32::try_from(random.below(1 << 20)).unwrap_or(0)) / f64::from(1 << 20)
}
