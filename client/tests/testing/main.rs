//! The cluster for users' tests: what it promises of faults, of time, and of being the same for the same seed.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)] // A test that fails shall panic.

mod faults;
mod load;
mod refused;
mod time;
