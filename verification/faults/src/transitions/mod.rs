//! Tests from the models: each kind of step that a replica takes in a model, taken by the node's driver over LMDB.
//!
//! The witnesses come from [`quorate_verification::model::transitions`]. Each has a key of its own. The record is
//! written to the store, the driver restores the log from it, and is told what the witness says by its own events. A
//! write is confirmed once LMDB has committed it, and what LMDB then holds is read back. A crash drops the driver, closes
//! the store and opens it again, which raises the incarnation. What leaves the driver must be what a plain
//! [`PaxosLog`](quorate_protocol::PaxosLog) gives.

mod mismatch;
mod played;
mod stage;
mod told;

pub use mismatch::Mismatch;
pub use stage::{Performed, perform};
