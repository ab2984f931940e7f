//! Errors of this crate: closed enums, no strings.

use crate::{NodeId, VOTERS_MAX, Violation};

/// A configuration that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The same node is named twice.
    #[error("a voter is named twice")]
    DuplicateVoter,
    /// No voter, or too many.
    #[error("{given} voters; 1 to {VOTERS_MAX} are allowed")]
    VoterCount {
        /// How many were given.
        given: usize,
    },
    /// The replica itself does not vote in its configuration.
    #[error("node {} is not a voter of its own configuration", .0.0)]
    NotAVoter(NodeId),
    /// Incarnations start at 1.
    #[error("an incarnation is at least 1")]
    Incarnation,
}

/// A record that no run of this code can have written. The log it belongs to must not vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record breaks an invariant: {0}")]
pub struct RestoreError(
    /// Which.
    #[from]
    pub Violation,
);
