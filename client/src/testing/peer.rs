use super::machine::Machine;
use super::network::Port;
use crate::wire::{
    ConnectError, Connection, Deadlines, PeerClient, PeerRequest, PeerResponse, Refused, VoterStatus, connect_over,
    limits::PEER_CONNECTIONS_MAX, peer_client, take_frame,
};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use quorate_protocol::{Envelope, Incarnation, NodeId};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

/// Messages that wait for one peer; more are dropped, which the protocol takes for loss.
const OUTBOX_MAX: usize = 1 << 16;
/// Deliveries under way to one peer.
const IN_FLIGHT_MAX: usize = 2;
/// When a peer hears of us after something was said, and how often it does at least: the pause doubles while nothing
/// else is said. A node's is always the first, but here nobody wants to wait for a quiet hour's heartbeats.
const HEARTBEAT: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(64));
/// How long a delivery may take before the connection is given up.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(2);
/// The first and the longest wait before a peer is tried again.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(1000));

/// Another node, as one start of a node sees it.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) node: NodeId,
    address: String,
    outbox: Mutex<VecDeque<Envelope>>,
    filled: Notify,
    up: AtomicBool,
    incarnation: AtomicU32,
    /// Ready when it says something while it is not up.
    heard: Notify,
    inbound: Arc<Semaphore>,
    links: Arc<Notify>,
}

impl Peer {
    pub(super) fn new(node: NodeId, address: String, highest: Incarnation, links: Arc<Notify>) -> Self {
        Self {
            node,
            address,
            outbox: Mutex::default(),
            filled: Notify::new(),
            up: AtomicBool::new(false),
            incarnation: AtomicU32::new(highest.0),
            heard: Notify::new(),
            inbound: Arc::new(Semaphore::new(PEER_CONNECTIONS_MAX)),
            links,
        }
    }

    pub(super) fn send(&self, envelope: Envelope) {
        let mut outbox = self.outbox();
        if outbox.len() < OUTBOX_MAX {
            outbox.push_back(envelope);
            self.filled.notify_one();
        }
    }

    /// Its highest start that is durably known.
    pub(super) fn incarnation(&self) -> Incarnation {
        Incarnation(self.incarnation.load(Ordering::Acquire))
    }

    pub(super) fn raise(&self, incarnation: Incarnation) {
        self.incarnation.fetch_max(incarnation.0, Ordering::AcqRel);
    }

    /// One of the connections that it may have here.
    pub(super) fn join(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.inbound).try_acquire_owned().ok()
    }

    /// It said something, so it may well be reachable.
    pub(super) fn hear(&self) {
        if !self.is_up() {
            self.heard.notify_one();
        }
    }

    pub(super) fn is_up(&self) -> bool {
        self.up.load(Ordering::Acquire)
    }

    pub(super) fn status(&self) -> VoterStatus {
        let (node, address) = (self.node, self.address.clone());
        VoterStatus { node, address, up: self.is_up(), incarnation: self.incarnation() }
    }

    /// Whether that is news.
    fn set_up(&self, up: bool) -> bool {
        let before = self.up.swap(up, Ordering::AcqRel);
        self.links.notify_waiters();
        before != up
    }

    /// Waits for messages, and takes what fits into one frame.
    async fn next_frame(&self) -> Vec<Envelope> {
        loop {
            let frame = take_frame(&mut self.outbox());
            if !frame.is_empty() {
                return frame;
            }
            self.filled.notified().await;
        }
    }

    /// Drops what waits: messages of before a connection was lost say less than those that follow.
    fn discard(&self) {
        self.outbox().clear();
    }

    fn outbox(&self) -> MutexGuard<'_, VecDeque<Envelope>> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends to `peer` for as long as the node lives: over one connection after the other.
pub(super) async fn send_all(machine: Arc<Machine>, peer: Arc<Peer>, port: Port) {
    let mut backoff = BACKOFF.0;
    loop {
        if let Ok(connection) = open(&machine, &peer, &port).await {
            peer.discard();
            peer.set_up(true);
            over(&peer, connection).await;
        }
        if peer.set_up(false) {
            backoff = BACKOFF.0;
        }
        tokio::select! {
            biased;
            () = sleep(backoff) => {}
            // A node that is back takes requests at once, and can get nothing chosen until it is answered.
            () = async { tokio::join!(sleep(BACKOFF.0), peer.heard.notified()); } => {}
        }
        backoff = (backoff * 2).min(BACKOFF.1);
        peer.discard();
    }
}

/// Connects, and takes the peer's start into account before anything is said to it.
async fn open(machine: &Machine, peer: &Peer, port: &Port) -> Result<Connection, ConnectError> {
    let connection = connect_over(port.open(&peer.address), &machine.hello).await?;
    if connection.theirs.node != peer.node {
        return Err(ConnectError::Unwanted(Refused::Node));
    }
    machine.admit(peer, connection.theirs.incarnation).await.map_err(ConnectError::Unwanted)?;
    Ok(connection)
}

/// Sends over one connection until it breaks.
async fn over(peer: &Peer, connection: Connection) {
    let deadlines = connection.deadlines();
    let (client, driven) = peer_client(connection);
    let pump = async {
        let mut under_way = FuturesUnordered::new();
        let mut heartbeat = HEARTBEAT.0;
        loop {
            tokio::select! {
                biased;
                Some(taken) = under_way.next(), if !under_way.is_empty() => {
                    let goes_on: bool = taken;
                    if !goes_on {
                        return;
                    }
                }
                frame = peer.next_frame(), if under_way.len() < IN_FLIGHT_MAX => {
                    heartbeat = HEARTBEAT.0;
                    under_way.push(deliver(&client, &deadlines, frame));
                }
                () = sleep(heartbeat), if under_way.is_empty() => {
                    heartbeat = (heartbeat * 2).min(HEARTBEAT.1);
                    under_way.push(deliver(&client, &deadlines, Vec::new()));
                }
            }
        }
    };
    tokio::select! {
        biased;
        _ = driven => {}
        () = pump => {}
    }
}

/// Whether the delivery was answered by one that goes on.
async fn deliver(client: &PeerClient, deadlines: &Deadlines, frame: Vec<Envelope>) -> bool {
    let context = deadlines.context(Instant::now() + DELIVERY_TIMEOUT);
    let delivered = timeout(DELIVERY_TIMEOUT, client.deliver(context, PeerRequest::V1(frame))).await;
    matches!(delivered, Ok(Ok(PeerResponse::Taken | PeerResponse::Overloaded)))
}
