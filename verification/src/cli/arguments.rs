//! The command line: what may be asked for.

use super::model_arguments::{ModelArguments, small};
use super::names;
use crate::mutants::MutantOptions;
use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes: 0 all exhausted, and all held; 1 a property broke, or a mutant survived; 2 usage, or a file that does not
fit; 3 a bound was hit; 4 a model was vacuous, or a state count is not the committed one.
Without a command the default models are checked: `quorate-check --full` is `quorate-check check --full`.";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "quorate-check", version, about = "Models over the code that Quorate ships", after_help = EXIT_CODES)]
#[command(max_term_width = 110)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the default models, or those named
    #[command(after_help = EXIT_CODES)]
    Check(CheckArguments),
    /// The models, with their bounds and expected counts
    List(ListArguments),
    /// Step through a model in a browser, from its start or from a counterexample
    Explore(ExploreArguments),
    /// Play a run again on the real core, step by step
    Replay(ReplayArguments),
    /// Find a shortest run to something that a model is there for, and draw it
    Example(ExampleArguments),
    /// What a property says, and what stands behind it
    Explain(ExplainArguments),
    /// Break the protocol on purpose, and see each variant caught
    Mutants(MutantOptions),
    /// What each claim rests on
    Ledger(LedgerArguments),
    /// Is a recorded history linearizable? (`history --help` says more)
    #[command(disable_help_flag = true)]
    History(Rest),
    /// What nodes recorded with `quorate serve --record`, run again
    #[command(after_help = "Exit codes: 0 every recorded event is explained; 1 one is not; 2 usage, or nothing to \
                            read; 3 every recorded event is explained, but there are gaps.")]
    Trace(TraceArguments),
}

/// Arguments that a command reads itself.
#[derive(Debug, Args)]
pub struct Rest {
    /// All of them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, num_args = 0.., value_name = "ARGUMENT")]
    pub words: Vec<String>,
}

/// `check`.
#[derive(Clone, Debug, Default, Args)]
pub struct CheckArguments {
    /// The models; none named, or `all`, means the default set
    #[arg(value_name = "MODEL", value_parser = names::model_or_all)]
    pub models: Vec<String>,
    /// The larger models too: some fifteen minutes on two cores
    #[arg(long)]
    pub full: bool,
    /// What the models are to be.
    #[command(flatten)]
    pub model: ModelArguments,
    /// Depth first: less memory, longer counterexamples
    #[arg(long)]
    pub dfs: bool,
    /// Stop after generating this many states
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub max_states: Option<usize>,
    /// Stop a model after this time
    #[arg(long, value_name = "SECONDS", value_parser = small(1, 1_000_000))]
    pub timeout: Option<u64>,
    /// Plain progress lines, ten seconds apart
    #[arg(long)]
    pub ci: bool,
    /// Write each counterexample to DIR: its story, its picture as SVG and as Mermaid, and the run for `replay`
    #[arg(long, value_name = "DIR")]
    pub trace_out: Option<PathBuf>,
    /// Write DIR/index.html: the models, counterexamples, the kill table, what each claim rests on
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
    /// With this kill table (`mutants --tsv`) in the report, instead of that of a quick hunt
    #[arg(long, value_name = "FILE")]
    pub kills: Option<PathBuf>,
}

/// `list`.
#[derive(Clone, Copy, Debug, Args)]
pub struct ListArguments {
    /// As JSON, for a program
    #[arg(long)]
    pub json: bool,
}

/// `explore`.
#[derive(Clone, Debug, Args)]
pub struct ExploreArguments {
    /// The model; with --mutant it is searched first, and opened at the counterexample
    #[arg(value_name = "MODEL", value_parser = names::model, required_unless_present = "trace", conflicts_with = "trace")]
    pub model: Option<String>,
    /// Open at the end of this run (`check --trace-out`, `example`)
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// What the model is to be.
    #[command(flatten)]
    pub settings: ModelArguments,
    /// Where to listen
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3000")]
    pub addr: String,
}

/// `replay`.
#[derive(Clone, Debug, Args)]
pub struct ReplayArguments {
    /// The run: a `.json` of `check --trace-out`, or of `example`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Wait for enter after each step, on a terminal
    #[arg(long)]
    pub step: bool,
    /// Print whole states, not only what changed
    #[arg(long)]
    pub whole: bool,
}

/// `example`.
#[derive(Clone, Debug, Args)]
pub struct ExampleArguments {
    /// The model
    #[arg(value_name = "MODEL", value_parser = names::model)]
    pub model: String,
    /// The branch to reach; without one, the first that the model must reach
    #[arg(value_name = "BRANCH")]
    pub branch: Option<String>,
    /// Write story, pictures and run to DIR
    #[arg(long, value_name = "DIR")]
    pub trace_out: Option<PathBuf>,
    /// What the model is to be.
    #[command(flatten)]
    pub settings: ModelArguments,
}

/// `explain`.
#[derive(Clone, Debug, Args)]
pub struct ExplainArguments {
    /// The property, by number or name: `P13`, `13`, `FreshReads`; none: a line for each
    #[arg(value_name = "PROPERTY", value_parser = names::property)]
    pub property: Option<quorate_spec::Property>,
}

/// `ledger`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Exit codes: 0 ok; 2 usage; 4 the kill tables differ.")]
pub struct LedgerArguments {
    /// Write the page to a file instead of printing it
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    pub write: Option<PathBuf>,
    /// Compare a new kill table (`mutants --tsv FILE`) with the committed one
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
}

/// `trace`.
#[derive(Clone, Debug, Args)]
pub struct TraceArguments {
    /// Directories that `quorate serve --record` wrote, best one of every voter
    #[arg(value_name = "DIR", required = true)]
    pub directories: Vec<PathBuf>,
    /// Read the traces once for each N MiB, with a part of the logs each time: bounds the memory
    #[arg(long, value_name = "N", default_value_t = 2048, value_parser = small(1, 1 << 30))]
    pub pass_mib: u64,
}

impl Arguments {
    /// Reads the arguments after the program's name. Without a command, or with an option in its place, `check` is
    /// meant.
    ///
    /// # Errors
    /// What makes no sense; or help, which is asked for.
    pub fn read(arguments: &[String]) -> Result<Self, clap::Error> {
        let names_none =
            |first: &String| first.starts_with('-') && !["-h", "--help", "-V", "--version"].contains(&first.as_str());
        let mut words = arguments.to_vec();
        if words.first().is_none_or(names_none) {
            // Options may stand before the word itself.
            words.iter().position(|word| word == "check").into_iter().for_each(|at| drop(words.remove(at)));
            words.insert(0, "check".to_owned());
        }
        words.insert(0, "quorate-check".to_owned());
        Self::try_parse_from(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, clap::Error> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Arguments::read(&words).map(|arguments| arguments.command)
    }

    fn check(line: &str) -> CheckArguments {
        match read(line) {
            Ok(Command::Check(arguments)) => arguments,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn check_is_meant_where_no_command_is_named() {
        assert!(check("").models.is_empty() && check("--full").full);
        let both = check("--full check slot");
        assert!(both.full && both.models == ["slot"]);
        assert_eq!(check("check slot restart --ci").models, ["slot", "restart"]);
        let settings = check("check voting --ballots 2 --crashes 0 --salt 7 --unreduced").model.settings();
        assert_eq!(settings.bounds, [("ballots".to_owned(), 2), ("crashes".to_owned(), 0)].into());
        assert!(settings.salt == 7 && settings.unreduced && !settings.unrefined);
        let history = read("history FILE --svg why.svg --keys");
        assert!(matches!(history, Ok(Command::History(rest)) if rest.words == ["FILE", "--svg", "why.svg", "--keys"]));
        assert!(matches!(read("history --help"), Ok(Command::History(rest)) if rest.words == ["--help"]));
    }

    #[test]
    fn nonsense_is_refused_with_what_was_meant() {
        for line in ["frobnicate", "--crashes", "--crashes x", "--nodes 99", "--threads 0", "explore", "--nope", "slot"]
        {
            assert!(read(line).is_err_and(|error| error.use_stderr()), "{line}");
        }
        let near = [
            ("chek", "check"),
            ("--mutnt X", "--mutant"),
            ("check slto", "'slot'"),
            ("explain FreshRead", "'FreshReads'"),
        ];
        for (line, meant) in near {
            let error = read(line).map(|_| ()).expect_err(line).to_string();
            assert!(error.contains(meant), "{line}: {error}");
        }
        assert!(read("explore slot --trace x.json").is_err() && read("explore --trace x.json").is_ok());
        assert!(read("--help").is_err_and(|error| !error.use_stderr()));
    }
}
