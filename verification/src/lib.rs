//! Quorate's verification: models over the shipped core, the checker's command, histories.
#![forbid(unsafe_code)]

pub mod check;
pub mod cli;
pub mod diagram;
pub mod history;
pub mod ledger;
pub mod model;
pub mod mutants;
pub mod playback;
pub mod rejoin;
pub mod sessions;
pub mod shared;
pub mod tpaxos;
pub mod trace;
