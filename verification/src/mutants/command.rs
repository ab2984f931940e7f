//! `quorate-check mutants`: its options.

use super::listed::Layer;
use super::{list, table};
use crate::cli::{Exit, number};
use std::path::PathBuf;

/// What `quorate-check mutants --help` prints.
pub const USAGE: &str = "\
quorate-check mutants: every wrong variant is to be caught, every harmless one to live

  --layer LAYER    core, client, walk, handoff, rejoin, controls, checkers, later or all (default)
  --name NAME      this variant alone
  --quick          what CI runs: less than a minute after the builds
  --list           the list as a table of markdown, without a hunt
  --tsv FILE       the table for a program as well
  --threads N      worker threads (default: all processors)
  --timeout N      seconds a model may take for a variant (default 120)
";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MutantOptions {
    /// One layer, or all.
    pub layer: Option<Layer>,
    /// One variant.
    pub name: Option<String>,
    /// Without what takes long.
    pub quick: bool,
    /// Only the list.
    pub list: bool,
    /// Where the table goes as well.
    pub tsv: Option<PathBuf>,
    /// Worker threads.
    pub threads: usize,
    /// Seconds a model may take.
    pub timeout: u64,
}

impl MutantOptions {
    /// Reads the arguments after `mutants`.
    ///
    /// # Errors
    /// What makes no sense, in a line; empty for `--help`.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut options = Self { layer: None, name: None, quick: false, list: false, tsv: None, threads, timeout: 120 };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || rest.next().cloned().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--list" => options.list = true,
                "--ci" => {}
                "--layer" => options.layer = layer(&value()?)?,
                "--name" => options.name = Some(value()?),
                "--tsv" => options.tsv = Some(value()?.into()),
                "--threads" => options.threads = number(argument, &value()?, 1..=256)?,
                "--timeout" => options.timeout = number(argument, &value()?, 1..=1_000_000)?,
                "--help" | "-h" => return Err(String::new()),
                _ => return Err(format!("mutants has no option {argument}")),
            }
        }
        Ok(options)
    }
}

/// Runs `quorate-check mutants` with these arguments.
pub fn run(arguments: &[String]) -> Exit {
    let options = match MutantOptions::parse(arguments) {
        Ok(options) => options,
        Err(error) if error.is_empty() => {
            print!("{USAGE}");
            return Exit::Ok;
        }
        Err(error) => {
            eprintln!("quorate-check: {error}\n\n{USAGE}");
            return Exit::Usage;
        }
    };
    if options.list {
        print!("{}", table::markdown(&list()));
        return Exit::Ok;
    }
    #[cfg(feature = "mutants")]
    return report(&options, &super::hunt(&options));
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

fn layer(name: &str) -> Result<Option<Layer>, String> {
    if name == "all" {
        return Ok(None);
    }
    let known = Layer::ALL.into_iter().find(|layer| layer.name() == name);
    known.map(Some).ok_or_else(|| format!("no layer '{name}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<MutantOptions, String> {
        MutantOptions::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read_and_nonsense_is_refused() {
        let options = parse("--layer core --quick --tsv out.tsv --threads 2").unwrap();
        assert_eq!((options.layer, options.quick, options.threads), (Some(Layer::Core), true, 2));
        assert_eq!(parse("--layer all").unwrap().layer, None);
        for wrong in ["--layer none", "--layer", "--threads 0", "--timeout x", "everything"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
