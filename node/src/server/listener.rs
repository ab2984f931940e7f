//! The one port: who connects says who it is, and gets the service of its role.

use super::peers::Inbound;
use super::shared::Shared;
use super::{deliver, kv};
use quorate_client::wire::{AcceptError, Refused, Role, accept};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Accepts connections until the node stops.
pub(super) async fn run(shared: Arc<Shared>, listener: TcpListener) {
    let slots = Arc::new(Semaphore::new(shared.config.limits.connections));
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
        let slot = Arc::clone(&slots).try_acquire_owned().ok();
        tokio::spawn(connection(Arc::clone(&shared), stream, slot));
    }
}

/// Serves one connection to its end, or refuses it if there is no slot for it.
async fn connection(shared: Arc<Shared>, stream: TcpStream, slot: Option<OwnedSemaphorePermit>) {
    let stopped = shared.peers_stop.requested();
    let serve = async {
        let mut inbound = None;
        let judge = |theirs: &_| judge(&shared, theirs, slot.is_some(), &mut inbound);
        let accepting = accept(stream, &shared.hello, judge);
        let accepted = timeout(shared.config.limits.handshake_timeout, accepting).await;
        match accepted.unwrap_or(Err(AcceptError::Timeout)) {
            Ok(connection) => {
                shared.metrics.connections.add(1);
                match inbound {
                    None => kv::serve(Arc::clone(&shared), connection).await,
                    // Its start is on our disk before anything it says is looked at.
                    Some(inbound) => {
                        if shared.admit(inbound.peer(), connection.theirs.incarnation).await.is_ok() {
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

fn judge(
    shared: &Shared,
    theirs: &quorate_client::wire::Hello,
    has_slot: bool,
    inbound: &mut Option<Inbound>,
) -> Result<(), Refused> {
    if shared.shutdown.is_requested() {
        return Err(Refused::ShuttingDown);
    }
    if theirs.role == Role::Peer {
        *inbound = Some(shared.peers.admit(theirs)?);
        return Ok(());
    }
    if has_slot { Ok(()) } else { Err(Refused::Overloaded) }
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
