//! What replicas send each other.

use super::{
    limits::{ENVELOPE_BYTES_TARGET, ENVELOPES_MAX},
    sequence,
};
use quorate_protocol::{Entry, Envelope};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Messages for one replica. One-way in meaning: what they cause comes back as a delivery in the other
/// direction, never as the response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeerRequest {
    /// Everything for the receiver since the last delivery, at most
    /// [`ENVELOPES_MAX`](super::limits::ENVELOPES_MAX).
    V1(#[serde(deserialize_with = "sequence::bounded::<_, _, ENVELOPES_MAX>")] Vec<Envelope>),
}

/// Whether a delivery was taken in. Nothing of the protocol rests on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeerResponse {
    /// All of it is in the receiver's inbox.
    Taken,
    /// The inbox was full; some or all of it is lost, and the core's timers send it again.
    Overloaded,
    /// The receiver is stopping.
    ShuttingDown,
}

/// An upper bound of the bytes that an envelope takes on the wire, cheap to compute.
pub fn envelope_bytes_max(envelope: &Envelope) -> usize {
    // Rows, ballots and ids are varints: 10 bytes at most for 64 bits, 19 for 128.
    const FIXED: usize = 512;
    let message = &envelope.message;
    let entries = [
        message.accepted.as_deref(),
        message.chosen.entry.as_deref(),
        message.proposal.as_ref().map(|proposal| &*proposal.entry),
    ];
    let entries: usize = entries.into_iter().flatten().map(entry_bytes_max).sum();
    FIXED + envelope.log.key.len() + entries
}

/// Takes from those that wait what fits into one frame, oldest first: at most [`ENVELOPES_MAX`], and beyond the first at
/// most [`ENVELOPE_BYTES_TARGET`] bytes.
pub fn take_frame(waiting: &mut VecDeque<Envelope>) -> Vec<Envelope> {
    let mut bytes = 0;
    let mut frame = Vec::new();
    while let Some(envelope) = waiting.front() {
        bytes += envelope_bytes_max(envelope);
        if frame.len() >= ENVELOPES_MAX || (!frame.is_empty() && bytes > ENVELOPE_BYTES_TARGET) {
            break;
        }
        frame.extend(waiting.pop_front());
    }
    frame
}

fn entry_bytes_max(entry: &Entry) -> usize {
    const FIXED: usize = 64;
    // A request id, a version and an outcome that holds a version.
    const RECORDED: usize = 64;
    FIXED + entry.value.as_ref().map_or(0, bytes::Bytes::len) + entry.requests.len() * RECORDED
}
