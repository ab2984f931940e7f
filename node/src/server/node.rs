use super::peers::Peers;
use super::shared::Shared;
use super::{listener, sender};
use crate::admin;
use crate::config::{Limits, NodeConfig};
use crate::driver::DriverLimits;
use crate::engine::{Engine, EngineConfig, Fatal, Pulse, StartError};
use crate::recording::Recording;
use crate::store::{Identity, LmdbStore, StoreError, StoreOptions};
use quorate_client::wire::{ClusterId, Hello};
use quorate_handoff::Shutdown;
use quorate_protocol::{ConfigError, NodeId, Replica};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// A running node.
pub struct Node {
    shared: Arc<Shared>,
    address: SocketAddr,
    admin: Option<SocketAddr>,
}

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartNodeError {
    /// Its data directory.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Its engine.
    #[error(transparent)]
    Engine(#[from] StartError),
    /// A port.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: String,
        /// Why.
        source: io::Error,
    },
}

impl Node {
    /// Starts a node: binds its ports, takes its data directory, raises its incarnation, and serves.
    ///
    /// # Errors
    /// [`StartNodeError`]; nothing runs then.
    pub async fn start(config: NodeConfig) -> Result<Self, StartNodeError> {
        // The ports first: a failed start should not cost an incarnation.
        let listener = bind(&config.listen).await?;
        let admin = match &config.admin {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let record = |directory: &PathBuf| Recording::new(directory, config.limits.record_bytes);
        let recording = config.record.as_ref().map(record).transpose().map_err(StartError::Recording)?;
        let expected = Identity::new(config.cluster, config.node, config.voters.epoch());
        let options = StoreOptions { map_bytes: config.limits.map_bytes };
        let store = LmdbStore::open(&config.data, &expected, options)?;
        let starts = store.peer_starts()?;
        let incarnation = store.identity().incarnation;
        let replica = Arc::new(Replica::new(config.node, incarnation, config.voters.clone())?);
        let engine = Engine::start_recorded(engine_config(&config.limits), store, &replica, recording.as_ref())?;
        let shared = Arc::new(Shared {
            hello: Hello::node(ClusterId(config.cluster), config.node, incarnation, config.voters.epoch()),
            peers: Peers::new(config.node, &config.dialled(), config.voters.clone(), &starts),
            engine,
            recording,
            metrics: super::metrics::Metrics::default(),
            client_slots: Arc::new(Semaphore::new(config.limits.connections)),
            slow: super::slow::SlowOps::new(config.limits.slow_threshold, config.show_keys),
            traced: super::traced::Traced::default(),
            notices: super::notices::Notices::default(),
            shutdown: Shutdown::new(),
            peers_stop: Shutdown::new(),
            seed: RandomState::new().build_hasher().finish(),
            started: Instant::now(),
            config,
        });
        Ok(Self::serve(shared, listener, admin))
    }

    fn serve(shared: Arc<Shared>, listener: TcpListener, admin: Option<TcpListener>) -> Self {
        let address = |listener: &TcpListener| listener.local_addr().ok();
        let unspecified = SocketAddr::from(([0, 0, 0, 0], 0));
        let node = Self {
            address: address(&listener).unwrap_or(unspecified),
            admin: admin.as_ref().and_then(address),
            shared: Arc::clone(&shared),
        };
        if let Some(admin) = admin {
            let source: Arc<dyn admin::Source> = shared.clone();
            tokio::spawn(admin::serve(admin, source, shared.peers_stop.clone()));
        }
        for peer in shared.peers.iter() {
            if let Some(outbox) = shared.engine.outbox(peer.node) {
                tokio::spawn(sender::run(Arc::clone(&shared), Arc::clone(peer), outbox));
            }
        }
        tokio::spawn(listener::run(shared, listener));
        node
    }

    /// Who it is, and where it listens.
    pub fn node(&self) -> NodeId {
        self.shared.hello.node
    }

    /// Which start of it this is, and in which cluster.
    pub fn hello(&self) -> &Hello {
        &self.shared.hello
    }

    /// Where peers and clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the admin port listens.
    pub fn admin(&self) -> Option<SocketAddr> {
        self.admin
    }

    /// Whether it can serve.
    ///
    /// # Errors
    /// What is missing, in words.
    pub fn ready(&self) -> Result<(), String> {
        self.shared.ready()
    }

    /// A look at the engine's threads, to be compared with the next.
    pub fn pulse(&self) -> Pulse {
        self.shared.engine.pulse()
    }

    /// Takes over what may change while it runs; the rest waits for a restart, see [`NodeConfig::needs_restart`].
    pub fn reload(&self, config: &NodeConfig) {
        self.shared.slow.set(config.limits.slow_threshold, config.show_keys);
    }

    /// Ready when the node has stopped by itself, with the reason. The process must then exit with an error.
    pub async fn fatal(&self) -> Arc<Fatal> {
        self.shared.engine.fatal().await
    }

    /// Waits, for a bounded time, until the recording is written, if there is one. For the end of a node; blocks.
    pub fn finish_recording(&self) {
        self.shared.recording.iter().for_each(Recording::finish);
    }

    /// Stops: takes no more requests, answers those under way (for a bounded time), makes everything durable that was
    /// handed to the store, then leaves its peers.
    pub async fn stop(self) {
        let shared = &self.shared;
        shared.shutdown.request();
        let grace = shared.config.limits.stop_timeout;
        if timeout(grace, shared.shutdown.idle()).await.is_err() {
            tracing::warn!("requests were still under way when the time for a clean stop was over");
        }
        shared.engine.shutdown().await;
        self.finish_recording();
        shared.peers_stop.request();
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("hello", &self.shared.hello).finish_non_exhaustive()
    }
}

async fn bind(address: &str) -> Result<TcpListener, StartNodeError> {
    TcpListener::bind(address).await.map_err(|source| StartNodeError::Listen { address: address.to_owned(), source })
}

fn engine_config(limits: &Limits) -> EngineConfig {
    EngineConfig {
        inbox: limits.inbox,
        outbox: limits.outbox,
        cache: limits.logs_in_memory,
        driver: DriverLimits { logs: limits.logs_in_memory, waiting: limits.operations, ..DriverLimits::default() },
        stop_grace: limits.stop_timeout,
        ..EngineConfig::default()
    }
}
