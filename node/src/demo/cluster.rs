use super::directory::Directory;
use super::grouping::Grouping;
use super::link::Condition;
use super::links::Links;
use super::process::{Launch, NodeProcess, State};
use crate::cli::{Exit, Failure, Format, Init, Target};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// How many nodes a demo has.
pub(super) const NODES: u16 = 3;
/// How long a node may take to serve, or to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// The demo's nodes: processes with data on disk, and the ways between them.
pub(super) struct Cluster {
    init: Init,
    /// In the order of the nodes.
    processes: Vec<NodeProcess>,
    links: Links,
    /// So that no other demo takes the nodes' ports while they are dead.
    _claim: TcpListener,
    /// After the processes, which must be gone before it is.
    directory: Directory,
}

impl Cluster {
    /// Writes configurations and data directories, under `out` or in a temporary directory.
    ///
    /// # Errors
    /// The directory cannot be written, or no ports are free.
    pub(super) async fn create(out: Option<PathBuf>) -> Result<Self, Failure> {
        let claimed = claim_base_port().ok_or_else(|| Failure::new(Exit::Unavailable, "no ports are free"))?;
        let (base_port, claim) = claimed;
        let directory = out.map_or_else(Directory::temporary, |out| Ok(Directory::kept(out)));
        let directory = directory.map_err(|error| Failure::usage(format!("no temporary directory: {error}")))?;
        let init = Init { out: directory.nodes(), nodes: NODES, base_port, host: "127.0.0.1".to_owned() };
        init.create()?;
        let links = Links::open(|node| SocketAddr::from(([127, 0, 0, 1], base_port + node))).await;
        let links = links.map_err(|error| Failure::new(Exit::Unavailable, format!("no ports for links: {error}")))?;
        let processes = (0..NODES).map(|_| NodeProcess::default()).collect();
        Ok(Self { init, processes, links, _claim: claim, directory })
    }

    /// Where the nodes' data and logs are.
    pub(super) fn directory(&self) -> PathBuf {
        self.directory.nodes()
    }

    /// How a client finds the nodes.
    pub(super) fn target(&self) -> Target {
        let endpoints = (1..=NODES).map(|node| self.init.address(node, 0)).collect();
        Target { endpoints, timeout: Duration::from_secs(3), cluster: None, format: Format::at_prompt() }
    }

    /// Starts every node, and waits until each listens.
    ///
    /// # Errors
    /// One does not start in time.
    pub(super) async fn start_all(&mut self) -> Result<(), Failure> {
        for node in 1..=NODES {
            self.start(node).await?;
        }
        Ok(())
    }

    /// How each node is, in their order.
    pub(super) fn states(&mut self) -> Vec<State> {
        self.processes.iter_mut().map(NodeProcess::state).collect()
    }

    /// How the way between each two nodes is.
    pub(super) fn pairs(&self) -> Vec<(u16, u16, Condition)> {
        self.links.pairs().collect()
    }

    /// Starts one node, and waits until it listens.
    ///
    /// # Errors
    /// It runs, or does not start in time.
    pub(super) async fn start(&mut self, node: u16) -> Result<(), Failure> {
        match self.process(node)?.state() {
            State::Dead => {}
            State::Frozen => return Err(Failure::usage(format!("node {node} is frozen; thaw {node} lets it go on"))),
            State::Up => return Err(Failure::usage(format!("node {node} runs"))),
        }
        let launch = Launch {
            config: self.init.config_path(node),
            log: self.init.out.join(format!("node{node}.log")),
            dial: self.links.dialled_by(node).collect(),
        };
        let address = self.init.address(node, 0);
        let process = self.process(node)?;
        process.start(&launch).map_err(|error| cannot_start(node, &error))?;
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(&address).await.is_err() {
            if process.state() == State::Dead || Instant::now() > deadline {
                return Err(cannot_start(node, &format!("see {}", launch.log.display())));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Ends one node without warning, as a power cut would (SIGKILL), be it frozen or not.
    ///
    /// # Errors
    /// It does not run.
    pub(super) fn kill(&mut self, node: u16) -> Result<(), Failure> {
        let process = self.process(node)?;
        if process.state() == State::Dead {
            return Err(is_dead(node));
        }
        process.kill().map_err(|error| cannot_signal(node, &error))
    }

    /// Stops one node where it stands (SIGSTOP): it holds its connections, takes what is sent, and says nothing.
    ///
    /// # Errors
    /// It does not run, or is frozen.
    pub(super) fn freeze(&mut self, node: u16) -> Result<(), Failure> {
        let process = self.process(node)?;
        match process.state() {
            State::Dead => Err(is_dead(node)),
            State::Frozen => Err(Failure::usage(format!("node {node} is frozen"))),
            State::Up => process.freeze(true).map_err(|error| cannot_signal(node, &error)),
        }
    }

    /// Lets a frozen node go on (SIGCONT).
    ///
    /// # Errors
    /// It is not frozen.
    pub(super) fn thaw(&mut self, node: u16) -> Result<(), Failure> {
        let process = self.process(node)?;
        match process.state() {
            State::Dead => Err(is_dead(node)),
            State::Up => Err(Failure::usage(format!("node {node} is not frozen"))),
            State::Frozen => process.freeze(false).map_err(|error| cannot_signal(node, &error)),
        }
    }

    /// Cuts the links between groups, and mends those within them. Clients still reach every node.
    pub(super) fn partition(&self, grouping: &Grouping) {
        self.links.partition(grouping);
    }

    /// Delays everything between a node and the others.
    ///
    /// # Errors
    /// There is no such node.
    pub(super) fn slow(&mut self, node: u16, delay: Duration) -> Result<(), Failure> {
        self.process(node)?;
        self.links.slow(node, delay);
        Ok(())
    }

    /// Mends every link; whether there was anything to mend.
    pub(super) fn heal(&self) -> bool {
        self.links.heal()
    }

    fn process(&mut self, node: u16) -> Result<&mut NodeProcess, Failure> {
        let process = usize::from(node).checked_sub(1).and_then(|place| self.processes.get_mut(place));
        process.ok_or_else(|| Failure::usage(format!("there is no node {node}; nodes are 1 to {NODES}")))
    }

    /// Stops what runs, and removes a temporary directory.
    pub(super) async fn finish(&mut self) {
        self.processes.iter_mut().for_each(NodeProcess::ask_to_stop);
        let deadline = Instant::now() + PATIENCE;
        while self.states().iter().any(|state| *state != State::Dead) && Instant::now() < deadline {
            sleep(Duration::from_millis(10)).await;
        }
        // What has not stopped by now is killed.
        self.processes.clear();
        self.directory.remove();
    }
}

fn is_dead(node: u16) -> Failure {
    Failure::usage(format!("node {node} does not run; start {node} starts it"))
}

fn cannot_signal(node: u16, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Unavailable, format!("node {node} takes no signal: {error}"))
}

fn cannot_start(node: u16, reason: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Unavailable, format!("node {node} does not start: {reason}"))
}

/// A base port such that every port the nodes need is free at this moment. No node listens on the base port itself:
/// whoever holds that has the others to itself, as long as all that look for ports do so.
fn claim_base_port() -> Option<(u16, TcpListener)> {
    let bind = |port: u16| TcpListener::bind(("127.0.0.1", port));
    let all_free = |base: u16| (1..=NODES).all(|node| bind(base + node).is_ok() && bind(base + 100 + node).is_ok());
    let mut claims = (7400..=60_000).step_by(200).filter_map(|base| bind(base).ok().map(|claim| (base, claim)));
    claims.find(|(base, _)| all_free(*base))
}
