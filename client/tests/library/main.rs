//! What the library builds upon its operations: batches, updates, recipes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test that fails shall panic.

mod batches;
#[cfg(feature = "blocking")]
mod blocking;
#[path = "../cluster/mod.rs"]
mod cluster;
mod counter;
mod recipes;
#[cfg(feature = "blocking")]
mod send;
mod updates;
