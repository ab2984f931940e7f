//! Traces of real nodes, run again: through the shipped core, and through the abstract specification.
//!
//! [`check_directories`] reads what `quorate serve --record` wrote. Each stream is replayed through
//! [`PaxosLog::step`](quorate_protocol::PaxosLog::step): every output and every state must have the digest that the
//! node wrote down, every record that the store gave back must be one that it was given. What became durable
//! anywhere, put together by log and slot, must be a behaviour of `spec`'s Voting. Whatever cannot be explained is a
//! [`Failure`], shown with the events around it.
//!
//! The time is linear in the events. In memory are the logs that a node had in memory, about a hundred bytes for each
//! write and each chosen slot, and a row for each log; a large trace is read several times, with a part of the logs
//! each time ([`Options::pass_bytes`]), so that this stays bounded for any number of logs. One log is never split.

mod checker;
mod describe;
mod directory;
mod facts;
mod failure;
mod judge;
mod known;
mod replay;
mod report;
mod segment;

pub use checker::{Checker, Part, Source};
pub use directory::{Options, TraceError, check_directories};
pub use failure::{Failure, Fault};
pub use report::Report;
pub use segment::{Position, ReadError, SegmentReader};
