//! `quorate-check`: the model checker's command.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    quorate_verification::cli::run(&arguments).into()
}
