use quorate_protocol::{ConfigEpoch, LogId, LogRecord, RestoreError};
use std::error::Error;

/// The reading half of a store: what a driver and the handlers of reads need.
pub trait Records {
    /// The newest committed record of a log; `None` if none ever was.
    ///
    /// # Errors
    /// [`LoadError::Corrupt`] for a record that cannot be trusted; the log must then neither vote nor answer.
    /// Anything else says that the store itself cannot be read.
    fn load(&self, log: &LogId) -> Result<Option<LogRecord>, LoadError>;
}

/// Why a record could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// This record cannot be trusted; the others can.
    #[error("a record is corrupt: {0}")]
    Corrupt(#[from] Corruption),
    /// The store cannot be read; what it says is its own.
    #[error(transparent)]
    Store(Box<dyn Error + Send + Sync>),
}

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
