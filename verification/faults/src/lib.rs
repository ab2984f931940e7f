//! Faults against the shipped code: a seeded simulator over the node's driver, and (in the tests) real processes.
#![forbid(unsafe_code)]

pub mod fuzz;
pub mod kill;
pub mod sim;
pub mod transitions;
