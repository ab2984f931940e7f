//! Reading the command line of `history`.

use crate::cli::number;
use crate::history::{Bound, Format};
use std::path::PathBuf;

/// What `history --help` prints.
pub(super) const USAGE: &str = "\
quorate-check history: is what clients saw linearizable?

  quorate-check history FILE            check a recorded history, key by key
  quorate-check history --bench OPS     make a clean history of so many operations, and measure reading and checking
  quorate-check history --compare N     check N short random histories, and have stateright's tester check them too

Options:
  --format FORMAT   auto (by the first line), quorate, jepsen, or porcupine
  --svg FILE        draw the window of the first key that is not linearizable
  --keys            a line for each key
  --threads N       worker threads (default: all processors)
  --bound N         the most work for a key, in configurations (default 10,000,000; about 100 bytes each)
  --clients N, --key-count N
                    of --bench: clients side by side (8), and keys (64)
  --runs N          of --bench: reads and checks so often, and says the median (1)
  --seed N          of --bench and --compare (1)

Exit codes: 0 linearizable; 1 not linearizable, or versions out of order, or a disagreement; 2 usage, or a file
that cannot be read; 3 undecided, a bound was reached.
";

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// Check this file.
    Check(PathBuf),
    /// Make a history of so many operations, and measure.
    Bench(u64),
    /// Compare on so many short histories.
    Compare(u64),
    /// Print the usage.
    Help,
}

/// The whole command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) command: Command,
    /// `None`: by the first line.
    pub(super) format: Option<Format>,
    pub(super) svg: Option<PathBuf>,
    pub(super) keys: bool,
    pub(super) threads: usize,
    pub(super) bound: Bound,
    pub(super) clients: u64,
    pub(super) key_count: u64,
    pub(super) runs: u64,
    pub(super) seed: u64,
}

impl Options {
    /// Reads the arguments after `history`.
    pub(super) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            command: Command::Help,
            format: None,
            svg: None,
            keys: false,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            bound: Bound::default(),
            clients: 8,
            key_count: 64,
            runs: 1,
            seed: 1,
        };
        let mut commands = Vec::new();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} takes a value"));
            match argument.as_str() {
                "--help" | "-h" => commands.push(Command::Help),
                "--keys" => options.keys = true,
                "--svg" => options.svg = Some(value()?.into()),
                "--format" => {
                    let name = value()?;
                    options.format = if name == "auto" { None } else { Some(name.parse()?) };
                }
                "--threads" => options.threads = number(&argument, &value()?, 1..=256)?,
                "--bound" => options.bound = Bound(number(&argument, &value()?, 1..=1_000_000_000)?),
                "--clients" => options.clients = number(&argument, &value()?, 1..=10_000)?,
                "--key-count" => options.key_count = number(&argument, &value()?, 1..=1_000_000)?,
                "--runs" => options.runs = number(&argument, &value()?, 1..=1_000)?,
                "--seed" => options.seed = number(&argument, &value()?, 0..=u64::MAX)?,
                "--bench" => commands.push(Command::Bench(number(&argument, &value()?, 1..=100_000_000)?)),
                "--compare" => commands.push(Command::Compare(number(&argument, &value()?, 1..=1_000_000_000)?)),
                option if option.starts_with('-') && option != "-" => return Err(format!("unknown option {option}")),
                file => commands.push(Command::Check(file.into())),
            }
        }
        match <[Command; 1]>::try_from(commands) {
            Ok([command]) => Ok(Self { command, ..options }),
            Err(commands) if commands.is_empty() => Err("a file is missing".to_owned()),
            Err(_) => Err("one file, or one of --bench and --compare".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_file_and_options_are_read_in_any_order() {
        let options = parse("--format jepsen a.log --svg b.svg --threads 3").expect("sound");
        assert_eq!((options.command, options.format), (Command::Check("a.log".into()), Some(Format::Jepsen)));
        assert_eq!((options.svg, options.threads), (Some("b.svg".into()), 3));
        assert_eq!(parse("x --format auto").map(|options| options.format), Ok(None));
        assert_eq!(parse("--compare 7 --seed 2").map(|o| (o.command, o.seed)), Ok((Command::Compare(7), 2)));
    }

    #[test]
    fn nonsense_is_refused() {
        for line in ["", "a b", "a --format xml", "--bench", "--bench x", "a --threads 0", "a --nope", "a --bench 3"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
