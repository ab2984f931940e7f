use super::{Exit, Failure};
use crate::store::{Identity, LmdbStore, StoreError, StoreOptions};
use quorate_protocol::{ConfigEpoch, NodeId};
use std::path::Path;

/// Gives a data directory its identity.
///
/// # Errors
/// It has one, or the disk fails.
pub(super) fn create(data: &Path, cluster: u128, node: u16) -> Result<(), Failure> {
    let identity = Identity::new(cluster, NodeId(node), ConfigEpoch(1));
    LmdbStore::init(data, &identity, StoreOptions::default()).map_err(|error| failure(&error))
}

/// What a failing store means for who runs the command.
pub(super) fn failure(error: &StoreError) -> Failure {
    let exit = match error {
        StoreError::Uninitialized(_) | StoreError::AlreadyInitialized { .. } | StoreError::Io { .. } => Exit::Usage,
        StoreError::Locked(_)
        | StoreError::WrongCluster { .. }
        | StoreError::WrongNode { .. }
        | StoreError::WrongEpoch { .. } => Exit::Refused,
        _ => Exit::Corruption,
    };
    Failure::new(exit, error.to_string())
}
