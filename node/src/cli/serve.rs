use super::{Exit, Failure, config, identity, supervisor};
use crate::config::{NodeConfig, Overrides};
use crate::engine::{Fatal, StartError};
use crate::otlp;
use crate::server::{Logging, Node, StartNodeError, init_logging};
use rustix::process::{Signal, getpid, kill_process, set_parent_process_death_signal};
use std::io::{Read, Write};
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};

/// Runs a node until SIGTERM or SIGINT.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The node's configuration file, as `quorate init` writes it
    #[arg(short, long, env = "QUORATE_CONFIG", value_name = "FILE")]
    pub config: PathBuf,
    /// What stands above the file.
    #[command(flatten)]
    pub overrides: Overrides,
    /// Threads that serve sockets; by default half as many as there are processors, since the driver and the writer
    /// have threads of their own
    #[arg(long, env = "QUORATE_IO_THREADS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) io_threads: Option<u16>,
    /// Stop when stdin ends: for a parent that must not leave nodes behind
    #[arg(long, hide = true)]
    pub stop_with_stdin: bool,
    /// End at once when the parent ends, even while frozen: a stopped process reads no stdin
    #[arg(long, hide = true)]
    pub end_with_parent: bool,
}

impl Serve {
    /// How many threads serve sockets.
    pub(super) fn io_threads(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.io_threads.map_or((processors / 2).max(1), usize::from)
    }

    /// Runs the command.
    ///
    /// # Errors
    /// The node does not start, or stops by itself.
    pub(super) async fn run(&self) -> Result<Exit, Failure> {
        let config = config::load(&self.config, &self.overrides)?;
        let (spans, exporter) = otlp::start(&config).map_err(Failure::usage)?;
        let logging = init_logging(&config.log, config.log_format, spans).map_err(Failure::usage)?;
        let mut terminate = handler(SignalKind::terminate())?;
        let mut interrupt = handler(SignalKind::interrupt())?;
        if self.end_with_parent {
            set_parent_process_death_signal(Some(Signal::KILL))
                .map_err(|error| Failure::new(Exit::Unavailable, format!("cannot watch the parent: {error}")))?;
        }
        let mut hangup = handler(SignalKind::hangup())?;
        if self.stop_with_stdin {
            std::thread::spawn(stop_with_stdin);
        }
        let node = Node::start(config.clone()).await.map_err(|error| start_failure(&error))?;
        announce(&node);
        supervisor::ready(&node);
        let supervised = async {
            tokio::join!(supervisor::watch(&node), async {
                while hangup.recv().await.is_some() {
                    self.reload(&node, &config, &logging);
                }
            })
        };
        let name = tokio::select! {
            fatal = node.fatal() => {
                node.finish_recording();
                return Err(stopped(&fatal));
            }
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
            _ = supervised => "none",
        };
        supervisor::stopping();
        tracing::info!(signal = name, "stopping");
        node.stop().await;
        exporter.stop().await;
        tracing::info!("stopped");
        Ok(Exit::Ok)
    }
}

impl Serve {
    /// Reads the configuration again, and takes over what a running node can. The environment and the flags are those of
    /// the start, and still stand above the file.
    fn reload(&self, node: &Node, started_with: &NodeConfig, logging: &Logging) {
        supervisor::reloading();
        match NodeConfig::load(&self.config, &self.overrides) {
            Err(error) => tracing::error!(%error, "configuration not read again; all stays as it was"),
            Ok(config) => match logging.set(&config.log) {
                Err(error) => tracing::error!(error, "configuration not taken over; all stays as it was"),
                Ok(()) => {
                    node.reload(&config);
                    tracing::info!(log = config.log, "configuration read again");
                    let waiting = started_with.needs_restart(&config);
                    if !waiting.is_empty() {
                        tracing::warn!(settings = waiting.join(","), "changed in the file; they need a restart");
                    }
                }
            },
        }
        supervisor::ready(node);
    }
}

/// The one line on stdout: everything that a script waits for.
fn announce(node: &Node) {
    let hello = node.hello();
    let admin = node.admin().map_or_else(|| "off".to_owned(), |address| address.to_string());
    let line = format!(
        "ready node={} start={} cluster={} listen={} admin={admin} store=lmdb durable=fdatasync",
        hello.node.0,
        hello.incarnation.0,
        hello.cluster,
        node.address(),
    );
    // Whoever started the node may have closed the pipe; that is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{line}");
    tracing::info!(node = hello.node.0, start = hello.incarnation.0, listen = %node.address(), "serving");
}

fn start_failure(error: &StartNodeError) -> Failure {
    match error {
        StartNodeError::Store(error) | StartNodeError::Engine(StartError::Store(error)) => identity::failure(error),
        StartNodeError::Listen { .. } => {
            Failure::usage(error).hint("Is another process using the port, or is it not an address of this machine?")
        }
        StartNodeError::Config(_) => Failure::usage(error).hint("`quorate config check FILE` looks at it alone."),
        error => Failure::new(Exit::Unavailable, error.to_string()),
    }
}

/// What is on the disk, or in memory, may not be trusted any more.
fn stopped(fatal: &Fatal) -> Failure {
    let next = "Do not start it again before you know why: \"When something is wrong\" in docs/operating.md.";
    Failure::new(Exit::Corruption, format!("the node stopped by itself: {fatal}")).hint(next)
}

fn handler(kind: SignalKind) -> Result<tokio::signal::unix::Signal, Failure> {
    signal(kind).map_err(|error| Failure::new(Exit::Unavailable, format!("no signal handler: {error}")))
}

/// Reads stdin to its end, then asks this very process to stop as anybody would.
fn stop_with_stdin() {
    let mut buffer = [0; 64];
    while std::io::stdin().read(&mut buffer).is_ok_and(|read| read > 0) {}
    // Failing to signal oneself leaves nothing better to do.
    let _ = kill_process(getpid(), Signal::TERM);
}
