//! Tests of the core through its public surface: laws of its small types, rules of its machines one sentence a test,
//! and a deterministic scheduler that drives whole clusters of logs.
// Helpers of tests are outside `#[test]` functions, where the lints' exemption for tests does not reach.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::needless_pass_by_value)]

mod admission;
mod answers;
mod attempts;
mod audit;
mod ballots;
mod clients;
mod cluster;
mod coming_back;
mod contention;
mod contradicted;
mod digests;
mod gate;
mod hostile;
mod identity;
mod laws;
mod outlived;
mod paper;
mod reads;
mod records;
mod reference;
mod regressions;
mod rejoin;
mod rinsing;
mod rules;
mod run;
mod scheduler;
mod sessions;
mod support;
mod votes;
mod window;
#[cfg(feature = "serde")]
mod wire;
