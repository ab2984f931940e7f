use crate::cli::{Exit, Failure, Format, Init, Target};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// How many nodes a demo has.
pub(super) const NODES: u16 = 3;
/// How long a node may take to serve, or to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// The demo's nodes: child processes of this very program, with data on disk.
pub(super) struct Cluster {
    init: Init,
    temporary: bool,
    /// In the order of the nodes; `None` where one does not run.
    children: Vec<Option<Child>>,
}

impl Cluster {
    /// Writes configurations and data directories, under `out` or in a temporary directory.
    ///
    /// # Errors
    /// The directory cannot be written, or no ports are free.
    pub(super) fn create(out: Option<PathBuf>) -> Result<Self, Failure> {
        let temporary = out.is_none();
        let own = || std::env::temp_dir().join(format!("quorate-demo-{}", std::process::id()));
        let base_port = free_base_port().ok_or_else(|| Failure::new(Exit::Unavailable, "no ports are free"))?;
        let init = Init { out: out.unwrap_or_else(own), nodes: NODES, base_port, host: "127.0.0.1".to_owned() };
        init.create()?;
        Ok(Self { init, temporary, children: (0..NODES).map(|_| None).collect() })
    }

    /// Where the nodes' data and logs are.
    pub(super) fn directory(&self) -> &Path {
        &self.init.out
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

    /// Starts one node, and waits until it listens.
    ///
    /// # Errors
    /// It runs, or does not start in time.
    pub(super) async fn start(&mut self, node: u16) -> Result<(), Failure> {
        let Some(slot) = self.children.get_mut(usize::from(node.wrapping_sub(1))) else {
            return Err(Failure::usage(format!("nodes are 1 to {NODES}")));
        };
        // One that ended by itself runs no longer.
        if slot.as_mut().is_some_and(has_ended) {
            *slot = None;
        }
        if slot.is_some() {
            return Err(Failure::usage(format!("node {node} runs")));
        }
        let log = self.init.out.join(format!("node{node}.log"));
        *slot = Some(spawn(&self.init.config_path(node), &log).map_err(|error| cannot_start(node, &error))?);
        let address = self.init.address(node, 0);
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(&address).await.is_err() {
            if slot.as_mut().is_some_and(has_ended) || Instant::now() > deadline {
                return Err(cannot_start(node, &format!("see {}", log.display())));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Ends one node without warning, as a power cut would (SIGKILL).
    ///
    /// # Errors
    /// It does not run.
    pub(super) fn kill(&mut self, node: u16) -> Result<(), Failure> {
        let slot = self.children.get_mut(usize::from(node.wrapping_sub(1)));
        let Some(mut child) = slot.and_then(Option::take) else {
            return Err(Failure::usage(format!("node {node} does not run")));
        };
        let killed = child.kill().and_then(|()| child.wait());
        killed.map(drop).map_err(|error| Failure::new(Exit::Unavailable, error.to_string()))
    }

    /// Stops what runs, and removes a temporary directory.
    pub(super) async fn finish(&mut self) {
        let mut children: Vec<Child> = self.children.iter_mut().filter_map(Option::take).collect();
        for child in &children {
            if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process(pid, Signal::TERM);
            }
        }
        let deadline = Instant::now() + PATIENCE;
        while children.iter_mut().any(|child| child.try_wait().is_ok_and(|status| status.is_none())) {
            if Instant::now() > deadline {
                children.iter_mut().for_each(|child| drop(child.kill()));
            }
            sleep(Duration::from_millis(10)).await;
        }
        if self.temporary {
            let _ = fs::remove_dir_all(&self.init.out);
        }
    }
}

/// A node in a process group of its own, so that an interrupt at the prompt does not reach it; it stops by itself when
/// the demo is gone, since its stdin ends then.
fn spawn(config: &Path, log: &Path) -> std::io::Result<Child> {
    use std::os::unix::process::CommandExt;
    let log = File::options().create(true).append(true).open(log)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["serve", "--stop-with-stdin", "-c"]).arg(config).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn()
}

fn has_ended(child: &mut Child) -> bool {
    child.try_wait().is_ok_and(|status| status.is_some())
}

fn cannot_start(node: u16, reason: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Unavailable, format!("node {node} does not start: {reason}"))
}

/// A base port such that every port the nodes need is free at this moment.
fn free_base_port() -> Option<u16> {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let all_free = |base: &u16| (1..=NODES).all(|node| is_free(base + node) && is_free(base + 100 + node));
    (7400..=60_000).step_by(200).find(all_free)
}
