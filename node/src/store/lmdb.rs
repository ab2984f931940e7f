use super::lock::DirectoryLock;
use super::record::encode_record;
use super::{Identity, LmdbReader, LoadError, PeerStarts, Records, Store, StoreError, directory, env};
use heed::types::Bytes;
use heed::{CommitOrAbort, Database, Env, RwTxn, WithoutTls};
use quorate_protocol::{Incarnation, LogId, LogRecord, NodeId};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How to open an [`LmdbStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// Bytes that the data file may grow to. Address space, not disk: the map is sparse. A multiple of the page size.
    pub map_bytes: u64,
}

/// Records in LMDB: one environment, one database for records, one for the node's identity.
///
/// A commit is LMDB's: the pages are written and synced, then the meta page through a descriptor that syncs each
/// write. Nothing is overwritten in place, so there is no log and nothing to recover.
#[derive(Debug)]
pub struct LmdbStore {
    reader: LmdbReader,
    node: Database<'static, Bytes, Bytes>,
    identity: Identity,
    commits: u64,
}

type Databases = (Database<'static, Bytes, Bytes>, Database<'static, Bytes, Bytes>);

impl LmdbStore {
    /// Gives a directory its identity, creating it if need be. Names and contents are durable when this returns.
    ///
    /// # Errors
    /// [`StoreError::AlreadyInitialized`], [`StoreError::Locked`], or what the disk says.
    pub fn init(directory: &Path, identity: &Identity, options: StoreOptions) -> Result<(), StoreError> {
        directory::create(directory)?;
        let lock = DirectoryLock::take(directory)?;
        let (env, (_, node)) = open(directory, options, &lock)?;
        let failed = |error| StoreError::from_heed(error, options.map_bytes);
        let mut txn = env.write_txn().map_err(failed)?;
        if let Some(bytes) = node.get(&txn, Identity::KEY).map_err(failed)? {
            let found = Identity::decode(bytes)?;
            return Err(StoreError::AlreadyInitialized { path: directory.to_path_buf(), node: found.node });
        }
        node.put(&mut txn, Identity::KEY, &identity.encode()).map_err(failed)?;
        txn.commit().map_err(failed)?;
        directory::sync_with_parent(directory)
    }

    /// Opens a directory for one start of its node: takes its lock, compares its identity with the expected one
    /// (cluster, node, epoch), and raises the incarnation durably.
    ///
    /// # Errors
    /// [`StoreError::Uninitialized`], [`StoreError::Locked`], a directory of somebody else, or what the disk says.
    pub fn open(directory: &Path, expected: &Identity, options: StoreOptions) -> Result<Self, StoreError> {
        if !directory.join("data.mdb").is_file() {
            return Err(StoreError::Uninitialized(directory.to_path_buf()));
        }
        let lock = DirectoryLock::take(directory)?;
        let (env, (records, node)) = open(directory, options, &lock)?;
        let map_bytes = options.map_bytes;
        let failed = |error| StoreError::from_heed(error, map_bytes);
        env.clear_stale_readers().map_err(failed)?;
        let mut txn = env.write_txn().map_err(failed)?;
        let bytes = node.get(&txn, Identity::KEY).map_err(failed)?;
        let bytes = bytes.ok_or_else(|| StoreError::Uninitialized(directory.to_path_buf()))?;
        let found = Identity::decode(bytes)?;
        found.expect(expected)?;
        let identity = found.next_start()?;
        node.put(&mut txn, Identity::KEY, &identity.encode()).map_err(failed)?;
        txn.commit().map_err(failed)?;
        directory::sync_with_parent(directory)?;
        let reader = LmdbReader { env, records, epoch: identity.epoch, map_bytes, _lock: Arc::new(lock) };
        Ok(Self { reader, node, identity, commits: 1 })
    }

    /// Whose data this is, in this start.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Reads from any thread.
    pub fn reader(&self) -> LmdbReader {
        self.reader.clone()
    }

    /// Commits since the store was opened, that of the incarnation included. Each synced the disk.
    pub fn commits(&self) -> u64 {
        self.commits
    }

    /// The starts of peers that this node has durably heard of.
    ///
    /// # Errors
    /// The store cannot be read, or a start is corrupt.
    pub fn peer_starts(&self) -> Result<PeerStarts, StoreError> {
        let failed = |error| self.failed(error);
        let txn = self.reader.env.read_txn().map_err(failed)?;
        let mut starts = PeerStarts::default();
        for found in self.node.iter(&txn).map_err(failed)? {
            let (key, bytes) = found.map_err(failed)?;
            if PeerStarts::is_key(key) {
                let (node, incarnation) = PeerStarts::decode(key, bytes)?;
                starts.raise(node, incarnation);
            }
        }
        Ok(starts)
    }

    /// [`Store::commit`], with starts of peers in the same transaction. A start never falls. Returns how long writing
    /// the pages and syncing them took.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn commit_all(
        &mut self,
        records: &mut dyn Iterator<Item = &(LogId, LogRecord)>,
        starts: &[(NodeId, Incarnation)],
    ) -> Result<Duration, StoreError> {
        let mut txn = self.reader.env.write_txn().map_err(|error| self.failed(error))?;
        for (log, record) in records {
            let bytes = encode_record(self.reader.epoch, log, record);
            let put = self.reader.records.put(&mut txn, &log.to_store_key(), &bytes);
            put.map_err(|error| self.failed(error))?;
        }
        for (node, incarnation) in starts {
            self.put_start(&mut txn, *node, *incarnation)?;
        }
        let filled = Instant::now();
        txn.commit().map_err(|error| self.failed(error))?;
        self.commits += 1;
        Ok(filled.elapsed())
    }

    fn put_start(&self, txn: &mut RwTxn<'_>, node: NodeId, incarnation: Incarnation) -> Result<(), StoreError> {
        let key = PeerStarts::key(node);
        if let Some(bytes) = self.node.get(txn, &key).map_err(|error| self.failed(error))? {
            let (_, known) = PeerStarts::decode(&key, bytes)?;
            if known >= incarnation {
                return Ok(());
            }
        }
        let bytes = PeerStarts::encode(self.reader.epoch, node, incarnation);
        self.node.put(txn, &key, &bytes).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: heed::Error) -> StoreError {
        StoreError::from_heed(error, self.reader.map_bytes)
    }
}

impl Records for LmdbStore {
    fn load(&self, log: &LogId) -> Result<Option<LogRecord>, LoadError> {
        self.reader.load(log)
    }
}

impl Store for LmdbStore {
    fn commit(&mut self, records: &[(LogId, LogRecord)]) -> Result<(), StoreError> {
        self.commit_all(&mut records.iter(), &[]).map(drop)
    }
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { map_bytes: 64 << 30 }
    }
}

fn open(
    directory: &Path,
    options: StoreOptions,
    lock: &DirectoryLock,
) -> Result<(Env<WithoutTls>, Databases), StoreError> {
    let map_bytes = usize::try_from(options.map_bytes).unwrap_or(usize::MAX);
    let env = env::open(directory, map_bytes, lock)?;
    let databases = create(&env).map_err(|error| StoreError::from_heed(error, options.map_bytes))?;
    Ok((env, databases))
}

fn create(env: &Env<WithoutTls>) -> Result<Databases, heed::Error> {
    let txn = env.write_txn()?;
    let created = env.create_databases_and_commit(txn, |create, txn| -> Result<_, heed::Error> {
        let records = create.create_database::<Bytes, Bytes>(txn, Some("records"))?;
        let node = create.create_database::<Bytes, Bytes>(txn, Some("node"))?;
        Ok(CommitOrAbort::<_, ()>::Commit((records, node)))
    })?;
    Ok(created.unwrap_commit())
}
