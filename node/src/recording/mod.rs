//! `quorate serve --record`: writes down what every log of this node does, for `quorate-check trace`.
//!
//! A driver tells its `LogRecorder`, which gathers events and hands them, a turn at a time, to a
//! thread that encodes and writes them. The format is that of [`quorate_protocol::trace`]; `docs/trace.md` tells it.
//!
//! Voting never waits for a trace. Where the thread is behind by [`QUEUED_BYTES_MAX`], the turn's events are dropped, the
//! trace says how many ([`Event::Gap`](quorate_protocol::trace::Event::Gap)), and each log is recorded again from the
//! next moment at which it is idle. A trace is written but not synced: it survives the end of the process, of which it
//! may lack the last instants, and not that of the machine.

mod memory;
mod queue;
mod recorder;
mod segments;
mod streams;
mod writer;

pub use memory::MemoryStream;
pub use streams::{Recording, RecordingStats};

/// Bytes of events that may wait for the thread, roughly.
pub const QUEUED_BYTES_MAX: usize = 64 << 20;
/// Bytes of a segment at most, but for its last frame.
pub const SEGMENT_BYTES: u64 = 64 << 20;
