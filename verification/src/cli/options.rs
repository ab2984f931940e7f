//! Reading the command line.

use super::number;
use std::path::PathBuf;
use std::time::Duration;

/// What `--help` prints.
pub const USAGE: &str = "\
quorate-check: models over the code that Quorate ships

  quorate-check [check] [MODEL ...]   check the default models, or those named
                                      (`all` is the default set)
  quorate-check list                  the models, with their bounds and expected counts
  quorate-check explore MODEL         step through a model in a browser
  quorate-check history FILE          is a recorded history linearizable? (`history --help` says more)
  quorate-check trace DIR ...         what nodes recorded, run again (`trace --help` says more)
  quorate-check mutants [--quick]     break the protocol on purpose, and see each variant caught (`mutants --help`)
  quorate-check ledger                what each claim rests on

Options of check and explore:
  --full              the larger models too: some fifteen minutes on two cores
  --mutant NAME       with this wrong variant of the rules switched on
  --nodes N  --prepares N  --crashes N  --last-slot N  --reads N  --readers N  --read-timeouts N
  --attempts N        other bounds than the model's own; the branches it must reach stay, so smaller ones may
                      make it VACUOUS, and only nodes 0 to 2 crash
  --acceptors N  --participants N  --slots N  --values N  --ballots B
                      other bounds of an abstract model; B is the highest ballot (voting: 0..B, tpaxos: 1..B)
  --unrefined         without P20, so that a wrong rule goes on until it shows in what is chosen, read or told
  --unreduced         without the reductions of docs/models.md
  --dfs               depth first: less memory, longer counterexamples
  --salt N            other fingerprints: a second run shares none of the first one's collisions
  --threads N         worker threads (default: all processors)
  --max-states N      stop after generating this many states
  --timeout SECONDS   stop a model after this time
  --ci                plain progress lines, ten seconds apart
  --report DIR        write DIR/index.html: the models, the kill table, what each claim rests on
  --kills FILE        with this kill table (`mutants --tsv`) in it, instead of that of a quick hunt
  --addr HOST:PORT    where explore listens (default 127.0.0.1:3000)

Exit codes: 0 all exhausted, and all held; 1 a property broke, or a mutant survived; 2 usage;
3 a bound was hit; 4 a model was vacuous, or a state count is not the committed one.
";

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Check these models; none named means the set.
    Check(Vec<String>),
    /// List the models.
    List,
    /// Serve a model to a browser.
    Explore(String),
    /// Print the usage.
    Help,
}

/// The whole command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What to do.
    pub command: Command,
    /// Larger models too.
    pub full: bool,
    /// The wrong variant to switch on.
    pub mutant: Option<String>,
    /// Bounds to change, by name.
    pub bounds: Vec<(String, u64)>,
    /// Without reductions.
    pub unreduced: bool,
    /// Without the refinement of Voting.
    pub unrefined: bool,
    /// Depth first.
    pub depth_first: bool,
    /// Worker threads.
    pub threads: usize,
    /// The most states to generate.
    pub max_states: Option<usize>,
    /// The most time for a model.
    pub timeout: Option<Duration>,
    /// Plain progress.
    pub ci: bool,
    /// Where the page of the run goes.
    pub report: Option<PathBuf>,
    /// The kill table that the page shows, instead of a quick hunt of its own.
    pub kills: Option<PathBuf>,
    /// Where explore listens.
    pub address: String,
    /// Mixed into every fingerprint.
    pub salt: u64,
}

impl Options {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    /// What makes no sense, in a line.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::defaults();
        let mut words = Vec::new();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if argument.starts_with('-') {
                options.option(&argument, &mut arguments)?;
            } else {
                words.push(argument);
            }
        }
        if options.command != Command::Help {
            options.command = command(words)?;
        }
        Ok(options)
    }

    fn defaults() -> Self {
        Self {
            command: Command::Check(Vec::new()),
            full: false,
            mutant: None,
            bounds: Vec::new(),
            unreduced: false,
            unrefined: false,
            depth_first: false,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            max_states: None,
            timeout: None,
            ci: false,
            report: None,
            kills: None,
            address: "127.0.0.1:3000".to_owned(),
            salt: 0,
        }
    }

    fn option(&mut self, name: &str, rest: &mut impl Iterator<Item = String>) -> Result<(), String> {
        match name {
            "--full" => self.full = true,
            "--unreduced" => self.unreduced = true,
            "--unrefined" => self.unrefined = true,
            "--dfs" => self.depth_first = true,
            "--ci" => self.ci = true,
            "--help" | "-h" => self.command = Command::Help,
            "--mutant" => self.mutant = Some(value(name, rest)?),
            "--report" => self.report = Some(value(name, rest)?.into()),
            "--kills" => self.kills = Some(value(name, rest)?.into()),
            "--addr" => self.address = value(name, rest)?,
            "--threads" => self.threads = number(name, &value(name, rest)?, 1..=256)?,
            "--max-states" => self.max_states = Some(number(name, &value(name, rest)?, 1..=usize::MAX)?),
            "--timeout" => self.timeout = Some(Duration::from_secs(number(name, &value(name, rest)?, 1..=1_000_000)?)),
            "--acceptors" | "--participants" | "--slots" | "--values" | "--ballots" => {
                self.bound(name, number(name, &value(name, rest)?, 0..=8)?);
            }
            "--readers" => self.bound(name, number(name, &value(name, rest)?, 1..=2)?),
            "--salt" => self.salt = number(name, &value(name, rest)?, 0..=u64::MAX)?,
            "--nodes" => self.bound(name, number(name, &value(name, rest)?, 1..=5)?),
            "--last-slot" => self.bound(name, number(name, &value(name, rest)?, 2..=9)?),
            "--crashes" | "--prepares" | "--reads" | "--read-timeouts" | "--attempts" => {
                self.bound(name, number(name, &value(name, rest)?, 0..=9)?);
            }
            _ => return Err(format!("unknown option {name}")),
        }
        Ok(())
    }

    fn bound(&mut self, name: &str, value: u64) {
        self.bounds.push((name.trim_start_matches('-').to_owned(), value));
    }
}

fn command(words: Vec<String>) -> Result<Command, String> {
    let mut words = words.into_iter();
    let Some(first) = words.next() else { return Ok(Command::Check(Vec::new())) };
    let rest: Vec<String> = words.collect();
    match (first.as_str(), rest.as_slice()) {
        ("check", models) => Ok(Command::Check(models.to_vec())),
        ("list", []) => Ok(Command::List),
        ("help", []) => Ok(Command::Help),
        ("explore", [model]) => Ok(Command::Explore(model.clone())),
        ("explore", _) => Err("explore takes one model".to_owned()),
        _ => Err(format!("no command '{first}'")),
    }
}

fn value(name: &str, rest: &mut impl Iterator<Item = String>) -> Result<String, String> {
    rest.next().ok_or_else(|| format!("{name} takes a value"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn commands_and_options_are_read_in_any_order() {
        assert_eq!(parse("").map(|o| o.command), Ok(Command::Check(vec![])));
        assert_eq!(
            parse("--full check slot").map(|o| (o.command, o.full)),
            Ok((Command::Check(vec!["slot".into()]), true))
        );
        assert_eq!(parse("check --crashes 2").map(|o| o.bounds), Ok(vec![("crashes".into(), 2)]));
        assert_eq!(parse("explore slot").map(|o| o.command), Ok(Command::Explore("slot".into())));
    }

    #[test]
    fn nonsense_is_refused() {
        for line in ["frobnicate", "--crashes", "--crashes x", "--nodes 99", "--threads 0", "explore", "--nope"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
