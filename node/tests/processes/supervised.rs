//! What a service manager hears of a node: a socket of ours plays systemd's.

use crate::cluster::{Cluster, first_line};
use rustix::process::Signal;
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What the watchdog allows, in microseconds: the node looks four times as often.
const WATCHDOG_USEC: &str = "400000";
/// Silence for so long is no delay of a busy machine any more, but a node that does not feed its watchdog.
const SILENCE: Duration = Duration::from_secs(3);

struct Manager {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Manager {
    fn listen(name: &str) -> Self {
        // Not in the test's own directory, whose path may be too long for a socket.
        let path = std::env::temp_dir().join(format!("quorate-{name}-{}", std::process::id()));
        let _ = fs::remove_file(&path);
        let socket = UnixDatagram::bind(&path).unwrap();
        Self { socket, path }
    }

    fn supervise(&self, command: &mut Command) {
        command.env("NOTIFY_SOCKET", &self.path).env("WATCHDOG_USEC", WATCHDOG_USEC).env_remove("WATCHDOG_PID");
    }

    /// The next message, or none for so long.
    fn next(&self, timeout: Duration) -> Option<String> {
        self.socket.set_read_timeout(Some(timeout)).unwrap();
        let mut message = [0; 4096];
        let length = self.socket.recv(&mut message).ok()?;
        Some(String::from_utf8_lossy(&message[..length]).into_owned())
    }

    /// Reads on to a message that holds this.
    fn wait_for(&self, part: &str) -> String {
        for _ in 0..10_000 {
            let message = self.next(Duration::from_secs(60)).unwrap_or_else(|| panic!("nothing, instead of {part}"));
            if message.contains(part) {
                return message;
            }
        }
        panic!("{part} did not come");
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[test]
fn readiness_watchdog_reload_and_stop() {
    let mut cluster = Cluster::init("supervised");
    let manager = Manager::listen("supervised");
    let mut command = cluster.serve(1, &[]);
    manager.supervise(&mut command);
    let child = cluster.adopt(1, command);
    assert!(child.starts_with("ready node=1 "), "{child}");
    // It is ready when it serves: whoever starts three nodes one after the other must not wait for a majority.
    let ready = manager.wait_for("READY=1\n");
    assert!(ready.contains("STATUS=not ready: 1 of 3 voters reachable, 2 needed\n"), "{ready}");
    manager.wait_for("WATCHDOG=1\n");
    cluster.start_node(2, &[]);
    manager.wait_for("STATUS=serving\n");

    let log = cluster.directory.join("node1.log");
    let logged = |line: &str| fs::read_to_string(&log).unwrap().contains(line);
    let write = |from: &str, to: &str| {
        let config = fs::read_to_string(cluster.config(1)).unwrap();
        assert!(config.contains(from), "{config}");
        fs::write(cluster.config(1), config.replacen(from, to, 1)).unwrap();
    };
    write("[members]", "log = \"quorate_node=trace\"\n[limits]\nslow_ms = 1\nconnections = 9\n[members]");
    cluster.signal_node(1, Signal::HUP);
    let reloading = manager.wait_for("RELOADING=1\n");
    assert!(reloading.contains("MONOTONIC_USEC="), "{reloading}");
    manager.wait_for("READY=1\n");
    assert!(
        logged("configuration read again") && logged("they need a restart"),
        "{}",
        fs::read_to_string(&log).unwrap()
    );
    assert!(cluster.http(1, "/debug/ops").contains("\"threshold_ms\": 1"), "{}", cluster.http(1, "/debug/ops"));

    write("slow_ms = 1", "slow_mss = 1");
    cluster.signal_node(1, Signal::HUP);
    manager.wait_for("READY=1\n");
    assert!(logged("all stays as it was"), "{}", fs::read_to_string(&log).unwrap());
    manager.wait_for("WATCHDOG=1\n");

    assert!(cluster.stop_node(1).success());
    manager.wait_for("STOPPING=1\n");
}

/// A node of a new cluster alone under strace, which counts and may delay its syncs; `None` where strace cannot.
fn traced(cluster: &Cluster, manager: &Manager, inject: Option<&str>) -> Option<std::process::Child> {
    let serve = cluster.serve(1, &[]);
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", "trace=fdatasync", "-o"]).arg(cluster.directory.join("trace"));
    command.args(inject.iter().flat_map(|inject| ["-e", *inject]));
    command.arg(serve.get_program()).args(serve.get_args());
    let log = fs::File::create(cluster.directory.join("node1.log")).unwrap();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
    manager.supervise(&mut command);
    let mut child = command.spawn().ok()?;
    if first_line(&mut child).starts_with("ready ") {
        return Some(child);
    }
    let _ = child.wait();
    None
}

/// How many syncs the start of a node takes that nobody talks to.
fn syncs_of_a_start() -> Option<usize> {
    let (cluster, manager) = (Cluster::init("supervised-idle"), Manager::listen("supervised-idle"));
    let mut child = traced(&cluster, &manager, None)?;
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let trace = fs::read_to_string(cluster.directory.join("trace")).unwrap();
    Some(trace.lines().filter(|line| line.contains("fdatasync(")).count())
}

#[test]
fn a_writer_that_is_stuck_in_a_sync_starves_the_watchdog() {
    let Some(syncs) = syncs_of_a_start() else {
        eprintln!("not tried: strace is absent, or may not trace here");
        return;
    };
    let (mut cluster, manager) = (Cluster::init("supervised-stuck"), Manager::listen("supervised-stuck"));
    let inject = format!("inject=fdatasync:delay_enter=3600000000:when={}+", syncs + 1);
    let mut child = traced(&cluster, &manager, Some(&inject)).expect("strace could trace a moment ago");
    manager.wait_for("READY=1\n");
    manager.wait_for("WATCHDOG=1\n");
    // strace counts for each thread: those of the start are the main thread's, and now the writer makes as many and one
    // more, which does not end.
    cluster.start_node(2, &[]);
    for _ in 0..=syncs + 1 {
        drop(cluster.run(&["--timeout", "1s", "put", "tea", "green"]));
    }
    let mut messages = 0;
    while manager.next(SILENCE).is_some() {
        messages += 1;
        assert!(messages < 1000, "the watchdog is fed although the writer is stuck");
    }
    let log = fs::read_to_string(cluster.directory.join("node1.log")).unwrap();
    assert!(log.contains("the watchdog is not fed") && log.contains("writer"), "{log}");
    // The rest of the node still answers.
    assert!(cluster.http(1, "/livez").contains(" 200 OK"));
    child.kill().unwrap();
    let _ = child.wait();
}
