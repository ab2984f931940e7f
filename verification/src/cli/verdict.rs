//! What a broken property means, in words: which rule was wrong, what caught it, how it came to that, and where the
//! pictures are.

use super::arguments::CheckArguments;
use super::say::say;
use crate::check::{Outcome, Violated};
use crate::ledger::Prose;
use crate::mutants;
use crate::playback::{FileError, Settings, TraceFile, write};
use console::style;

/// Prints each counterexample, and writes those files that were asked for.
pub(super) fn violations(options: &CheckArguments, settings: &Settings, outcomes: &[Outcome]) -> Result<(), FileError> {
    let mutant = options.model.mutant.as_deref();
    // Whoever came by cargo goes on by cargo, which builds what holds a variant as well.
    let by_cargo = std::env::var_os("CARGO").is_some();
    let program = if by_cargo { "cargo run --release --" } else { "quorate-check" };
    for outcome in outcomes {
        let Some(violation) = &outcome.violation else { continue };
        print(outcome, violation, mutant);
        let Some(directory) = &options.trace_out else { continue };
        let file = trace_file(outcome, violation, settings, mutant);
        let files = write(directory, &file, &violation.run, &about(violation, mutant))?;
        say(format_args!("  picture:  {}\n", files.svg.display()));
        say(format_args!("  Mermaid:  {}\n", files.mermaid.display()));
        say(format_args!("  story:    {}\n", files.story.display()));
        say(format_args!("  again:    {program} replay {}\n", files.json.display()));
        say(format_args!("            {program} explore --trace {}\n\n", files.json.display()));
    }
    Ok(())
}

/// The file of a counterexample.
pub(super) fn trace_file(
    outcome: &Outcome,
    violation: &Violated,
    settings: &Settings,
    mutant: Option<&str>,
) -> TraceFile {
    TraceFile::new(&outcome.model, &outcome.bounds, settings, mutant, Some(violation.property), &violation.run)
}

/// What is below a picture's title: the rule that is broken on purpose, and the property that breaks.
pub(super) fn about(violation: &Violated, mutant: Option<&str>) -> Vec<String> {
    let wrong = mutant.and_then(what).map(|what| format!("wrong on purpose: {what}"));
    let caught = sentence(violation.property).map(|says| format!("{}: {says}", violation.property));
    wrong.into_iter().chain(caught).collect()
}

/// What a variant does wrong.
fn what(mutant: &str) -> Option<&'static str> {
    mutants::list().into_iter().find(|row| row.name == mutant).map(|row| row.what)
}

/// What a property says, in a sentence; abstract models have some without a number, which say it by their names.
fn sentence(property: &str) -> Option<String> {
    let prose = Prose::of_label(property)?;
    Some(prose.first_sentence())
}

fn print(outcome: &Outcome, violation: &Violated, mutant: Option<&str>) {
    let title = format!("{}: {} breaks in {} steps", outcome.model, violation.property, violation.steps());
    say(format_args!("{}\n", style(title).red().bold()));
    if let Some((name, what)) = mutant.and_then(|name| Some((name, what(name)?))) {
        say(format_args!("  wrong on purpose, {name}: {what}\n"));
    }
    if let Some(says) = sentence(violation.property) {
        say(format_args!("  caught by {}: {says}\n", violation.property));
    }
    say(format_args!("{}\n", violation.run.story()));
}
