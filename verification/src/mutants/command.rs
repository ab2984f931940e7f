//! `quorate-check mutants`: its options.

use super::listed::Layer;
use super::{list, table};
use crate::cli::{Exit, listed_variant, threads_or_all};
use clap::Args;
use clap::builder::{PossibleValuesParser, RangedU64ValueParser};
use std::path::PathBuf;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct MutantOptions {
    /// The variants of one layer, or of all
    #[arg(long, value_name = "LAYER", default_value = "all", value_parser = layers())]
    layer: String,
    /// This variant alone
    #[arg(long, value_name = "NAME", value_parser = listed_variant)]
    pub name: Option<String>,
    /// What CI runs: less than a minute after the builds
    #[arg(long)]
    pub quick: bool,
    /// The list as a table of markdown, without a hunt
    #[arg(long)]
    pub list: bool,
    /// The table for a program as well
    #[arg(long, value_name = "FILE")]
    pub tsv: Option<PathBuf>,
    /// Worker threads [default: all processors]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=256))]
    threads: Option<usize>,
    /// Seconds a model may take for a variant
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub timeout: u64,
    /// Without effect: progress lines of a hunt are always plain
    #[arg(long, hide = true)]
    ci: bool,
}

/// The layers' names, and `all`.
fn layers() -> PossibleValuesParser {
    PossibleValuesParser::new(Layer::ALL.map(Layer::name).into_iter().chain(["all"]))
}

impl MutantOptions {
    /// One layer, or all.
    pub fn layer(&self) -> Option<Layer> {
        Layer::ALL.into_iter().find(|layer| layer.name() == self.layer)
    }

    /// Worker threads.
    pub fn threads(&self) -> usize {
        threads_or_all(self.threads)
    }
}

/// Runs `quorate-check mutants` with these options.
pub fn run(options: &MutantOptions) -> Exit {
    if options.list {
        print!("{}", table::markdown(&list()));
        return Exit::Ok;
    }
    #[cfg(feature = "mutants")]
    return report(options, &super::hunt(options));
    #[cfg(not(feature = "mutants"))]
    Exit::Unexpected
}

#[cfg(feature = "mutants")]
fn report(options: &MutantOptions, rows: &[super::Row]) -> Exit {
    print!("{}", table::summary(rows));
    if let Some(path) = &options.tsv
        && let Err(error) = std::fs::write(path, table::tsv(rows))
    {
        eprintln!("quorate-check: {} cannot be written: {error}", path.display());
        return Exit::Unexpected;
    }
    if rows.is_empty() {
        eprintln!("quorate-check: the list has no such row");
        return Exit::Usage;
    }
    if rows.iter().any(|row| row.verdict.is_failure()) { Exit::Violation } else { Exit::Ok }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: MutantOptions,
    }

    fn parse(line: &str) -> Option<MutantOptions> {
        let words = std::iter::once("mutants").chain(line.split_whitespace());
        Line::try_parse_from(words).ok().map(|line| line.options)
    }

    #[test]
    fn options_are_read_and_nonsense_is_refused() {
        let options = parse("--layer core --quick --tsv out.tsv --threads 2").unwrap();
        assert_eq!((options.layer(), options.quick, options.threads()), (Some(Layer::Core), true, 2));
        assert_eq!(parse("--layer all --ci").unwrap().layer(), None);
        for wrong in ["--layer none", "--layer", "--threads 0", "--timeout x", "everything", "--name Nope"] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }
}
