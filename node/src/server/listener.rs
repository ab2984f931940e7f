//! The one port: who connects says who it is, and gets the service of its role.

use super::peers::Inbound;
use super::shared::Shared;
use super::{deliver, kv};
use quorate_client::wire::{AcceptError, Hello, Refused, Role, accept};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Connections at a time that have not said hello yet.
const HANDSHAKES_MAX: usize = 256;

/// What a connection counts for, until it ends.
enum Place {
    /// One of the clients' connections.
    Client {
        _slot: OwnedSemaphorePermit,
    },
    Peer(Inbound),
}

/// Accepts connections until the node stops.
pub(super) async fn run(shared: Arc<Shared>, listener: TcpListener) {
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    let mut stop = shared.shutdown.requested();
    loop {
        let accepted = tokio::select! {
            () = &mut stop => return,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors, most likely: let others give some back.
                if let Some(held_back) = shared.notices.allow() {
                    tracing::warn!(%error, held_back, "cannot accept connections");
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(handshake) = Arc::clone(&handshakes).try_acquire_owned() else {
            // Without a word: nobody waits for it to read one.
            shared.metrics.connections_refused.add(1);
            continue;
        };
        tokio::spawn(connection(Arc::clone(&shared), stream, handshake));
    }
}

/// Serves one connection to its end, or refuses it if there is no slot for it.
async fn connection(shared: Arc<Shared>, stream: TcpStream, handshake: OwnedSemaphorePermit) {
    let stopped = shared.peers_stop.requested();
    let serve = async {
        let mut place = None;
        let judge = |theirs: &_| judge(&shared, theirs).map(|judged| place = Some(judged));
        let accepting = accept(stream, &shared.hello, judge);
        let accepted = timeout(shared.config.limits.handshake_timeout, accepting).await;
        drop(handshake);
        match accepted.unwrap_or(Err(AcceptError::Timeout)) {
            Ok(connection) => {
                shared.metrics.connections.add(1);
                match place {
                    None => {}
                    Some(Place::Client { _slot }) => kv::serve(Arc::clone(&shared), connection).await,
                    // Its start is on our disk before anything it says is looked at.
                    Some(Place::Peer(inbound)) => {
                        let admitted = shared.admit(inbound.peer(), connection.theirs.incarnation).await;
                        if admitted.is_ok() {
                            deliver::serve(Arc::clone(&shared), connection, inbound).await;
                        }
                    }
                }
            }
            Err(error) => note_refusal(&shared, &error),
        }
    };
    tokio::select! {
        () = stopped => {}
        () = serve => {}
    }
}

fn judge(shared: &Shared, theirs: &Hello) -> Result<Place, Refused> {
    if shared.shutdown.is_requested() {
        return Err(Refused::ShuttingDown);
    }
    if theirs.role == Role::Peer {
        return shared.peers.admit(theirs).map(Place::Peer);
    }
    let slot = Arc::clone(&shared.client_slots).try_acquire_owned().map_err(|_| Refused::Overloaded)?;
    Ok(Place::Client { _slot: slot })
}

/// One line a minute for each peer, and one for everybody else together.
fn note_refusal(shared: &Shared, error: &AcceptError) {
    shared.metrics.connections_refused.add(1);
    let peer = match error {
        AcceptError::Refused { theirs, .. } if theirs.role == Role::Peer => shared.peers.get(theirs.node),
        // A probe that connects and leaves is no news.
        AcceptError::Io(_) => return,
        _ => None,
    };
    let notices = peer.map_or(&shared.notices, |peer| &peer.notices);
    if let Some(held_back) = notices.allow() {
        tracing::warn!(%error, held_back, "connection refused");
    }
}
