//! The command line. Data goes to stdout, everything else to stderr.

mod exit;

pub use exit::{Exit, Failure};

use std::process::ExitCode;

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    Exit::Usage.into()
}
