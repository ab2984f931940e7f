use super::{Data, Exit, Failure, Format, Target, connect};
use crate::prompt::{Completion, Lines, Reply, SeenKeys, converse, parse};
use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;

/// A prompt for a cluster: all data commands, with completion and history.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Repl {}

/// One line at the prompt.
#[derive(Debug, Parser)]
#[command(
    name = "",
    about = "The commands; help COMMAND says more",
    no_binary_name = true,
    disable_version_flag = true,
    disable_help_flag = true
)]
#[command(override_usage = "COMMAND [ARGUMENTS]", subcommand_value_name = "COMMAND", max_term_width = 100)]
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
        key: OsString,
    },
    /// Leave
    #[command(visible_alias = "exit")]
    Quit,
}

impl Repl {
    /// Runs the command.
    ///
    /// # Errors
    /// The cluster cannot be reached, or there are no lines to obey.
    pub(super) async fn run(&self, target: &Target) -> Result<Exit, Failure> {
        let client = connect(target).await?;
        let format = Format { prompt: true, ..target.format.clone() };
        let target = Target { format, ..target.clone() };
        let keys = SeenKeys::default();
        let mut lines = Lines::of_stdin("repl", Completion::new(Line::command(), keys.clone(), |_| &[]))?;
        if lines.is_terminal() {
            let nodes = client.replicas().len();
            eprintln!("cluster {} of {nodes} nodes; help lists the commands, the tab key completes", client.cluster());
        }
        converse(&mut lines, &target.format, async |words: Vec<String>| {
            let Some(Line { command }) = parse(words)? else { return Ok(Reply::Done(Exit::Ok)) };
            let data = match command {
                Command::Quit => return Ok(Reply::Leave),
                Command::Data(data) => data,
                Command::Inspect { key } => Data::inspect(key),
            };
            keys.note(data.key());
            data.run(&client, &target).await.map(|answer| Reply::Done(answer.print(&target.format)))
        })
        .await
    }
}
