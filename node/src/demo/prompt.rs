use super::deed::{Deed, Switch};
use super::judge::Word;
use super::link::Condition;
use super::process::State;
use super::stage::Stage;
use super::stats;
use super::tour::TOUR;
use crate::cli::{Data, Exit, Failure, connect, parse_duration};
use crate::prompt::{Completion, Lines, LiveLine, Reply, SeenKeys, converse, parse};
use clap::{CommandFactory, Parser, Subcommand};
use quorate_client::Client;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// One line at the prompt.
#[derive(Debug, Parser)]
#[command(
    name = "",
    about = "The commands of the demo; help COMMAND says more",
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
    #[command(flatten)]
    Deed(Deed),
    /// Show what the load saw after each thing that was done
    Stats,
    /// Say whether what all clients of the demo saw is linearizable
    Verdict,
    /// Do nothing for a while, such as 3s; for scripts
    Wait {
        /// For how long, at most a minute
        #[arg(value_parser = parse_duration)]
        time: Duration,
    },
    /// Be shown around, in half a minute
    Tour,
    /// Stop the nodes and leave
    #[command(visible_alias = "exit")]
    Quit,
}

/// The prompt of a demo.
pub(super) struct Prompt<'a> {
    stage: &'a Arc<Stage>,
    client: Client,
    keys: SeenKeys,
}

impl<'a> Prompt<'a> {
    /// Obeys lines until one says to leave, they end, or a signal says so.
    ///
    /// # Errors
    /// The cluster or the lines cannot be reached at all.
    pub(super) async fn run(stage: &'a Arc<Stage>, script: Option<Lines>, page: Option<&str>) -> Result<Exit, Failure> {
        let prompt = Self { stage, client: connect(stage.target()).await?, keys: SeenKeys::default() };
        let completion = Completion::new(Line::command(), prompt.keys.clone(), values);
        let mut lines = script.map_or_else(|| Lines::of_stdin("demo", completion), Ok)?;
        prompt.welcome(lines.is_terminal(), page);
        if let Some(live) = lines.live_line() {
            tokio::spawn(show(Arc::clone(stage), live));
        }
        let echo = !lines.is_terminal();
        let done = converse(&mut lines, &stage.target().format, async |words: Vec<String>| {
            if echo {
                eprintln!("> {}", words.join(" "));
            }
            prompt.obey(words).await
        });
        let done = done.await;
        eprintln!("stopping the nodes");
        done
    }

    fn welcome(&self, is_terminal: bool, page: Option<&str>) {
        eprintln!("Three nodes run, each a process with its data on disk in {}.", self.stage.directory().display());
        eprintln!("From another shell: export QUORATE_ENDPOINTS={}", self.stage.target().endpoints.join(","));
        if let Some(page) = page {
            eprintln!("In a browser: {page}");
        }
        if is_terminal {
            eprintln!(
                "Type tour to be shown around, or: load on, kill 2, put tea green, get tea, inspect tea, start 2,"
            );
            eprintln!("partition 1|2,3, heal, stats, help, quit. The tab key completes.");
        }
    }

    async fn obey(&self, words: Vec<String>) -> Result<Reply, Failure> {
        let Some(Line { command }) = parse(words)? else { return Ok(Reply::Done(Exit::Ok)) };
        match command {
            Command::Quit => Ok(Reply::Leave),
            Command::Tour => self.tour().await.map(Reply::Done),
            command => self.run_one(command).await.map(Reply::Done),
        }
    }

    async fn run_one(&self, command: Command) -> Result<Exit, Failure> {
        match command {
            Command::Data(data @ Data::Status(_)) => {
                let exit = self.ask(&data).await;
                eprintln!("{}", self.standing().await);
                exit
            }
            Command::Data(data) => self.ask(&data).await,
            Command::Inspect { key } => self.ask(&Data::inspect(key)).await,
            Command::Deed(deed) => {
                let said = self.stage.act(&deed).await?;
                eprintln!("{said}");
                if deed == (Deed::Load { switch: Switch::On }) {
                    eprintln!("{}", stats::LEGEND);
                }
                Ok(Exit::Ok)
            }
            Command::Verdict => {
                let judgement = self.stage.judgement();
                println!("{}", judgement.words());
                Ok(if judgement.word == Word::NotLinearizable { Exit::Corruption } else { Exit::Ok })
            }
            Command::Stats => {
                print!("{}", stats::table(self.stage.load().meter()));
                Ok(Exit::Ok)
            }
            Command::Wait { time } => {
                // Nobody types meanwhile, so there is no live line; somebody who waits has something to see all the same.
                let shown = async {
                    if std::io::stderr().is_terminal() {
                        self.figures().await;
                    }
                };
                let _ = tokio::join!(sleep(time), timeout(time, shown));
                Ok(Exit::Ok)
            }
            Command::Tour | Command::Quit => Ok(Exit::Ok),
        }
    }

    /// Writes a line for each second of the load.
    async fn figures(&self) {
        let mut latest = self.stage.load().latest();
        latest.mark_unchanged();
        while latest.changed().await.is_ok() {
            let second = latest.borrow_and_update().clone();
            if let Some(second) = second {
                eprintln!("  {}", stats::line(&second, self.stage.load().meter()));
            }
        }
    }

    async fn ask(&self, data: &Data) -> Result<Exit, Failure> {
        self.keys.note(data.key());
        data.run_watched(&self.client, self.stage.target(), self.stage.as_ref())
            .await
            .map(|answer| answer.print(&self.stage.target().format))
    }

    /// What clients cannot tell apart: frozen from dead, and which links are cut.
    async fn standing(&self) -> String {
        let (nodes, links) = self.stage.nodes().await;
        let word = |state: &State| match state {
            State::Up => "runs",
            State::Frozen => "is frozen",
            State::Dead => "is dead",
        };
        let nodes = nodes.iter().zip(1..).map(|(state, node)| format!("node {node} {}", word(state)));
        let links = links.iter().filter_map(|(one, other, condition)| match condition {
            Condition::Up => None,
            Condition::Cut => Some(format!("{one}-{other} is cut")),
            Condition::Slow(delay) => Some(format!("{one}-{other} takes {} ms", delay.as_millis())),
        });
        nodes.chain(links).collect::<Vec<_>>().join("; ")
    }

    /// Shows a guest around. It begins with whole nodes and without a load, and goes on when a step fails.
    async fn tour(&self) -> Result<Exit, Failure> {
        for step in TOUR {
            if !step.say.is_empty() {
                eprintln!("\n{}", step.say);
            }
            eprintln!("> {}", step.line);
            let words = step.line.split_whitespace().map(str::to_owned).collect();
            let Some(Line { command }) = parse(words)? else { continue };
            let done = self.run_one(command).await;
            if let Err(failure) = done {
                eprintln!("{}", failure.message);
            }
        }
        Ok(Exit::Ok)
    }
}

/// What the arguments of these names may be.
fn values(argument: &str) -> &'static [&'static str] {
    match argument {
        "node" => &["1", "2", "3"],
        "groups" => &["1|2,3", "2|1,3", "3|1,2"],
        "delay" => &["50ms", "200ms"],
        _ => &[],
    }
}

/// Shows each second's figures above the prompt.
async fn show(stage: Arc<Stage>, live: LiveLine) {
    let mut latest = stage.load().latest();
    while latest.changed().await.is_ok() {
        let second = latest.borrow_and_update().clone();
        if let Some(second) = second {
            let (line, live) = (stats::line(&second, stage.load().meter()), live.clone());
            // A terminal may take its time.
            let _ = tokio::task::spawn_blocking(move || live.write(&line)).await;
        }
    }
}
