//! Making names durable: a file's own sync says nothing of the directory entries that lead to it.

use super::StoreError;
use std::fs::{self, File};
use std::path::Path;

/// Creates the directory and its missing parents, each durably.
pub(super) fn create(directory: &Path) -> Result<(), StoreError> {
    if directory.is_dir() {
        return Ok(());
    }
    let parent = parent_of(directory);
    create(parent)?;
    match fs::create_dir(directory) {
        Err(error) if !directory.is_dir() => return Err(StoreError::io("cannot create", directory)(error)),
        _ => {}
    }
    sync(parent)
}

/// Makes the names in a directory durable.
pub(super) fn sync(directory: &Path) -> Result<(), StoreError> {
    let opened = File::open(directory).and_then(|handle| handle.sync_all());
    opened.map_err(StoreError::io("cannot sync", directory))
}

/// Makes the names in a directory durable, and its own in its parent.
pub(super) fn sync_with_parent(directory: &Path) -> Result<(), StoreError> {
    sync(directory)?;
    sync(parent_of(directory))
}

fn parent_of(directory: &Path) -> &Path {
    match directory.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) => Path::new("."),
        None => Path::new("/"),
    }
}
