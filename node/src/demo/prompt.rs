use super::cluster::Cluster;
use super::words;
use crate::cli::{Data, Exit, Failure, connect};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use quorate_client::Client;
use std::io::{IsTerminal, Write};

/// One line at the prompt.
#[derive(Debug, Parser)]
#[command(name = "", no_binary_name = true, disable_version_flag = true, disable_help_flag = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Data(Data),
    /// Same as key inspect
    Inspect {
        /// The key
        key: std::ffi::OsString,
    },
    /// End a node without warning (SIGKILL)
    Kill {
        /// Which
        node: u16,
    },
    /// Start a node that was killed
    Start {
        /// Which
        node: u16,
    },
    /// Stop the nodes and leave
    #[command(visible_alias = "exit")]
    Quit,
}

/// Reads lines until one says to leave, stdin ends, or an interrupt comes.
///
/// # Errors
/// The cluster cannot be reached at all.
pub(super) async fn run(cluster: &mut Cluster) -> Result<Exit, Failure> {
    let client = connect(&cluster.target()).await?;
    welcome(cluster);
    loop {
        let line = tokio::select! {
            line = read_line() => line,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(line) = line else { break };
        if !obey(cluster, &client, &line).await {
            break;
        }
    }
    eprintln!("stopping the nodes");
    Ok(Exit::Ok)
}

fn welcome(cluster: &Cluster) {
    eprintln!("Three nodes run, each a process with its data on disk in {}.", cluster.directory().display());
    eprintln!("From another shell: export QUORATE_ENDPOINTS={}", cluster.target().endpoints.join(","));
    eprintln!("Try: put tea green, get tea, inspect tea, kill 1, put tea black, status, start 1, help, quit");
}

/// Does what a line says; whether to go on.
async fn obey(cluster: &mut Cluster, client: &Client, line: &str) -> bool {
    let words = match words::split(line) {
        Ok(words) if words.is_empty() => return true,
        Ok(words) => words,
        Err(error) => {
            eprintln!("{error}");
            return true;
        }
    };
    let parsed = Line::command().try_get_matches_from(words).and_then(|matches| Line::from_arg_matches(&matches));
    let done = match parsed {
        Err(error) => {
            eprint!("{error}");
            return true;
        }
        Ok(Line { command: Command::Quit }) => return false,
        Ok(Line { command: Command::Data(data) }) => ask(cluster, client, &data).await,
        Ok(Line { command: Command::Inspect { key } }) => ask(cluster, client, &Data::inspect(key)).await,
        Ok(Line { command: Command::Kill { node } }) => {
            cluster.kill(node).inspect(|()| eprintln!("node {node} is dead"))
        }
        Ok(Line { command: Command::Start { node } }) => {
            cluster.start(node).await.inspect(|()| eprintln!("node {node} serves again"))
        }
    };
    if let Err(failure) = done {
        eprint!("{}", failure.render(&cluster.target().format));
    }
    true
}

async fn ask(cluster: &Cluster, client: &Client, data: &Data) -> Result<(), Failure> {
    let target = cluster.target();
    data.run(client, &target).await.map(|answer| {
        answer.print(&target.format);
    })
}

/// The next line of stdin, `None` at its end. The read blocks a thread of its own, which does not hold the demo back.
async fn read_line() -> Option<String> {
    if std::io::stdin().is_terminal() {
        eprint!("quorate> ");
        let _ = std::io::stderr().flush();
    }
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).is_ok_and(|bytes| bytes > 0).then_some(line)
    });
    read.await.ok().flatten()
}
