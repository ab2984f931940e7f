//! Opening LMDB: the only unsafe code of the node.
#![allow(unsafe_code)]

use super::StoreError;
use super::lock::DirectoryLock;
use heed::{Env, EnvFlags, EnvOpenOptions, WithoutTls};
use std::path::Path;

/// Databases in one environment, with room for a few more.
const DATABASES: u32 = 8;
/// Read transactions at a time; each lasts as long as copying one record out.
const READERS: u32 = 1024;

/// Opens the environment in a directory whose lock is held.
///
/// Never with NOSYNC, NOMETASYNC or WRITEMAP: each lets a crash undo a commit, which for an acceptor is a broken
/// promise, and no flag is set here at all.
pub(super) fn open(directory: &Path, map_bytes: usize, _locked: &DirectoryLock) -> Result<Env<WithoutTls>, StoreError> {
    let mut options = EnvOpenOptions::new().read_txn_without_tls();
    options.map_size(map_bytes).max_dbs(DATABASES).max_readers(READERS);
    // SAFETY: the map is undefined behaviour only if its file changes underneath it. The directory's lock, which the
    // argument proves is held, keeps every other Quorate process out; this process opens the file nowhere else; LMDB's
    // own locking is on; and the documentation tells operators to keep data directories off network file systems.
    let env = unsafe { options.open(directory) };
    env.map_err(|error| StoreError::from_heed(error, u64::try_from(map_bytes).unwrap_or(u64::MAX)))
}

/// Opens the environment in a directory whose lock is held, for reading alone: neither its file nor LMDB's own lock file is
/// written to.
pub(super) fn open_read_only(directory: &Path, _locked: &DirectoryLock) -> Result<Env<WithoutTls>, StoreError> {
    let mut options = EnvOpenOptions::new().read_txn_without_tls();
    // LMDB takes the size that the file names where it is larger.
    options.max_dbs(DATABASES);
    // SAFETY: as in `open` for the map. Without LMDB's own locking nobody may write to the environment while it is read:
    // the directory's lock, which the argument proves is held, keeps every other Quorate process out, and an environment
    // that is open for reading alone is not written to by this one.
    let env = unsafe { options.flags(EnvFlags::READ_ONLY | EnvFlags::NO_LOCK).open(directory) };
    env.map_err(StoreError::Lmdb)
}
