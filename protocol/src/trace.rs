//! What a node writes down of a run, so that a checker can run it again: every event of every log, in
//! the order of the steps, with digests of what came out of each step.
//!
//! Types, layout and digests alone. `node` writes the bytes and `quorate-check trace` reads them; both
//! take the format from here. `docs/trace.md` tells it in prose.
//!
//! A *stream* is what one shard of one node does in one start of it, in segments (files) of bounded
//! size. A segment is [`SEGMENT_MARK`], then frames; a frame is its body's length and CRC32C, both
//! little-endian ([`frame_head`]), then the body: one [`Event`] in postcard. The first event of every
//! segment is [`Event::Start`].

mod digest;

pub use digest::{Digest64, StepDigests, entry_digest, record_digest};
pub(crate) use digest::{EntryDigests, digest_record};

use crate::{ConfigEpoch, IdleImage, Input, LogId, LogRecord, NodeId, Owner};
use alloc::vec::Vec;

/// The first bytes of a segment: what it is, and the version of the format (little-endian). A change of
/// any type inside [`Event`], or of what a digest takes in, is a new version.
pub const SEGMENT_MARK: [u8; 8] = *b"QTRACE\x01\x00";
/// Bytes of a frame before its body: the body's length and its CRC32C.
pub const FRAME_HEAD_BYTES: usize = 8;
/// Bytes of a body at most: a message with three entries at their limits, or an image with four, and some.
pub const FRAME_BYTES_MAX: u32 = 8 << 20;
/// How a segment's file name ends.
pub const SEGMENT_EXTENSION: &str = "qtrace";

/// A log within its stream, by number: each log that comes into memory gets the next one.
pub type LogNumber = u64;

/// What a stream is of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Start {
    /// The node, in this start of it.
    pub me: Owner,
    /// The shard, from 0.
    pub shard: u16,
    /// The segment within the stream, from 0.
    pub segment: u32,
    /// The configuration that the node runs with.
    pub epoch: ConfigEpoch,
    /// Its voters.
    pub voters: Vec<NodeId>,
}

/// One thing that happened in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Event {
    /// A segment begins.
    Start(Start),
    /// A log came into memory with this record from the store.
    Loaded {
        /// Its number from here on.
        log: LogNumber,
        /// Which log.
        id: LogId,
        /// What the store held.
        record: LogRecord,
    },
    /// A log is recorded again after a gap; it was idle then.
    Resumed {
        /// Its number from here on.
        log: LogNumber,
        /// Which log.
        id: LogId,
        /// All that it remembered.
        image: IdleImage,
    },
    /// A log took a step. A write is issued in the step whose output has it; [`Input::Durable`] is the
    /// later event that it is durable.
    Step {
        /// Which log.
        log: LogNumber,
        /// Which step of it since it got its number, from 1.
        serial: u64,
        /// What it was told.
        input: Input,
        /// Digests of what came out, and of its state afterwards.
        after: StepDigests,
    },
    /// A log was dropped from memory. Its number is not used again.
    Evicted {
        /// Which log.
        log: LogNumber,
    },
    /// The recorder could not keep up: events of any log are missing here. No number given before is used
    /// again.
    Gap {
        /// How many.
        events: u64,
    },
    /// Steps of logs that were not idle since the last gap, and so could not be resumed. The logs that
    /// have numbers lack nothing.
    Unrecorded {
        /// How many.
        events: u64,
    },
    /// Nothing was left out at the end: the node stopped in an orderly way.
    End,
}

/// The bytes before a frame's body. The sum is over the body's length and the body.
pub fn frame_head(length: u32, crc32c: u32) -> [u8; FRAME_HEAD_BYTES] {
    let ([l0, l1, l2, l3], [c0, c1, c2, c3]) = (length.to_le_bytes(), crc32c.to_le_bytes());
    [l0, l1, l2, l3, c0, c1, c2, c3]
}

/// The length and the CRC32C of a frame's body.
pub fn parse_frame_head(head: [u8; FRAME_HEAD_BYTES]) -> (u32, u32) {
    let [l0, l1, l2, l3, c0, c1, c2, c3] = head;
    (u32::from_le_bytes([l0, l1, l2, l3]), u32::from_le_bytes([c0, c1, c2, c3]))
}
