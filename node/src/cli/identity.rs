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
    Failure::new(exit, error.to_string()).hint(hint(error))
}

/// What to do next.
fn hint(error: &StoreError) -> &'static str {
    match error {
        StoreError::Uninitialized(_) => {
            "Is `data` the directory that `quorate init` made? Never make a new one for a node that has voted."
        }
        StoreError::AlreadyInitialized { .. } => "Name another directory; this one keeps its identity.",
        StoreError::Locked(_) => "Is the node running already? One process uses a data directory at a time.",
        StoreError::WrongCluster { .. } | StoreError::WrongNode { .. } | StoreError::WrongEpoch { .. } => {
            "Point `data` at this node's own directory; `quorate config print-effective` shows what is used."
        }
        StoreError::Io { .. } => "Does the directory exist, and may this user write to it?",
        _ => "Leave the node off; \"When something is wrong\" in docs/operating.md says what to do.",
    }
}
