use super::disk::Disk;
use super::machine::{Identity, Machine};
use super::network::Network;
use super::process::Process;
use super::{ClusterBuilder, ClusterError, NodeState, node};
use crate::history::Clock;
use crate::wire::{ClusterId, Hello};
use quorate_driver::SplitMix64;
use quorate_protocol::{Config, ConfigEpoch, Incarnation, NodeId};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

const EPOCH: ConfigEpoch = ConfigEpoch(1);
/// How long a start waits until the nodes have found each other; it goes on without that.
const MEET_MAX: Duration = Duration::from_secs(10);

/// A cluster within the process: see the [module](super). Clones are the same cluster; with the last one, every node is
/// killed.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub(super) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) id: ClusterId,
    pub(super) network: Network,
    pub(super) addresses: Arc<BTreeMap<NodeId, String>>,
    nodes: BTreeMap<NodeId, Node>,
    seeds: Mutex<SplitMix64>,
    links: Arc<Notify>,
    pub(super) clock: Clock,
    pub(super) recorders: AtomicU64,
}

/// A node through all its starts.
#[derive(Debug)]
pub(super) struct Node {
    identity: Identity,
    disk: Disk,
    running: Mutex<Option<Running>>,
}

#[derive(Clone, Debug)]
struct Running {
    process: Process,
    machine: Arc<Machine>,
}

impl Cluster {
    /// A cluster of so many nodes, numbered from 1, that have found each other. The same as
    /// `Cluster::builder().nodes(nodes).start()`.
    ///
    /// # Errors
    /// As [`ClusterBuilder::start`].
    pub async fn start(nodes: u16) -> Result<Self, ClusterError> {
        Self::builder().nodes(nodes).start().await
    }

    /// Options for a cluster.
    pub fn builder() -> ClusterBuilder {
        ClusterBuilder::default().nodes(3)
    }

    pub(super) fn assemble(options: &ClusterBuilder) -> Result<Self, ClusterError> {
        let voters =
            Config::new(EPOCH, (1..=options.nodes).map(NodeId)).map_err(|_| ClusterError::Nodes(options.nodes))?;
        let mut seeds = SplitMix64::new(options.seed);
        let id = ClusterId(u128::from(seeds.next_u64()) << 64 | u128::from(seeds.next_u64()));
        let address = |node: &NodeId| (*node, format!("node-{}.test:7400", node.0));
        let addresses: BTreeMap<NodeId, String> = voters.voters().iter().map(address).collect();
        let by_address = addresses.iter().map(|(node, address)| (address.clone(), *node)).collect();
        let network = Network::new(options.weather.clone(), seeds.next_u64(), by_address);
        let (addresses, links) = (Arc::new(addresses), Arc::new(Notify::new()));
        let node = |node: &NodeId| {
            let identity = Identity {
                node: *node,
                voters: voters.clone(),
                hello: Hello::node(id, *node, Incarnation(0), EPOCH),
                addresses: Arc::clone(&addresses),
                links: Arc::clone(&links),
            };
            (*node, Node { identity, disk: Disk::default(), running: Mutex::default() })
        };
        let nodes = voters.voters().iter().map(node).collect();
        let (seeds, clock, recorders) = (Mutex::new(seeds), Clock::start(), AtomicU64::new(0));
        Ok(Self { shared: Arc::new(Shared { id, network, addresses, nodes, seeds, links, clock, recorders }) })
    }

    pub(super) async fn start_all(&self) -> Result<(), ClusterError> {
        for node in self.shared.nodes.values() {
            self.launch(node)?;
        }
        self.meet().await;
        Ok(())
    }

    /// The numbers of the nodes, ascending.
    pub fn nodes(&self) -> Vec<u16> {
        self.shared.nodes.keys().map(|node| node.0).collect()
    }

    /// Ends a node at once, as SIGKILL and a power cut together do: what it had not synced is gone, and whoever was
    /// connected sees the connection break.
    ///
    /// # Errors
    /// [`ClusterError::NoSuchNode`], [`ClusterError::NotRunning`].
    pub fn kill(&self, node: u16) -> Result<(), ClusterError> {
        let running = self.node(node)?.running().take();
        let Some(running) = running else {
            return Err(ClusterError::NotRunning(node));
        };
        self.shared.network.close(NodeId(node));
        running.process.kill();
        Ok(())
    }

    /// Starts a node that does not run, over what it had synced, and waits until it and the others have found each
    /// other, as far as they run and can; ten seconds at most.
    ///
    /// # Errors
    /// [`ClusterError::NoSuchNode`], [`ClusterError::Running`], [`ClusterError::NoRuntime`].
    pub async fn start_node(&self, node: u16) -> Result<(), ClusterError> {
        tokio::runtime::Handle::try_current().map_err(|_| ClusterError::NoRuntime)?;
        self.launch(self.node(node)?)?;
        self.meet().await;
        Ok(())
    }

    /// Stops a node as SIGSTOP does: it makes no progress, its connections stay open, and what is sent to it waits.
    ///
    /// # Errors
    /// [`ClusterError::NoSuchNode`], [`ClusterError::NotRunning`].
    pub fn freeze(&self, node: u16) -> Result<(), ClusterError> {
        self.set_frozen(node, true)
    }

    /// Lets a frozen node go on, as SIGCONT does.
    ///
    /// # Errors
    /// As [`freeze`](Cluster::freeze).
    pub fn thaw(&self, node: u16) -> Result<(), ClusterError> {
        self.set_frozen(node, false)
    }

    /// Keeps the groups apart until [`heal`](Cluster::heal) or the next partition: between two of them nothing arrives,
    /// and no connection breaks by it. The nodes that are not named are one more group. Clients beside a node are in its
    /// group, others can reach everybody.
    ///
    /// # Errors
    /// [`ClusterError::NoSuchNode`], [`ClusterError::NamedTwice`].
    pub fn partition<G: AsRef<[u16]>>(&self, groups: impl IntoIterator<Item = G>) -> Result<(), ClusterError> {
        let mut of: BTreeMap<NodeId, usize> = BTreeMap::new();
        for (group, nodes) in (1..).zip(groups) {
            for node in nodes.as_ref() {
                self.node(*node)?;
                if of.insert(NodeId(*node), group).is_some() {
                    return Err(ClusterError::NamedTwice(*node));
                }
            }
        }
        for node in self.shared.nodes.keys() {
            of.entry(*node).or_insert(0);
        }
        self.shared.network.divide(of);
        Ok(())
    }

    /// Ends a partition. What was sent during it arrives.
    pub fn heal(&self) {
        self.shared.network.divide(BTreeMap::new());
    }

    /// How a node is.
    ///
    /// # Errors
    /// [`ClusterError::NoSuchNode`].
    pub fn state(&self, node: u16) -> Result<NodeState, ClusterError> {
        Ok(match &*self.node(node)?.running() {
            None => NodeState::Down,
            Some(Running { process, .. }) => match process.failure() {
                Some(error) => NodeState::Failed(error.to_string()),
                None if process.is_frozen() => NodeState::Frozen,
                None => NodeState::Running,
            },
        })
    }

    pub(super) fn node(&self, node: u16) -> Result<&Node, ClusterError> {
        self.shared.nodes.get(&NodeId(node)).ok_or(ClusterError::NoSuchNode(node))
    }

    fn set_frozen(&self, node: u16, frozen: bool) -> Result<(), ClusterError> {
        let running = self.node(node)?.running();
        let running = running.as_ref().ok_or(ClusterError::NotRunning(node))?;
        running.process.set_frozen(frozen);
        Ok(())
    }

    fn launch(&self, node: &Node) -> Result<(), ClusterError> {
        let mut running = node.running();
        let id = node.identity.node;
        if running.as_ref().is_some_and(|running| running.process.failure().is_none()) {
            return Err(ClusterError::Running(id.0));
        }
        let network = self.shared.network.clone();
        let incoming = network.listen(id);
        let machine = Machine::begin(&node.identity, network, node.disk.clone(), self.next_seed())?;
        let machine = Arc::new(machine);
        let process = Process::new(node::run(Arc::clone(&machine), incoming));
        tokio::spawn(process.clone());
        *running = Some(Running { process, machine });
        Ok(())
    }

    /// Waits until every two nodes that run and can reach each other do so.
    async fn meet(&self) {
        let met = async {
            loop {
                let mut changed = std::pin::pin!(self.shared.links.notified());
                changed.as_mut().enable();
                if self.have_met() {
                    return;
                }
                changed.await;
            }
        };
        // Where they cannot in time (a slow network, say) they go on trying by themselves.
        let _ = timeout(MEET_MAX, met).await;
    }

    fn have_met(&self) -> bool {
        let running = |node: &Node| node.running().clone().filter(|running| !running.process.is_frozen());
        let running: Vec<_> = self.shared.nodes.values().filter_map(running).collect();
        running.iter().all(|one| {
            running.iter().all(|other| {
                let (from, to) = (one.machine.me, other.machine.me);
                from.node == to.node || !self.shared.network.joins(from.node, to.node) || one.machine.reaches(to)
            })
        })
    }

    pub(super) fn next_seed(&self) -> u64 {
        self.shared.seeds.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }
}

impl Node {
    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for running in self.nodes.values().filter_map(|node| node.running().take()) {
            running.process.kill();
        }
    }
}
