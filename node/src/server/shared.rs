use super::metrics::Metrics;
use super::notices::Notices;
use super::peers::{Peer, Peers};
use super::slow::SlowOps;
use super::traced::Traced;
use crate::config::NodeConfig;
use crate::engine::EngineHandle;
use crate::recording::Recording;
use quorate_client::wire::{Hello, Refused};
use quorate_handoff::Shutdown;
use quorate_protocol::Incarnation;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;

/// What every task of the server knows.
pub(super) struct Shared {
    /// What the node was told.
    pub(super) config: NodeConfig,
    /// What it says of itself at the start of each connection.
    pub(super) hello: Hello,
    /// What serves.
    pub(super) engine: EngineHandle,
    /// What is recorded of it, if anything is.
    pub(super) recording: Option<Recording>,
    /// The other voters.
    pub(super) peers: Peers,
    /// What was counted.
    pub(super) metrics: Metrics,
    /// One permit for each connection of a client that may be open.
    pub(super) client_slots: Arc<Semaphore>,
    /// Operations that took long.
    pub(super) slow: SlowOps,
    /// The write whose trace frames to peers belong to.
    pub(super) traced: Traced,
    /// What was lately logged of strangers.
    pub(super) notices: Notices,
    /// Take no more clients and requests; each client's connection holds a guard until its last answer.
    pub(super) shutdown: Shutdown,
    /// Talk to peers no more. Later than `shutdown`, since what is under way needs them.
    pub(super) peers_stop: Shutdown,
    /// For jitter.
    pub(super) seed: u64,
    /// When the node started.
    pub(super) started: Instant,
}

impl Shared {
    /// Takes a start of a peer into account: durably, before anything of it is believed.
    ///
    /// # Errors
    /// A later start is known, or the node is stopping.
    pub(super) async fn admit(&self, peer: &Peer, incarnation: Incarnation) -> Result<(), Refused> {
        if incarnation == peer.incarnation() {
            return Ok(());
        }
        match self.engine.admit_peer(peer.node, incarnation).await {
            Ok(Ok(())) => {
                peer.raise(incarnation);
                Ok(())
            }
            Ok(Err(_)) => Err(Refused::Incarnation),
            Err(_) => Err(Refused::ShuttingDown),
        }
    }
}
