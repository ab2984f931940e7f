//! A cluster of tiny real servers on loopback: they speak the shipped wire, and the shipped core decides.
#![allow(dead_code)] // Every test file uses its own part of it.

mod world;

use futures::StreamExt;
use quorate_client::{
    Client, ClientBuilder, ClusterId,
    wire::{
        self, Hello, Inspection, Kv, KvRequest, KvRequestV1, KvResponse, KvResponseV1, NodeStatus, Refusal, VoterStatus,
    },
};
use quorate_protocol::{ConfigEpoch, Incarnation, LogId, NodeId, Operation, Request, read_reply};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tarpc::{
    context,
    server::{BaseChannel, Channel},
};
use tokio::{net::TcpSocket, runtime::Runtime};
use world::World;

/// The cluster of every test.
pub(crate) const CLUSTER: ClusterId = ClusterId(0x5157);

/// How a node treats its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Well.
    Up,
    /// Its port is closed, and the other replicas do not reach it either.
    Closed,
    /// It closes connections before it has said hello.
    Hangup,
    /// It accepts connections and says nothing, not even hello.
    Silent,
    /// It answers reads; writes it performs, and never answers.
    Mute,
    /// It answers reads; writes it keeps, neither performing nor answering them.
    Swallow,
    /// As `Mute` until somebody resolves a write; from then on every node treats its clients well.
    MuteUntilResolved,
    /// As `Swallow` until somebody resolves a write; from then on every node treats its clients well.
    SwallowUntilResolved,
    /// It refuses writes.
    Overloaded,
}

impl Mode {
    fn is_resolved_by(self, request: &Request) -> bool {
        matches!(self, Self::MuteUntilResolved | Self::SwallowUntilResolved) && request.operation == Operation::Cancel
    }
}

/// What the servers share.
struct Shared {
    world: World,
    modes: Vec<Mode>,
    addresses: Vec<SocketAddr>,
    swallowed: Vec<(NodeId, LogId, Request)>,
}

/// Three servers, in a runtime of their own.
pub(crate) struct Cluster {
    shared: Arc<Mutex<Shared>>,
    runtime: Option<Runtime>,
    /// Bound, so that nobody else gets the port, and not listened on.
    _closed: Vec<TcpSocket>,
}

#[derive(Clone)]
struct Server {
    node: NodeId,
    shared: Arc<Mutex<Shared>>,
}

impl Cluster {
    pub(crate) fn start(modes: [Mode; 3]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sockets = modes.map(|_| TcpSocket::new_v4().unwrap());
        for socket in &sockets {
            socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        }
        let addresses = sockets.iter().map(|socket| socket.local_addr().unwrap()).collect();
        let mut world = World::new(3);
        world.down = (1..).zip(modes).filter(|(_, mode)| *mode == Mode::Closed).map(|(node, _)| NodeId(node)).collect();
        let shared = Shared { world, modes: modes.to_vec(), addresses, swallowed: Vec::new() };
        let shared = Arc::new(Mutex::new(shared));
        let mut closed = Vec::new();
        for (node, socket) in (1..).zip(sockets) {
            let server = Server { node: NodeId(node), shared: shared.clone() };
            if server.mode() == Mode::Closed {
                closed.push(socket);
            } else {
                runtime.spawn(server.listen(socket));
            }
        }
        Self { shared, runtime: Some(runtime), _closed: closed }
    }

    pub(crate) fn addresses(&self) -> Vec<String> {
        self.shared.lock().unwrap().addresses.iter().map(ToString::to_string).collect()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder().seeds(self.addresses()).cluster(CLUSTER)
    }

    pub(crate) async fn client(&self) -> Client {
        self.builder().build().await.unwrap()
    }

    /// Takes effect for requests from now on; a closed port stays closed.
    pub(crate) fn set_modes(&self, modes: [Mode; 3]) {
        self.shared.lock().unwrap().modes = modes.to_vec();
    }

    /// From now on these hear nothing of the other replicas, and say nothing to them; clients reach them.
    pub(crate) fn isolate(&self, nodes: &[u16]) {
        self.shared.lock().unwrap().world.down = nodes.iter().copied().map(NodeId).collect();
    }

    /// Every replica learns which slots of a key are chosen, as if the key had been written once more.
    pub(crate) fn settle(&self, key: &str) {
        let shared = &mut *self.shared.lock().unwrap();
        let log = LogId::of_key(key.to_owned());
        let nodes = || (1..=3).map(NodeId);
        let last = nodes().map(|node| shared.world.snapshot(node, &log).chosen_slot()).max().unwrap();
        nodes().for_each(|node| shared.world.settle(node, &log, last));
    }

    /// Performs the writes that were swallowed, late; returns what they came to.
    pub(crate) fn perform_swallowed(&self) -> Vec<quorate_protocol::Reply> {
        let shared = &mut *self.shared.lock().unwrap();
        let swallowed = std::mem::take(&mut shared.swallowed).into_iter();
        swallowed.filter_map(|(node, log, request)| shared.world.write(node, &log, request)).collect()
    }

    /// How many earlier request ids entries keep from now on.
    pub(crate) fn set_keep(&self, keep: u8) {
        self.shared.lock().unwrap().world.keep = keep;
    }

    pub(crate) fn swallowed(&self) -> Vec<Request> {
        self.shared.lock().unwrap().swallowed.iter().map(|(.., request)| request.clone()).collect()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Server {
    fn mode(&self) -> Mode {
        self.shared.lock().unwrap().modes[usize::from(self.node.0) - 1]
    }

    async fn listen(self, socket: TcpSocket) {
        let listener = socket.listen(64).unwrap();
        let mut silent = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            match self.mode() {
                Mode::Silent => {
                    silent.push(stream);
                    continue;
                }
                Mode::Hangup => continue,
                _ => {}
            }
            let server = self.clone();
            tokio::spawn(async move {
                let ours = Hello::node(CLUSTER, server.node, Incarnation(1), ConfigEpoch(1));
                if let Ok(connection) = wire::accept(stream, &ours, |_| Ok(())).await {
                    let channel = BaseChannel::with_defaults(wire::kv_server(connection));
                    channel.execute(server.serve()).for_each_concurrent(None, |handled| handled).await;
                }
            });
        }
    }

    /// `None`: no answer, ever.
    fn answer(&self, request: KvRequestV1) -> Option<Result<KvResponseV1, Refusal>> {
        let (node, mode) = (self.node, self.mode());
        let shared = &mut *self.shared.lock().unwrap();
        let world = &mut shared.world;
        Some(Ok(match request {
            _ if mode == Mode::Silent => return None,
            KvRequestV1::Write { log, request } if mode.is_resolved_by(&request) => {
                shared.modes.fill(Mode::Up);
                KvResponseV1::Written(world.write(node, &log, request)?)
            }
            KvRequestV1::Write { log, request } => match mode {
                Mode::Overloaded => return Some(Err(Refusal::Overloaded)),
                Mode::Swallow | Mode::SwallowUntilResolved => {
                    shared.swallowed.push((node, log, request));
                    return None;
                }
                Mode::Mute | Mode::MuteUntilResolved => {
                    world.write(node, &log, request);
                    return None;
                }
                _ => KvResponseV1::Written(world.write(node, &log, request)?),
            },
            KvRequestV1::Read { log, id, full } => {
                KvResponseV1::Read(read_reply(id, &world.snapshot(node, &log), full))
            }
            KvRequestV1::Slot { log } => KvResponseV1::Slot(world.snapshot(node, &log).chosen_slot()),
            KvRequestV1::Help { log, slot } => {
                world.help(node, &log, slot);
                KvResponseV1::Ack
            }
            KvRequestV1::Settle { log, slot } => {
                world.settle(node, &log, slot);
                KvResponseV1::Ack
            }
            KvRequestV1::Inspect { log } => KvResponseV1::Inspection(Box::new(Inspection {
                node,
                incarnation: Incarnation(1),
                record: Some(world.snapshot(node, &log)),
                corrupt: false,
                phase: "idle".to_owned(),
                waiting: 0,
            })),
            KvRequestV1::Status => KvResponseV1::Status(Box::new(self.status(&shared.addresses))),
        }))
    }

    fn status(&self, addresses: &[SocketAddr]) -> NodeStatus {
        let voter = |(node, address): (u16, &SocketAddr)| VoterStatus {
            node: NodeId(node),
            address: address.to_string(),
            up: true,
            incarnation: Incarnation(1),
        };
        NodeStatus {
            node: self.node,
            incarnation: Incarnation(1),
            cluster: CLUSTER,
            epoch: ConfigEpoch(1),
            voters: (1..).zip(addresses).map(voter).collect(),
            version: "test".to_owned(),
            uptime_ms: 0,
            logs: 0,
            corrupt: 0,
            corrupt_logs: Vec::new(),
            counters: Vec::new(),
        }
    }
}

impl Kv for Server {
    async fn call(self, _: context::Context, request: KvRequest) -> Result<KvResponse, Refusal> {
        let KvRequest::V1 { request, .. } = request;
        request.check_limits()?;
        match self.answer(request) {
            Some(answer) => answer.map(KvResponse::V1),
            None => std::future::pending().await,
        }
    }
}
