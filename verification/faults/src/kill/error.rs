use quorate_client::Error as ClientError;
use quorate_verification::trace::TraceError;
use std::path::PathBuf;
use std::process::ExitStatus;

/// Why a run could not be made. That a run went badly is an [`Outcome`](super::Outcome).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KillError {
    /// The plan asks for too little or too much.
    #[error("{0}")]
    Plan(&'static str),
    /// There is no `quorate` binary, and none could be built.
    #[error("no binary at {path}: {reason}")]
    Binary {
        /// Where it should be.
        path: PathBuf,
        /// What failed.
        reason: String,
    },
    /// A file or a process could not be handled.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// How it failed.
        error: std::io::Error,
    },
    /// `quorate init` failed.
    #[error("quorate init failed: {0}")]
    Init(String),
    /// A node was not ready within a minute of its start, or has ended.
    #[error("node {node} did not get ready; its log ends with:\n{log}")]
    NotReady {
        /// Which.
        node: u16,
        /// The end of what it wrote.
        log: String,
    },
    /// A key could not be read when all faults were over.
    #[error("{key} could not be read or written when all was over: {error}")]
    Final {
        /// Which.
        key: String,
        /// The last error.
        error: String,
    },
    /// A node did not stop within a minute of SIGTERM.
    #[error("a node did not stop")]
    NotStopped,
    /// A node that was asked to stop did so with a failure.
    #[error("node {node} stopped with {status}; its log ends with:\n{log}")]
    EndedBadly {
        /// Which.
        node: u16,
        /// How its process ended.
        status: ExitStatus,
        /// The end of what it wrote.
        log: String,
    },
    /// The nodes' traces could not be read.
    #[error("no traces: {0}")]
    Traces(#[from] TraceError),
    /// No client could be built.
    #[error("no client: {0}")]
    Client(#[from] ClientError),
    /// A part of the run itself panicked.
    #[error("a {0} of the run panicked")]
    Panicked(&'static str),
}

impl KillError {
    /// For `map_err`.
    pub(super) fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::Io { what, error }
    }
}
