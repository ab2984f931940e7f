//! The command line. Data goes to stdout, everything else to stderr.

mod bytes_text;
mod exit;
mod identity;
mod init;
mod serve;

pub use exit::{Exit, Failure};
use init::Init;
use serve::Serve;
use serve::tell;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// A replicated key-value store without a leader.
///
/// Exit codes: 0 ok, 1 negative answer, 2 usage, 3 unavailable and surely not applied, 4 unknown outcome, 5 refused,
/// 6 corruption.
#[derive(Debug, Parser)]
#[command(name = "quorate", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write configurations and data directories for a new cluster
    Init(Init),
    /// Run a node
    Serve(Box<Serve>),
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(exit) => exit.into(),
        Err(failure) => tell(&failure),
    }
}

fn run(command: Command) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(Exit::Unavailable, format!("no runtime: {error}")))?;
    let done = match command {
        Command::Init(init) => init.run(),
        Command::Serve(serve) => runtime.block_on(serve.run()),
    };
    // A read of stdin that never ends must not hold the process back.
    runtime.shutdown_background();
    done
}
