//! `quorate-check`: the command line.

mod commands;
mod exit;
mod history;
mod ledger;
mod number;
mod options;
mod report;
mod trace;

pub use commands::run;
pub use exit::Exit;
pub(crate) use number::number;
pub use options::{Command, Options, USAGE};
