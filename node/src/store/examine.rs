use super::lock::DirectoryLock;
use super::record::decode_record;
use super::{Corruption, Identity, LmdbStore, StoreError, env};
use bytes::Bytes as Key;
use heed::types::Bytes;
use heed::{CommitOrAbort, Database, Env, WithoutTls};
use quorate_protocol::{LogId, Namespace};
use std::path::Path;

/// What a look into a data directory found, without starting its node and without writing anything.
#[derive(Clone, Debug)]
pub struct Examined {
    /// Whose data it is.
    pub identity: Identity,
    /// Records, corrupt ones included.
    pub records: u64,
    /// Records that fail a check.
    pub corrupt: u64,
    /// The keys of the first of them, and what is wrong.
    pub named: Vec<(Key, Corruption)>,
    /// Bytes that a key may have in the store.
    pub key_bytes_max: usize,
}

type Found = Database<'static, Bytes, Bytes>;

impl LmdbStore {
    /// Reads everything in a directory and checks it as a load would, for reading alone and under the lock that a node
    /// holds while it runs. Of corrupt records at most `named_max` are named; all are counted.
    ///
    /// # Errors
    /// [`StoreError::Uninitialized`], [`StoreError::Locked`], a corrupt identity, or what the disk says.
    pub fn examine(directory: &Path, named_max: usize) -> Result<Examined, StoreError> {
        let Opened { env, identity, records, _lock } = Opened::new(directory)?;
        let mut examined =
            Examined { identity, records: 0, corrupt: 0, named: Vec::new(), key_bytes_max: env.max_key_size() };
        let Some(records) = records else { return Ok(examined) };
        let txn = env.read_txn().map_err(StoreError::Lmdb)?;
        for found in records.iter(&txn).map_err(StoreError::Lmdb)? {
            let (key, bytes) = found.map_err(StoreError::Lmdb)?;
            examined.records += 1;
            let checked =
                log_of(key).ok_or(Corruption::Header).and_then(|log| decode_record(identity.epoch, &log, bytes));
            if let Err(corruption) = checked {
                examined.corrupt += 1;
                if examined.named.len() < named_max {
                    examined.named.push((Key::copy_from_slice(key.get(4..).unwrap_or(key)), corruption));
                }
            }
        }
        Ok(examined)
    }

    /// The identity in a directory, without starting its node and without writing anything.
    ///
    /// # Errors
    /// As [`LmdbStore::examine`].
    pub fn identity_in(directory: &Path) -> Result<Identity, StoreError> {
        Opened::new(directory).map(|opened| opened.identity)
    }
}

/// A directory, opened for reading alone.
struct Opened {
    env: Env<WithoutTls>,
    identity: Identity,
    records: Option<Found>,
    // Last, so that the directory is locked for as long as the environment is open.
    _lock: DirectoryLock,
}

impl Opened {
    fn new(directory: &Path) -> Result<Self, StoreError> {
        let uninitialized = || StoreError::Uninitialized(directory.to_path_buf());
        if !directory.join("data.mdb").is_file() {
            return Err(uninitialized());
        }
        let lock = DirectoryLock::take_existing(directory)?;
        let env = env::open_read_only(directory, &lock)?;
        let (records, node) = databases(&env).map_err(StoreError::Lmdb)?;
        let txn = env.read_txn().map_err(StoreError::Lmdb)?;
        let bytes = node.ok_or_else(uninitialized)?.get(&txn, Identity::KEY).map_err(StoreError::Lmdb)?;
        let identity = Identity::decode(bytes.ok_or_else(uninitialized)?)?;
        drop(txn);
        Ok(Self { env, identity, records, _lock: lock })
    }
}

/// The databases of records and of the node, as far as they are there.
fn databases(env: &Env<WithoutTls>) -> Result<(Option<Found>, Option<Found>), heed::Error> {
    let txn = env.read_txn()?;
    let opened = env.open_databases_and_commit(txn, |open, txn| -> Result<_, heed::Error> {
        let records = open.open_database::<Bytes, Bytes>(txn, Some("records"))?;
        let node = open.open_database::<Bytes, Bytes>(txn, Some("node"))?;
        Ok(CommitOrAbort::<_, ()>::Commit((records, node)))
    })?;
    Ok(opened.unwrap_commit())
}

/// The log that a store's key names.
fn log_of(key: &[u8]) -> Option<LogId> {
    let (namespace, rest) = key.split_first_chunk::<4>()?;
    Some(LogId { namespace: Namespace(u32::from_be_bytes(*namespace)), key: Key::copy_from_slice(rest) })
}
