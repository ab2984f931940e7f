//! The command line. Data goes to stdout, everything else to stderr.

mod answer;
mod bytes_text;
mod config;
mod connect;
mod data;
mod document;
mod environment;
mod exit;
mod explain;
mod failure;
mod format;
mod generate;
mod identity;
mod init;
mod inspect;
mod look;
mod metrics;
mod monitor;
mod outcome;
mod repl;
mod serve;
mod session;
mod status;
mod supervisor;
mod table;
mod target;
mod version;
mod watch;

pub(crate) use answer::Answer;
pub(crate) use bytes_text::excerpt;
pub(crate) use config::load as load_config;
pub(crate) use connect::connect;
pub(crate) use data::Data;
pub use exit::{Exit, Failure};
pub(crate) use format::Format;
pub(crate) use init::Init;
pub(crate) use table::{BAD, GOOD, Table, WARNING, paint};
pub(crate) use target::{Target, parse_duration};
pub(crate) use watch::Watch;

use crate::bench::Bench;
use crate::demo::Demo;
use crate::doctor::Doctor;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use config::ConfigCommand;
use generate::{Completions, Man};
use metrics::Metrics;
use repl::Repl;
use serve::Serve;
use std::process::ExitCode;

/// A replicated key-value store without a leader.
///
/// Exit codes: 0 ok, 1 negative answer, 2 usage, 3 unavailable and surely not applied, 4 unknown outcome, 5 refused,
/// 6 corruption.
#[derive(Debug, Parser)]
#[command(name = "quorate", version, max_term_width = 100, args_override_self = true)]
struct Cli {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write configurations and data directories for a new cluster
    Init(Init),
    /// Run a node
    Serve(Box<Serve>),
    /// Measure a cluster
    Bench(Bench),
    /// Try it out: three durable nodes in a temporary directory, and a prompt
    Demo(Demo),
    /// List the metrics of a node: what each means, and what to do when it looks bad
    Metrics(Metrics),
    /// A prompt for a cluster: all data commands, with completion and history
    Repl(Repl),
    /// Look at a node's configuration without starting it
    #[command(subcommand)]
    Config(Box<ConfigCommand>),
    /// Look for what will hurt: the disk, the limits, the records, the other nodes
    Doctor(Doctor),
    /// Print a shell's completions
    Completions(Completions),
    /// Write the manual pages
    Man(Man),
    /// Print the version, and which formats it speaks
    Version,
    #[command(flatten)]
    Data(Data),
}

/// Everything that the command line knows: commands, flags, variables, help.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let Cli { target, command } = match parse(&arguments) {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, &Format::of_broken_line(&arguments)),
    };
    environment::warn(&self::command(), &target.format);
    match run(&target, command) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            eprint!("{}", failure.render(&target.format));
            failure.exit.into()
        }
    }
}

fn parse(arguments: &[std::ffi::OsString]) -> Result<Cli, clap::Error> {
    let mut known = command();
    let matches = known.try_get_matches_from_mut(arguments)?;
    let mut parsed = Cli::from_arg_matches(&matches)?;
    if let Command::Config(config) = parsed.command {
        let below = known.find_subcommand("config").zip(matches.subcommand_matches("config"));
        let config = match below {
            Some((known, matches)) => Box::new(config.with_origins(known, matches)),
            None => config,
        };
        parsed.command = Command::Config(config);
    }
    Ok(parsed)
}

/// What clap found wrong with the command line, or help that was asked for.
fn usage(error: &clap::Error, format: &Format) -> ExitCode {
    if error.use_stderr() && format.output.is_some_and(format::Output::is_json) {
        eprint!("{}", Failure::usage(error.to_string().trim_end()).render(format));
        return Exit::Usage.into();
    }
    // A closed stdout or stderr leaves nobody to tell.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage.into() } else { Exit::Ok.into() }
}

fn run(target: &Target, command: Command) -> Result<Exit, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Command::Serve(serve) = &command {
        builder.worker_threads(serve.io_threads());
    }
    let runtime = builder
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Unavailable, format!("no runtime: {error}")))?;
    let print = |answer: Answer| answer.print(&target.format);
    let done = match command {
        Command::Init(init) => init.run().map(print),
        Command::Metrics(metrics) => Ok(print(metrics.run())),
        Command::Serve(serve) => runtime.block_on(serve.run()),
        Command::Bench(bench) => runtime.block_on(bench.run(target)).map(print),
        Command::Demo(demo) => runtime.block_on(demo.run()),
        Command::Repl(repl) => runtime.block_on(repl.run(target)),
        Command::Config(config) => config.run().map(print),
        Command::Doctor(doctor) => runtime.block_on(doctor.run(target)).map(print),
        Command::Completions(completions) => Ok(print(completions.run())),
        Command::Man(man) => man.run().map(print),
        Command::Version => Ok(print(version::version())),
        Command::Data(data) => runtime.block_on(async {
            let client = connect(target).await?;
            match data.watch() {
                Some(interval) => monitor::run(&client, target, interval).await,
                None => data.run(&client, target).await.map(print),
            }
        }),
    };
    // A read of stdin that never ends must not hold the process back.
    runtime.shutdown_background();
    done
}
