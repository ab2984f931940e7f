use quorate_protocol::{ConfigError, VOTERS_MAX};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Why a [`Cluster`](super::Cluster) does not do what it was asked to. Nothing was changed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// A cluster's nodes run in a tokio runtime.
    #[error("not within a tokio runtime (with its time driver enabled)")]
    NoRuntime,
    /// No cluster has so many nodes.
    #[error("a cluster has 1 to {VOTERS_MAX} nodes, not {0}")]
    Nodes(u16),
    /// The cluster has no such node: they are numbered from 1.
    #[error("the cluster has no node {0}")]
    NoSuchNode(u16),
    /// The node does not run.
    #[error("node {0} does not run")]
    NotRunning(u16),
    /// The node runs already.
    #[error("node {0} runs already")]
    Running(u16),
    /// A node can be in one group of a partition.
    #[error("node {0} is named twice")]
    NamedTwice(u16),
    /// A range of times that is empty, or reaches beyond a minute.
    #[error("times are drawn from a range that is not empty and ends at a minute at most, not from {0:?}")]
    Range(RangeInclusive<Duration>),
    /// Not a share.
    #[error("a share of lost segments is at least 0 and below 1, not {0}")]
    Loss(f64),
    /// The core refuses the configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A client could not be built.
    #[error(transparent)]
    Client(#[from] crate::Error),
}
