//! A log's record as bytes.

use super::Corruption;
use super::seal::{seal, unseal};
use quorate_protocol::{ConfigEpoch, LogId, LogRecord};

/// The format that this code writes and reads. A change of any type inside [`LogRecord`] is a new version; the golden
/// file of the tests finds one that was made by accident.
pub const RECORD_VERSION: u16 = 1;

/// The bytes of a log's record: a sealed postcard body.
pub fn encode_record(epoch: ConfigEpoch, log: &LogId, record: &LogRecord) -> Vec<u8> {
    // Serializing into memory fails for no type inside a record; an empty body would be found out at the next load.
    let body = postcard::to_allocvec(record).unwrap_or_default();
    seal(RECORD_VERSION, epoch, &log.to_store_key(), &body)
}

/// The record in these bytes, if they are what was written for `log` in `epoch`.
///
/// # Errors
/// [`Corruption`], for any other bytes.
pub fn decode_record(epoch: ConfigEpoch, log: &LogId, bytes: &[u8]) -> Result<LogRecord, Corruption> {
    let (written_in, body) = unseal(RECORD_VERSION, &log.to_store_key(), bytes)?;
    if written_in != epoch {
        return Err(Corruption::Epoch(written_in));
    }
    let (record, rest) = postcard::take_from_bytes::<LogRecord>(body).map_err(|_| Corruption::Body)?;
    if !rest.is_empty() {
        return Err(Corruption::Body);
    }
    record.check().map_err(|violation| Corruption::Invariant(violation.into()))?;
    Ok(record)
}
