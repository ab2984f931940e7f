use super::{KillError, Plan};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// How many nodes there are.
pub(super) const NODES: u16 = 3;
/// How long a node may take to be ready, and to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long one question to the admin port may take.
const PROBE_TIMEOUT: Duration = Duration::from_millis(500);

/// The nodes of a run: child processes with data and logs in one directory, which goes with them when they did well.
#[derive(Debug)]
pub(super) struct Nodes {
    binary: PathBuf,
    directory: PathBuf,
    base_port: u16,
    /// In the order of the nodes; `None` where one does not run.
    children: Vec<Option<Child>>,
    keep: bool,
}

impl Nodes {
    /// Writes configurations and data directories, and starts every node.
    ///
    /// # Errors
    /// A file cannot be written, or a node does not start.
    pub(super) fn start(plan: &Plan) -> Result<Self, KillError> {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let directory = plan.directory.join(format!("kill-{}-{number}", std::process::id()));
        fs::create_dir_all(&directory).map_err(KillError::io("make a directory"))?;
        let binary = directory.join("quorate");
        // A build that goes on meanwhile must not change what is started again.
        if fs::hard_link(&plan.binary, &binary).is_err() {
            fs::copy(&plan.binary, &binary).map_err(KillError::io("copy the binary"))?;
        }
        let base_port = free_base_port(number).ok_or(KillError::Plan("no ports are free"))?;
        let children = (0..NODES).map(|_| None).collect();
        let mut nodes = Self { binary, directory, base_port, children, keep: true };
        nodes.init()?;
        for node in 1..=NODES {
            nodes.spawn(node)?;
        }
        for node in 1..=NODES {
            nodes.wait_ready(node)?;
        }
        Ok(nodes)
    }

    fn init(&self) -> Result<(), KillError> {
        let mut command = Command::new(&self.binary);
        command.args(["init", "--base-port", &self.base_port.to_string(), "--out"]).arg(self.directory.join("nodes"));
        let out = command.output().map_err(KillError::io("start quorate init"))?;
        if !out.status.success() {
            return Err(KillError::Init(String::from_utf8_lossy(&out.stderr).into_owned()));
        }
        Ok(())
    }

    /// How a client finds them.
    pub(super) fn seeds(&self) -> Vec<String> {
        (1..=NODES).map(|node| format!("127.0.0.1:{}", self.base_port + node)).collect()
    }

    /// Where everything is.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Starts a node, which ends by itself when this process is gone, since its stdin ends then.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn spawn(&mut self, node: u16) -> Result<(), KillError> {
        let log =
            File::options().create(true).append(true).open(self.log(node)).map_err(KillError::io("open a log"))?;
        let mut command = Command::new(&self.binary);
        command.args(["serve", "--stop-with-stdin", "-c"]).arg(self.directory.join(format!("nodes/node{node}.toml")));
        command.arg("--record").arg(self.trace(node));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().map_err(KillError::io("start a node"))?;
        if let Some(slot) = self.children.get_mut(usize::from(node - 1)) {
            *slot = Some(child);
        }
        Ok(())
    }

    /// Waits until a node serves and reaches a majority.
    ///
    /// # Errors
    /// It does not within a minute, or has ended.
    pub(super) fn wait_ready(&mut self, node: u16) -> Result<(), KillError> {
        let begun = Instant::now();
        while !self.probe(node) {
            if !self.runs(node) || begun.elapsed() > PATIENCE {
                return Err(KillError::NotReady { node, log: self.log_end(node) });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// SIGKILL; returns when the process is gone.
    pub(super) fn kill(&mut self, node: u16) -> Result<(), KillError> {
        let slot = self.children.get_mut(usize::from(node - 1));
        if let Some(mut child) = slot.and_then(Option::take) {
            child.kill().and_then(|()| child.wait()).map_err(KillError::io("kill a node"))?;
        }
        Ok(())
    }

    /// SIGTERM; returns when the process is gone.
    ///
    /// # Errors
    /// It does not end within a minute, or does not end well.
    pub(super) fn terminate(&mut self, node: u16) -> Result<(), KillError> {
        self.signal(node, Signal::TERM)?;
        let begun = Instant::now();
        while self.runs(node) {
            if begun.elapsed() > PATIENCE {
                return Err(KillError::NotStopped);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let slot = self.children.get_mut(usize::from(node - 1));
        let Some(mut child) = slot.and_then(Option::take) else { return Ok(()) };
        let status = child.wait().map_err(KillError::io("wait for a node"))?;
        if status.success() { Ok(()) } else { Err(KillError::EndedBadly { node, status, log: self.log_end(node) }) }
    }

    /// SIGKILL to every node before any of them is waited for.
    pub(super) fn kill_all(&mut self) -> Result<(), KillError> {
        for child in self.children.iter_mut().flatten() {
            child.kill().map_err(KillError::io("kill a node"))?;
        }
        (1..=NODES).try_for_each(|node| self.kill(node))
    }

    /// Keeps a copy of the data of every node; none may run.
    pub(super) fn save(&self) -> Result<(), KillError> {
        self.each_data_directory(copy_files)
    }

    /// Puts the copies back.
    pub(super) fn put_back(&self) -> Result<(), KillError> {
        self.each_data_directory(|data, saved| copy_files(saved, data))
    }

    fn each_data_directory(&self, copy: impl Fn(&Path, &Path) -> std::io::Result<()>) -> Result<(), KillError> {
        let data = |node: u16| self.directory.join(format!("nodes/node{node}"));
        let saved = |node: u16| self.directory.join(format!("saved{node}"));
        (1..=NODES).try_for_each(|node| copy(&data(node), &saved(node))).map_err(KillError::io("copy a node's data"))
    }

    /// SIGSTOP, or SIGCONT.
    pub(super) fn signal(&self, node: u16, signal: Signal) -> Result<(), KillError> {
        let child = self.children.get(usize::from(node - 1)).and_then(Option::as_ref);
        // A child that has not been waited for keeps its pid, so it is no other process that is signalled.
        let Some(pid) = child.and_then(|child| Pid::from_raw(i32::try_from(child.id()).ok()?)) else { return Ok(()) };
        kill_process(pid, signal).map_err(|error| KillError::Io { what: "signal a node", error: error.into() })
    }

    /// Whether a node's process runs.
    pub(super) fn runs(&mut self, node: u16) -> bool {
        let child = self.children.get_mut(usize::from(node - 1)).and_then(Option::as_mut);
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Stops every node in an orderly way, so that their traces have an end.
    ///
    /// # Errors
    /// One does not stop in time.
    pub(super) fn stop(&mut self) -> Result<(), KillError> {
        (1..=NODES).try_for_each(|node| self.signal(node, Signal::TERM))?;
        let begun = Instant::now();
        while (1..=NODES).any(|node| self.runs(node)) {
            if begun.elapsed() > PATIENCE {
                return Err(KillError::NotStopped);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Where each node's trace is.
    pub(super) fn traces(&self) -> Vec<PathBuf> {
        (1..=NODES).map(|node| self.trace(node)).collect()
    }

    fn trace(&self, node: u16) -> PathBuf {
        self.directory.join(format!("trace{node}"))
    }

    /// Panics and errors that the nodes wrote.
    pub(super) fn complaints(&self) -> Vec<String> {
        let complaint = |line: &&str| line.contains("panicked") || line.contains("ERROR");
        let of = |node: u16| {
            let log = fs::read_to_string(self.log(node)).unwrap_or_default();
            log.lines().filter(complaint).map(|line| format!("node {node}: {line}")).collect::<Vec<_>>()
        };
        (1..=NODES).flat_map(of).collect()
    }

    /// Removes the directory at the end: nobody will want to look into it.
    pub(super) fn forget(&mut self) {
        self.keep = false;
    }

    fn log(&self, node: u16) -> PathBuf {
        self.directory.join(format!("node{node}.log"))
    }

    fn log_end(&self, node: u16) -> String {
        let log = fs::read_to_string(self.log(node)).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
    }

    fn probe(&self, node: u16) -> bool {
        let address = SocketAddr::from(([127, 0, 0, 1], self.base_port + 100 + node));
        let Ok(mut stream) = TcpStream::connect_timeout(&address, PROBE_TIMEOUT) else { return false };
        let mut answer = String::new();
        let asked = stream
            .set_read_timeout(Some(PROBE_TIMEOUT))
            .and_then(|()| stream.write_all(b"GET /readyz HTTP/1.0\r\n\r\n"))
            .and_then(|()| stream.read_to_string(&mut answer));
        asked.is_ok() && answer.contains(" 200 ")
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for child in self.children.iter_mut().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = fs::remove_file(&self.binary);
        if !self.keep {
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

/// A port such that every port that `init` derives from it is free at this moment.
fn free_base_port(number: u16) -> Option<u16> {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let all_free = |base: &u16| (1..=NODES).all(|node| is_free(base + node) && is_free(base + 100 + node));
    let own = u16::try_from(std::process::id() % 50).unwrap_or(0);
    (0..100).map(|step| 20_000 + (own + number + step) % 50 * 200).find(all_free)
}
