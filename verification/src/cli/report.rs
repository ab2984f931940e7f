//! `check --report`: the page of a run.

use super::arguments::CheckArguments;
use super::say::say;
use crate::check::{Expected, Outcome};
use crate::ledger::{Kills, report};
use crate::mutants::rerun_with_mutants;
use std::path::Path;

/// Writes the page. Its kill table is the one given, or that of a quick hunt, made now.
///
/// # Errors
/// A file cannot be read or written, or the hunt could not be started; in a line.
pub(super) fn write(
    directory: &Path,
    options: &CheckArguments,
    outcomes: &[Outcome],
    expected: &Expected,
) -> Result<(), String> {
    std::fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let table = match &options.kills {
        Some(file) => file.clone(),
        None => hunt(directory)?,
    };
    let text = std::fs::read_to_string(&table).map_err(|error| format!("{}: {error}", table.display()))?;
    let kills = Kills::parse(&text)?;
    let page = directory.join("index.html");
    std::fs::write(&page, report(outcomes, &kills, expected, &command()))
        .map_err(|error| format!("{}: {error}", page.display()))?;
    say(format_args!("report: {}\n", page.display()));
    Ok(())
}

/// A quick hunt; its table stays beside the page.
fn hunt(directory: &Path) -> Result<std::path::PathBuf, String> {
    let directory = directory.canonicalize().map_err(|error| error.to_string())?;
    let table = directory.join("kills.tsv");
    let words = ["mutants", "--quick", "--tsv"].map(str::to_owned);
    let arguments: Vec<String> = words.into_iter().chain([table.to_string_lossy().into_owned()]).collect();
    rerun_with_mutants(&arguments).map_err(|error| format!("the mutants cannot be hunted: {error}"))?;
    Ok(table)
}

/// The command that made the page, without the way to the program.
fn command() -> String {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    format!("quorate-check {}", arguments.join(" "))
}
