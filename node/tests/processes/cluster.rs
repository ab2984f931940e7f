//! A cluster of processes for one test. Every child is ended by its own pid, and ends by itself when the test is gone.

use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_quorate");
pub(crate) const NODES: u16 = 3;

pub(crate) struct Cluster {
    pub(crate) directory: PathBuf,
    pub(crate) base_port: u16,
    pub(crate) id: String,
    children: Vec<Option<Child>>,
}

impl Cluster {
    /// Writes configurations and data directories; nothing runs yet.
    pub(crate) fn init(name: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        let base_port = free_base_port();
        let out = Command::new(BINARY)
            .args(["init", "--base-port", &base_port.to_string(), "--out"])
            .arg(&directory)
            .output()
            .unwrap();
        assert_eq!(code(&out), 0, "{out:?}");
        let id = text(&out.stdout).lines().next().unwrap().strip_prefix("cluster ").unwrap().to_owned();
        Self { directory, base_port, id, children: (0..NODES).map(|_| None).collect() }
    }

    /// A cluster with every node up.
    pub(crate) fn start(name: &str) -> Self {
        let mut cluster = Self::init(name);
        (1..=NODES).for_each(|node| cluster.start_node(node, &[]));
        (1..=NODES).for_each(|node| cluster.wait_ready(node));
        cluster
    }

    /// Starts a node and waits for its ready line.
    pub(crate) fn start_node(&mut self, node: u16, flags: &[&str]) {
        let ready = self.adopt(node, self.serve(node, flags));
        assert!(ready.starts_with(&format!("ready node={node} ")), "node {node} did not start: {ready:?}");
    }

    /// Starts a node by a command of one's own; returns the first line that it prints.
    pub(crate) fn adopt(&mut self, node: u16, mut command: Command) -> String {
        let mut child = command.spawn().unwrap();
        let ready = first_line(&mut child);
        self.children[usize::from(node) - 1] = Some(child);
        ready
    }

    /// The command that runs a node; its log goes to a file beside its data.
    pub(crate) fn serve(&self, node: u16, flags: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(["serve", "--stop-with-stdin", "-c"]).arg(self.config(node)).args(flags);
        let log =
            File::options().create(true).append(true).open(self.directory.join(format!("node{node}.log"))).unwrap();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        command
    }

    /// Waits until a node says that a majority is reachable.
    pub(crate) fn wait_ready(&self, node: u16) {
        for _ in 0..600 {
            if self.http(node, "/readyz").contains(" 200 OK") {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("node {node} is not ready: {}", self.http(node, "/readyz"));
    }

    /// One request to a node's admin port.
    pub(crate) fn http(&self, node: u16, path: &str) -> String {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.base_port + 100 + node)) else {
            return String::new();
        };
        let mut answer = String::new();
        let _ = write!(stream, "GET {path} HTTP/1.0\r\n\r\n");
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    /// A metric of a node, without labels.
    pub(crate) fn metric(&self, node: u16, name: &str) -> u64 {
        let page = self.http(node, "/metrics");
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in {page}")).parse().unwrap()
    }

    /// Stops a node with SIGTERM, as an operator would.
    pub(crate) fn stop_node(&mut self, node: u16) -> ExitStatus {
        let mut child = self.children[usize::from(node) - 1].take().unwrap();
        signal(&child, Signal::TERM);
        child.wait().unwrap()
    }

    /// Sends a signal to a node.
    pub(crate) fn signal_node(&self, node: u16, what: Signal) {
        signal(self.children[usize::from(node) - 1].as_ref().unwrap(), what);
    }

    /// Whether a node's process still runs.
    pub(crate) fn runs(&mut self, node: u16) -> bool {
        self.children[usize::from(node) - 1].as_mut().unwrap().try_wait().unwrap().is_none()
    }

    pub(crate) fn config(&self, node: u16) -> PathBuf {
        self.directory.join(format!("node{node}.toml"))
    }

    pub(crate) fn data_file(&self, node: u16) -> PathBuf {
        self.directory.join(format!("node{node}")).join("data.mdb")
    }

    pub(crate) fn address(&self, node: u16) -> String {
        format!("127.0.0.1:{}", self.base_port + node)
    }

    pub(crate) fn endpoints(&self) -> String {
        (1..=NODES).map(|node| self.address(node)).collect::<Vec<_>>().join(",")
    }

    /// Runs a data command against this cluster.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Output {
        self.run_with(arguments, b"")
    }

    /// The same, with these bytes on stdin.
    pub(crate) fn run_with<A: AsRef<OsStr>>(&self, arguments: &[A], stdin: &[u8]) -> Output {
        let mut command = Command::new(BINARY);
        command.args(["--timeout", "20s"]).args(arguments).env("QUORATE_ENDPOINTS", self.endpoints());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let bytes = stdin.to_vec();
        // A command that fails early closes the pipe under us.
        let writer = std::thread::spawn(move || pipe.write_all(&bytes).is_ok());
        let out = child.wait_with_output().unwrap();
        let _ = writer.join();
        out
    }

    /// Runs a data command; its exit code must be this one. Returns what it wrote to stdout.
    pub(crate) fn expect<A: AsRef<OsStr>>(&self, exit: i32, arguments: &[A]) -> String {
        let out = self.run(arguments);
        let shown: Vec<_> = arguments.iter().map(|one| one.as_ref().to_string_lossy().into_owned()).collect();
        assert_eq!(code(&out), exit, "{shown:?}: {} {}", text(&out.stdout), text(&out.stderr));
        text(&out.stdout)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in self.children.iter_mut().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

pub(crate) fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    line
}

pub(crate) fn signal(child: &Child, what: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, what).unwrap();
}

pub(crate) fn code(out: &Output) -> i32 {
    out.status.code().unwrap_or(-1)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Flips one bit of every place where `pattern` stands in a file; returns how many there were.
pub(crate) fn flip(file: &Path, pattern: &[u8]) -> usize {
    let mut bytes = fs::read(file).unwrap();
    let places: Vec<usize> =
        bytes.windows(pattern.len()).enumerate().filter(|(_, window)| *window == pattern).map(|(at, _)| at).collect();
    places.iter().for_each(|at| bytes[at + pattern.len() / 2] ^= 0x10);
    fs::write(file, bytes).unwrap();
    places.len()
}

/// A port such that it and the ports that `init` derives from it are free at this moment; no two tests of this process
/// get the same.
fn free_base_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let offset = u16::try_from(std::process::id() % 100).unwrap();
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    for _ in 0..200 {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let base = 10_000 + (offset * 7 + step) % 100 * 200;
        if (1..=NODES).all(|node| is_free(base + node) && is_free(base + 100 + node)) {
            return base;
        }
    }
    panic!("no free ports");
}
