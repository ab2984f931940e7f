//! How an operation fails.

use crate::{
    BATCH_BYTES_MAX, BATCH_OPERATIONS_MAX, ForeignToken, RequestToken,
    wire::{ConnectError, Refusal, Refused},
};
use quorate_protocol::{KEY_BYTES_MAX, NodeId, SeenAhead, VALUE_BYTES_MAX};
use std::{fmt, sync::Arc};

/// Why an operation has no result. A negative answer (a mismatch, a key that is absent) is a result.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The key is empty or too long. Nothing was sent.
    #[error("the key has {bytes} bytes; 1 to {KEY_BYTES_MAX} are allowed")]
    KeyLength {
        /// Its length.
        bytes: usize,
    },
    /// A value is too long. Nothing was applied.
    #[error("the value has {bytes} bytes; at most {VALUE_BYTES_MAX} are allowed")]
    ValueLength {
        /// Its length.
        bytes: usize,
    },
    /// No majority, or no replica for a write, answered before the deadline. Nothing was applied.
    #[error("unavailable: {}", Reasons(.reasons))]
    Unavailable {
        /// The last thing each replica was heard to fail with.
        reasons: Vec<ReplicaError>,
    },
    /// Too many requests wait for the key. Nothing was applied.
    #[error("too many requests wait for this key")]
    Busy,
    /// Other writers of the key kept winning. Nothing was applied.
    #[error("other writers of this key kept winning")]
    Contention,
    /// An [`update`](crate::Client::update), or a recipe, made as many attempts as it may, or as it had time for.
    /// None of them was applied.
    #[error("gave up: none of {attempts} attempts was applied")]
    GaveUp {
        /// How many changes were sent.
        attempts: u32,
    },
    /// A batch is too large. Nothing was sent.
    #[error(
        "the batch has {operations} operations and {bytes} bytes; {BATCH_OPERATIONS_MAX} and {BATCH_BYTES_MAX} are allowed"
    )]
    BatchSize {
        /// How many operations it has.
        operations: usize,
        /// The bytes of all their keys and values.
        bytes: usize,
    },
    /// Somebody resolved this very request before it was applied; it never will be.
    #[error("the request was cancelled by a resolve before it was applied")]
    Cancelled,
    /// A write may have been applied, or may be yet. [`Client::resolve`](crate::Client::resolve) finds out.
    #[error("the outcome is unknown; resolve it with the token {token}: {}", Reasons(.reasons))]
    Unknown {
        /// Names the write.
        token: RequestToken,
        /// The last thing each replica was heard to fail with.
        reasons: Vec<ReplicaError>,
    },
    /// A session token is of another cluster. Nothing was sent.
    #[error(transparent)]
    ForeignToken(#[from] ForeignToken),
    /// The session has seen a slot of the key that is not chosen: the token is of another history, or data was lost.
    /// An older value is not returned.
    #[error(transparent)]
    SessionAhead(SeenAhead),
    /// The cluster does not speak to this client: another cluster, another version.
    #[error("{address}: {refused}")]
    Incompatible {
        /// The seed that said so.
        address: String,
        /// Why.
        refused: Refused,
    },
    /// There is no seed, or one that is not `host:port`.
    #[error("seeds are given as host:port, at least one: {given:?}")]
    Seeds {
        /// What was given.
        given: String,
    },
    /// No seed could be asked which replicas there are.
    #[error("no seed answers: {}", Failures(.failures))]
    Unreachable {
        /// What each seed failed with.
        failures: Vec<(String, ReplicaFailure)>,
    },
    /// The future does not run in a tokio runtime.
    #[error("not within a tokio runtime (with its I/O and time drivers enabled)")]
    NoRuntime,
    /// A call of the blocking client within a tokio runtime, whose thread it would block. Nothing was sent.
    #[error("a blocking call within an async runtime; use the asynchronous client there")]
    WithinRuntime,
    /// The operating system gives the blocking client no thread.
    #[error("no thread for the client: {0}")]
    Thread(Arc<str>),
    /// The operating system gives no random bytes, so no session could be named.
    #[error("the operating system gives no random bytes")]
    Randomness,
    /// A node answered something that no such request can have as its answer.
    #[error("node {} answered what was not asked", .0.0)]
    Protocol(NodeId),
}

/// What an error says of the operation's effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Surely not applied, now and later.
    NotApplied,
    /// It may have been applied, or may be yet.
    Unknown(RequestToken),
}

/// What one replica failed with.
#[derive(Clone, Debug)]
pub struct ReplicaError {
    /// Which.
    pub node: NodeId,
    /// How.
    pub failure: ReplicaFailure,
}

/// How one exchange with a replica failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplicaFailure {
    /// There was no connection, so nothing was sent.
    #[error(transparent)]
    Connect(Arc<ConnectError>),
    /// Its address is served by another node.
    #[error("another node answers at its address: {}", .0.0)]
    OtherNode(NodeId),
    /// It failed lately, and it is too early to connect again.
    #[error("lately unreachable: {0}")]
    Resting(Arc<str>),
    /// The connection broke after the request may have left.
    #[error("the connection broke: {0}")]
    Broken(Arc<str>),
    /// It did not answer in time.
    #[error("no answer in time")]
    Silent,
    /// It refused.
    #[error(transparent)]
    Refused(Refusal),
    /// It answered a write that it cannot tell what became of it.
    #[error("cannot tell what became of the request")]
    CannotTell,
    /// It answered something that was not asked.
    #[error("answered what was not asked")]
    Nonsense,
}

impl Error {
    /// Whether the same call may succeed when it is made again, and cannot be applied twice by that. Never
    /// true of [`Error::Unknown`]: resolve it first.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. }
                | Self::Busy
                | Self::Contention
                | Self::GaveUp { .. }
                | Self::Cancelled
                | Self::Unreachable { .. }
        )
    }

    /// What is known of the operation's effect.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Unknown { token, .. } => Outcome::Unknown(*token),
            _ => Outcome::NotApplied,
        }
    }

    /// What each replica failed with, as far as that was heard.
    pub fn replicas(&self) -> &[ReplicaError] {
        match self {
            Self::Unavailable { reasons } | Self::Unknown { reasons, .. } => reasons,
            _ => &[],
        }
    }
}

impl From<Refusal> for Error {
    /// The refusal of a local check.
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::KeyLength { bytes } => Self::KeyLength { bytes: widened(bytes) },
            Refusal::ValueLength { bytes } => Self::ValueLength { bytes: widened(bytes) },
            _ => Self::Unavailable { reasons: Vec::new() },
        }
    }
}

fn widened(bytes: u32) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

impl fmt::Display for ReplicaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {}: {}", self.node.0, self.failure)
    }
}

struct Reasons<'a>(&'a [ReplicaError]);

impl fmt::Display for Reasons<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no answer before the deadline");
        }
        separated(f, self.0)
    }
}

struct Failures<'a>(&'a [(String, ReplicaFailure)]);

impl fmt::Display for Failures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(|(address, failure)| format!("{address}: {failure}")).collect();
        separated(f, &texts)
    }
}

fn separated(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        let separator = if index == 0 { "" } else { "; " };
        write!(f, "{separator}{item}")?;
    }
    Ok(())
}
