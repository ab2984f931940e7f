//! One process a data directory.

use super::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The lock's file in a data directory.
const NAME: &str = "quorate.lock";

/// An exclusive advisory lock on a file beside LMDB's own. LMDB allows several processes in one environment; a second
/// one would raise the incarnation and vote from the same records.
#[derive(Debug)]
pub(super) struct DirectoryLock {
    // Held, not read: the lock ends when the file is closed, by a crash as well.
    _file: File,
}

impl DirectoryLock {
    pub(super) fn take(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join(NAME);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(StoreError::io("cannot open the lock file", &path))?;
        Self::lock(file, directory)
    }

    /// The same in a directory that has been used before; nothing is written.
    pub(super) fn take_existing(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join(NAME);
        let file = File::open(&path).map_err(StoreError::io("cannot open the lock file", &path))?;
        Self::lock(file, directory)
    }

    fn lock(file: File, directory: &Path) -> Result<Self, StoreError> {
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked(directory.to_path_buf())),
            Err(TryLockError::Error(source)) => Err(StoreError::io("cannot lock", directory.join(NAME))(source)),
        }
    }
}
