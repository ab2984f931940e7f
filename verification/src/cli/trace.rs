//! `quorate-check trace`.

use super::Exit;
use super::arguments::TraceArguments;
use super::commands::usage;
use super::say::say;
use crate::trace::{Options, check_directories};

/// Runs the command.
pub(super) fn run(arguments: &TraceArguments) -> Exit {
    let options = Options { pass_bytes: arguments.pass_mib << 20 };
    match check_directories(&arguments.directories, options) {
        Ok(report) => {
            say(&report);
            match (report.is_explained(), report.gaps) {
                (false, _) => Exit::Violation,
                (true, 0) => Exit::Ok,
                (true, _) => Exit::BoundHit,
            }
        }
        Err(error) => usage(error),
    }
}
