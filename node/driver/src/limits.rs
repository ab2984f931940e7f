use crate::DriverRefusal;
use quorate_protocol::{
    BATCH_MAX, Entry, Expect, KEY_BYTES_MAX, LogId, LogRecord, Message, Operation, Request, VALUE_BYTES_MAX, WINDOW_MAX,
};

/// What one driver may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriverLimits {
    /// Logs in memory. Idle ones are dropped beyond it; if all are busy, requests are refused and messages dropped.
    pub logs: usize,
    /// Bytes of values in memory, roughly; as for `logs`.
    pub bytes: usize,
    /// Attempts that wait for an answer.
    pub waiting: usize,
    /// Bytes of their requests, roughly: keys, values, and what a compare-and-set expects.
    pub waiting_bytes: usize,
    /// Messages in one [`Effects`](crate::Effects); those beyond are dropped, which the protocol takes for loss.
    pub envelopes: usize,
    /// Corrupt logs that are listed.
    pub corrupt: usize,
}

impl Default for DriverLimits {
    fn default() -> Self {
        Self {
            logs: 1 << 20,
            bytes: 1 << 30,
            waiting: 1 << 16,
            waiting_bytes: 256 << 20,
            envelopes: 1 << 16,
            corrupt: 1 << 12,
        }
    }
}

pub(crate) fn is_key(log: &LogId) -> bool {
    (1..=KEY_BYTES_MAX).contains(&log.key.len())
}

pub(crate) fn check_request(log: &LogId, request: &Request) -> Result<(), DriverRefusal> {
    if !is_key(log) {
        return Err(DriverRefusal::KeyLength { bytes: saturated(log.key.len()) });
    }
    let stored = request.operation.value_bytes();
    if stored > VALUE_BYTES_MAX {
        return Err(DriverRefusal::ValueLength { bytes: saturated(stored) });
    }
    Ok(())
}

fn saturated(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Whether a message holds nothing that no replica within its limits can have sent.
pub(crate) fn is_within_limits(message: &Message) -> bool {
    let proposed = message.proposal.as_ref().map(|proposal| &proposal.entry);
    let mut entries = message.accepted.iter().chain(&message.chosen.entry).chain(proposed);
    entries.all(|entry| entry_is_within_limits(entry))
}

fn entry_is_within_limits(entry: &Entry) -> bool {
    let value = entry.value.as_ref().map_or(0, |value| value.len());
    value <= VALUE_BYTES_MAX && entry.requests.len() <= WINDOW_MAX + BATCH_MAX
}

/// Bytes that a request keeps in memory while it waits, roughly.
pub fn request_bytes(log: &LogId, request: &Request) -> usize {
    let expected = match &request.operation {
        Operation::CompareAndSet { expect: Expect::Value(value), .. } => value.len(),
        _ => 0,
    };
    log.key.len() + request.operation.value_bytes() + expected
}

/// Bytes that a record keeps in memory, roughly.
pub fn weight(record: &LogRecord) -> usize {
    let accepted = record.accepted.as_ref().map(|accepted| &accepted.entry);
    record.chosen_entry().into_iter().chain(accepted).map(|entry| entry_weight(entry)).sum()
}

/// Bytes that an entry keeps in memory, roughly.
pub fn entry_weight(entry: &Entry) -> usize {
    let value = entry.value.as_ref().map_or(0, |value| value.len());
    size_of::<Entry>() + value + entry.requests.capacity() * size_of::<quorate_protocol::Recorded>()
}
