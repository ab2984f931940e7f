//! The driver: owns the logs of a shard and runs the core for them.
//!
//! It is synchronous and has no clock, no thread and no socket: it is told the time, and what it wants done comes back
//! as [`Effects`]. The same driver runs in the node, on a thread of its own, and in the simulator, under virtual time.
//! Given the same seed, records and events, it does the same.
//!
//! It decides nothing about safety. What may leave and when is decided inside [`PaxosLog`](quorate_protocol::PaxosLog);
//! everything in the effects may be done at once.
//!
//! What is durable it learns through [`Records`]; who makes things durable is not its business.
#![forbid(unsafe_code)]

mod counters;
mod error;
mod event;
mod hosted;
mod limits;
mod pace;
mod random;
mod recorder;
mod records;
mod refusal;
mod shard;
mod steps;
mod table;
mod timers;

pub use counters::{Counters, ROUNDS_MAX};
pub use error::DriverError;
pub use event::{ClientRequest, Effects, Event};
pub use limits::{DriverLimits, entry_weight, request_bytes, weight};
pub use random::SplitMix64;
pub use recorder::Recorder;
pub use records::{Corruption, LoadError, Records};
pub use refusal::DriverRefusal;
pub use shard::{Driver, Inspected};
