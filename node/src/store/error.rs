use quorate_driver::{Corruption, LoadError};
use quorate_protocol::{ConfigEpoch, NodeId};
use std::io;
use std::path::PathBuf;

/// What can go wrong with a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// One record cannot be trusted; the others can.
    #[error("a record is corrupt: {0}")]
    Corrupt(#[from] Corruption),
    /// The map is full. Nothing of the batch was written.
    #[error("the store has reached its maximal size of {map_bytes} bytes")]
    Full {
        /// The size it was opened with.
        map_bytes: u64,
    },
    /// LMDB or the disk failed.
    #[error("the store failed: {0}")]
    Lmdb(#[source] heed::Error),
    /// A file or directory could not be used.
    #[error("{what} {}: {source}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process uses the directory.
    #[error("the data directory {} is in use by another process", .0.display())]
    Locked(
        /// The directory.
        PathBuf,
    ),
    /// The directory was never given an identity.
    #[error("the data directory {} has no identity; `quorate init` gives it one", .0.display())]
    Uninitialized(
        /// The directory.
        PathBuf,
    ),
    /// The directory has an identity already.
    #[error("the data directory {} already belongs to node {}", path.display(), node.0)]
    AlreadyInitialized {
        /// The directory.
        path: PathBuf,
        /// Whose it is.
        node: NodeId,
    },
    /// The directory belongs to another cluster.
    #[error("the data directory belongs to cluster {found:032x}, not to {expected:032x}")]
    WrongCluster {
        /// In the configuration.
        expected: u128,
        /// On disk.
        found: u128,
    },
    /// The directory belongs to another node.
    #[error("the data directory belongs to node {}, not to node {}", found.0, expected.0)]
    WrongNode {
        /// In the configuration.
        expected: NodeId,
        /// On disk.
        found: NodeId,
    },
    /// The directory was written in another configuration epoch.
    #[error("the data directory belongs to configuration epoch {}, not to {}", found.0, expected.0)]
    WrongEpoch {
        /// In the configuration.
        expected: ConfigEpoch,
        /// On disk.
        found: ConfigEpoch,
    },
    /// The node has started as often as it can be counted.
    #[error("the incarnation number is exhausted")]
    Incarnations,
}

impl StoreError {
    pub(crate) fn from_heed(error: heed::Error, map_bytes: u64) -> Self {
        match error {
            heed::Error::Mdb(heed::MdbError::MapFull) => Self::Full { map_bytes },
            error => Self::Lmdb(error),
        }
    }

    pub(crate) fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}

/// To a driver all but a corrupt record is the end.
impl From<StoreError> for LoadError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt(corruption) => Self::Corrupt(corruption),
            error => Self::Store(error.into()),
        }
    }
}
