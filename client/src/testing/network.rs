use super::stream::MemoryStream;
use super::weather::Weather;
use crate::wire::ByteStream;
use quorate_driver::SplitMix64;
use quorate_protocol::NodeId;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;

/// Connections to one node that it has not looked at yet, as in a socket's backlog; more wait.
const BACKLOG_MAX: usize = 128;
/// How long TCP waits before it sends a lost segment again.
const RETRANSMIT: Duration = Duration::from_millis(200);
/// How often in a row one segment is lost at most.
const LOSSES_MAX: u32 = 5;

/// Who can reach whom, and how long that takes.
#[derive(Clone, Debug)]
pub(crate) struct Network(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    weather: Weather,
    random: SplitMix64,
    /// The group of each node while there is a partition; nobody's otherwise.
    groups: BTreeMap<NodeId, usize>,
    listeners: BTreeMap<NodeId, mpsc::Sender<MemoryStream>>,
    addresses: BTreeMap<String, NodeId>,
    /// Ends of connections that wait for both sides to be together again, by the number of the end.
    waiting: BTreeMap<u64, Waker>,
    ends: u64,
}

/// From where to where one end of a connection sends. `None` is a place that can reach everybody.
#[derive(Debug)]
pub(super) struct Route {
    from: Option<NodeId>,
    to: Option<NodeId>,
    end: u64,
}

/// A place in the network from where connections are opened.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    network: Network,
    at: Option<NodeId>,
}

impl Network {
    pub(super) fn new(weather: Weather, seed: u64, addresses: BTreeMap<String, NodeId>) -> Self {
        Self(Arc::new(Mutex::new(State {
            weather,
            random: SplitMix64::new(seed),
            groups: BTreeMap::new(),
            listeners: BTreeMap::new(),
            addresses,
            waiting: BTreeMap::new(),
            ends: 0,
        })))
    }

    /// A place beside a node, or one that can reach everybody.
    pub(super) fn port(&self, at: Option<NodeId>) -> Port {
        Port { network: self.clone(), at }
    }

    /// A node begins to listen.
    pub(super) fn listen(&self, node: NodeId) -> mpsc::Receiver<MemoryStream> {
        let (sender, receiver) = mpsc::channel(BACKLOG_MAX);
        self.state().listeners.insert(node, sender);
        receiver
    }

    /// A node listens no more.
    pub(super) fn close(&self, node: NodeId) {
        self.state().listeners.remove(&node);
    }

    /// From now on nodes reach each other within their group alone.
    pub(super) fn divide(&self, groups: BTreeMap<NodeId, usize>) {
        let mut state = self.state();
        state.groups = groups;
        std::mem::take(&mut state.waiting).into_values().for_each(Waker::wake);
    }

    pub(super) fn weather(&self) -> Weather {
        self.state().weather.clone()
    }

    /// Whether two nodes can reach each other.
    pub(super) fn joins(&self, one: NodeId, other: NodeId) -> bool {
        self.state().are_together(Some(one), Some(other))
    }

    /// How long the next segment is on its way.
    pub(super) fn transit(&self) -> Duration {
        let state = &mut *self.state();
        let mut transit = state.weather.latency(&mut state.random);
        for _ in 0..LOSSES_MAX {
            if !state.weather.loses(&mut state.random) {
                break;
            }
            transit += RETRANSMIT;
        }
        transit
    }

    pub(super) fn is_open(&self, route: &Route) -> bool {
        self.state().is_open(route)
    }

    /// Ready while both ends are together.
    pub(super) fn poll_open(&self, route: &Route, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.is_open(route) {
            return Poll::Ready(());
        }
        state.waiting.insert(route.end, cx.waker().clone());
        Poll::Pending
    }

    /// An end is gone.
    pub(super) fn forget(&self, route: &Route) {
        self.state().waiting.remove(&route.end);
    }

    /// The other end's route.
    pub(super) fn back(&self, route: &Route) -> Route {
        self.route(route.to, route.from)
    }

    fn route(&self, from: Option<NodeId>, to: Option<NodeId>) -> Route {
        let mut state = self.state();
        state.ends += 1;
        Route { from, to, end: state.ends }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_open(&self, route: &Route) -> bool {
        self.are_together(route.from, route.to)
    }

    fn are_together(&self, one: Option<NodeId>, other: Option<NodeId>) -> bool {
        let group = |node: Option<NodeId>| node.and_then(|node| self.groups.get(&node));
        match (group(one), group(other)) {
            (Some(from), Some(to)) => from == to,
            _ => true,
        }
    }
}

impl Port {
    /// Opens a connection, as TCP does: there and back once, and for as long as it takes while the other side cannot be
    /// reached. A frozen node's connections open, and nobody speaks.
    ///
    /// # Errors
    /// Nobody has the address, or nobody listens there.
    pub(crate) async fn open(&self, address: &str) -> io::Result<ByteStream> {
        let network = &self.network;
        let to = network.state().addresses.get(address).copied();
        let to =
            to.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no node of the cluster has this address"))?;
        let route = network.route(self.at, Some(to));
        let _forgotten = Forget(network, &route);
        poll_fn(|cx| network.poll_open(&route, cx)).await;
        sleep(network.transit()).await;
        let listener = network.state().listeners.get(&to).cloned();
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        let (ours, theirs) = MemoryStream::pair(network, network.route(self.at, Some(to)));
        let sent = match listener {
            Some(listener) => listener.send(theirs).await.is_ok(),
            None => false,
        };
        sleep(network.transit()).await;
        if sent { Ok(ours.into()) } else { Err(refused()) }
    }
}

/// An opening that is given up waits for nothing.
struct Forget<'a>(&'a Network, &'a Route);

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.0.forget(self.1);
    }
}
