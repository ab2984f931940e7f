//! Tests of the core through its public surface: laws of its small types, rules of its machines one sentence a test,
//! and a deterministic scheduler that drives whole clusters of logs.

mod regressions;
mod support;
