//! `quorate-check explain`.

use super::Exit;
use super::arguments::ExplainArguments;
use super::say::say;
use crate::check::{Expected, grouped};
use crate::ledger::{Kills, Prose, behind};
use console::style;
use quorate_spec::Property;

/// Prints what a property says and what stands behind it; a line for each if none is named.
pub(super) fn run(options: &ExplainArguments) -> Exit {
    let (Ok(expected), Ok(kills)) = (Expected::committed(), Kills::committed()) else { return Exit::Unexpected };
    let Some(property) = options.property else {
        for property in Property::ALL {
            let says = Prose::of(property).map(|prose| prose.first_sentence()).unwrap_or_default();
            say(format_args!("{}\n    {says}\n", style(property).bold()));
        }
        return Exit::Ok;
    };
    let Some(prose) = Prose::of(property) else { return Exit::Unexpected };
    say(format_args!("{}\n\n", style(property).bold()));
    prose.paragraphs().for_each(|paragraph| say(format_args!("{paragraph}\n\n")));
    let behind = behind(property, &kills);
    list(
        "models over the shipped core that check it",
        behind.models.iter().map(|model| {
            let states = model.states(&expected).map_or("a bound, not exhausted".to_owned(), grouped);
            format!("{:<16} {states:>22}  {}", model.name, model.bounds)
        }),
    );
    list(
        "wrong variants that it caught",
        behind
            .variants
            .iter()
            .map(|kill| format!("{:<28} {} ({})", kill.cell("name"), kill.cell("what"), kill.cell("caught by"))),
    );
    let tests = behind.tests.iter().map(|(file, name)| format!("{name} in {file}"));
    list("tests of the claims that rest on it", tests);
    Exit::Ok
}

fn list(title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        say(format_args!("{}\n\n", style(format!("{title}: none")).dim()));
        return;
    }
    say(format_args!("{}\n", style(format!("{title}, {}", lines.len())).bold()));
    lines.iter().for_each(|line| say(format_args!("  {line}\n")));
    say("\n");
}
