//! The engine: the driver on threads.
//!
//! One thread a shard runs a [`Driver`](crate::driver::Driver); one thread writes to LMDB, many logs a commit. Everything
//! between them and the sockets' tasks goes through `quorate-handoff`. The engine knows no socket and no runtime: its
//! futures work on any executor.
//!
//! In each turn a driver thread takes all that has arrived, steps it, then publishes what readers may be told, submits
//! all writes of the turn as one job, hands messages to the peers' outboxes and answers. Publishing comes first: from
//! then on the cache shows at least what anybody can have been told of, and at least what any earlier commit holds.

mod config;
mod fatal;
mod handle;
mod job;
mod outbox;
mod progress;
mod queue;
mod shard;
mod shared;
mod start;
mod status;
mod writer;

pub use config::EngineConfig;
pub use fatal::Fatal;
pub use handle::EngineHandle;
pub use job::StaleStart;
pub use outbox::Outbox;
pub use progress::Pulse;
pub use start::{Engine, StartError};
pub use status::{EngineStatus, QueueLimits};
