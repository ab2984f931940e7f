//! Everything that carries a vote, a durable record or a result from one thread of a node to another.
//!
//! | type | from | to |
//! |---|---|---|
//! | [`Mailbox`] | sockets and the writer; the driver | a shard's driver; a peer's sender |
//! | [`GroupCommit`] | the drivers | the store's one writer thread |
//! | [`WaiterTable`] | the driver, which answers | a request's handler, which waits |
//! | [`DurableCache`] | the driver, through its [`Publisher`] | handlers that answer reads |
//! | [`Shutdown`] | whoever stops the node | everything that runs in it |
//!
//! No type here spins. Each is bounded, and each is a plain mutex with a condition variable or wakers beside it: the
//! critical sections are a few instructions long, and no caller's code runs inside one, except `Ord`, `Clone` and `Drop` of
//! keys and `Clone` of wakers. That makes poisoning a bug of this crate's, on which it panics.
//!
//! The crate depends on `std` alone. Under `--cfg loom` the primitives are loom's, and `tests/loom_*.rs` explores the
//! interleavings; loom does not model time, so there a wait with a timeout waits without one.
#![forbid(unsafe_code)]

#[macro_use]
mod mutant;

mod durable_cache;
mod group_commit;
mod mailbox;
mod shutdown;
mod sync;
mod waiter_table;

pub use durable_cache::{DurableCache, Publisher};
pub use group_commit::{GroupCommit, SubmitError, SyncFailed, Synced};
pub use mailbox::{Mailbox, PushError, Taken};
#[cfg(feature = "mutants")]
pub use mutant::Mutant;
pub use shutdown::{Guard, Idle, Requested, Shutdown};
pub use waiter_table::{RegisterError, Token, Waiter, WaiterTable};

/// Whether the wrong variants are compiled in. `quorate` refuses to compile with them.
pub const MUTANTS_COMPILED_IN: bool = cfg!(feature = "mutants");
