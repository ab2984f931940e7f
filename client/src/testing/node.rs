use super::machine::Machine;
use super::stream::MemoryStream;
use super::{peer, serve};
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use quorate_driver::DriverError;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Connections that a node has at a time; more are closed.
const CONNECTIONS_MAX: usize = 4096;

/// One start of a node, as one future: dropping it is a kill.
pub(super) async fn run(machine: Arc<Machine>, mut incoming: mpsc::Receiver<MemoryStream>) -> DriverError {
    let mut parts: FuturesUnordered<BoxFuture<'static, ()>> = FuturesUnordered::new();
    let (ticking, syncing) = (Arc::clone(&machine), Arc::clone(&machine));
    parts.push(Box::pin(async move { ticking.tick().await }));
    parts.push(Box::pin(async move { syncing.sync_writes().await }));
    for peer in machine.peers.values() {
        let port = machine.network.port(Some(machine.me.node));
        parts.push(Box::pin(peer::send_all(Arc::clone(&machine), Arc::clone(peer), port)));
    }
    loop {
        tokio::select! {
            biased;
            error = machine.failure() => return error,
            Some(stream) = incoming.recv() => {
                if parts.len() < CONNECTIONS_MAX {
                    parts.push(Box::pin(serve::serve(Arc::clone(&machine), stream)));
                }
            }
            Some(()) = parts.next() => {}
        }
    }
}
