//! `quorate-check`: the model checker's command.
#![forbid(unsafe_code)]

/// States are allocated by one worker and freed by another, for which the C library takes a lock each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    quorate_verification::cli::run(&arguments).into()
}
