//! Where records live: a store trait of two methods, the reading one a driver's, and LMDB behind it.
//!
//! The trait is small because what is behind it will change. What it promises is what the protocol rests on: a
//! committed record is durable, a loaded record is exactly one that was committed, and a record that cannot be trusted
//! is reported as corrupt, never as absent.

mod directory;
mod env;
mod error;
mod examine;
mod identity;
mod lmdb;
mod lock;
mod peers;
mod reader;
mod record;
mod seal;

pub use error::StoreError;
pub use examine::Examined;
pub use identity::Identity;
pub use lmdb::{LmdbStore, StoreOptions};
pub use peers::PeerStarts;
pub use quorate_driver::{Corruption, LoadError, Records};
pub use reader::LmdbReader;
pub use record::{RECORD_VERSION, decode_record, encode_record};

use quorate_protocol::{LogId, LogRecord};

/// A store of records: what the writer thread needs.
pub trait Store: Records {
    /// Makes these records durable, all or none of them; the last one of a log wins. Returns once a power cut cannot
    /// take them back.
    ///
    /// # Errors
    /// Whether they are durable is then not known, and the store must not be used again.
    fn commit(&mut self, records: &[(LogId, LogRecord)]) -> Result<(), StoreError>;
}
