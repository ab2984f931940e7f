use quorate_protocol::{ConfigEpoch, NodeId, RestoreError};
use std::io;
use std::path::PathBuf;

/// Why bytes in the store are not a record that this code wrote for that key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Corruption {
    /// Shorter than the fixed header, or without its mark.
    #[error("the record has no header")]
    Header,
    /// Written by a newer program, or a damaged header.
    #[error("the record has the unknown format version {0}")]
    Version(
        /// The version it claims.
        u16,
    ),
    /// The bytes are not those that were written under this key.
    #[error("the record's checksum does not match its bytes and key")]
    Checksum,
    /// The checksum matches and the bytes still make no record.
    #[error("the record's body cannot be decoded")]
    Body,
    /// It belongs to another set of voters.
    #[error("the record belongs to configuration epoch {}", .0.0)]
    Epoch(
        /// The epoch it was written in.
        ConfigEpoch,
    ),
    /// It breaks an invariant of the protocol.
    #[error(transparent)]
    Invariant(#[from] RestoreError),
}

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
