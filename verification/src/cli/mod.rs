//! `quorate-check`: the command line.

mod commands;
mod exit;
mod history;
mod ledger;
mod options;
mod report;
mod trace;

pub use commands::run;
pub use exit::Exit;
pub use options::{Command, Options, USAGE};
