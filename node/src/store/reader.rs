use super::lock::DirectoryLock;
use super::record::decode_record;
use super::{LoadError, Records, StoreError};
use heed::types::Bytes;
use heed::{Database, Env, WithoutTls};
use quorate_protocol::{ConfigEpoch, LogId, LogRecord};
use std::sync::Arc;

/// Reads records of an [`LmdbStore`](super::LmdbStore) from any thread, each in a read transaction of its own, which
/// ends before the call returns.
#[derive(Clone)]
pub struct LmdbReader {
    pub(super) env: Env<WithoutTls>,
    pub(super) records: Database<'static, Bytes, Bytes>,
    pub(super) epoch: ConfigEpoch,
    pub(super) map_bytes: u64,
    // Last, so that the directory is locked for as long as the environment is open.
    pub(super) _lock: Arc<DirectoryLock>,
}

impl LmdbReader {
    /// Bytes of the data file in use, free pages inside it included; it never shrinks.
    pub fn used_bytes(&self) -> u64 {
        let pages = u64::try_from(self.env.info().last_page_number).unwrap_or(u64::MAX);
        pages.saturating_add(1).saturating_mul(self.page_bytes())
    }

    /// Bytes that the data file may grow to.
    pub fn map_bytes(&self) -> u64 {
        self.map_bytes
    }

    /// Slots of the reader table that were ever in use at a time.
    pub fn readers(&self) -> u64 {
        u64::from(self.env.info().number_of_readers)
    }

    /// How many logs have a record.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn count(&self) -> Result<u64, StoreError> {
        let txn = self.env.read_txn().map_err(|error| self.failed(error))?;
        self.records.len(&txn).map_err(|error| self.failed(error))
    }

    fn page_bytes(&self) -> u64 {
        u64::from(self.env.unnamed_database_stat().page_size)
    }

    fn failed(&self, error: heed::Error) -> StoreError {
        StoreError::from_heed(error, self.map_bytes)
    }
}

impl Records for LmdbReader {
    fn load(&self, log: &LogId) -> Result<Option<LogRecord>, LoadError> {
        let failed = |error| LoadError::from(self.failed(error));
        let txn = self.env.read_txn().map_err(failed)?;
        let found = self.records.get(&txn, &log.to_store_key()).map_err(failed)?;
        Ok(found.map(|bytes| decode_record(self.epoch, log, bytes)).transpose()?)
    }
}

impl std::fmt::Debug for LmdbReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LmdbReader").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}
