//! The ledger as a page of the book.

use super::claim::checks;
use super::{Claim, Kills, claims};
use crate::check::{Expected, ListedModel, every_model};
use crate::model::{Branch, catalogue};
use quorate_spec::Property;

const HEAD: &str = "\
# The ledger

What each claim rests on. This page is made by `cargo run --release -- ledger --write docs/ledger.md` from what runs
left behind: the state counts of exhausted models (`verification/expected.tsv`) and the kill table
(`verification/kills.tsv`). `cargo test` fails when the page says anything else than they do; `check` fails when a model
counts differently, and `ledger --against FILE` when a variant fares differently in a new kill table.

A model stands for its bounds and no more. A wrong variant stands behind a claim when one of the claim's properties
caught it.
";

/// The page.
pub fn page(expected: &Expected, kills: &Kills) -> String {
    let mut text = HEAD.to_owned();
    for claim in claims() {
        text.push_str(&section(claim, expected, kills));
    }
    text.push_str(&all_models(expected));
    text.push_str(&branches());
    text
}

fn section(claim: &Claim, expected: &Expected, kills: &Kills) -> String {
    let mut text = format!("\n## {}\n\n{}\n", claim.title, wrapped(claim.says));
    if !claim.properties.is_empty() {
        text.push_str(&format!("\n**Properties:** {}.\n", properties(claim)));
    }
    let models = models(claim);
    let models: Vec<String> =
        models.iter().map(|model| format!("`{}` ({})", model.name, counted(model.states(expected)))).collect();
    if !models.is_empty() {
        text.push_str(&format!("\n**Models, and the states visited:** {}.\n", models.join(", ")));
    }
    let caught = caught(claim, kills);
    if !caught.is_empty() {
        text.push_str(&format!("\n**Wrong variants caught, {}:** {}.\n", caught.len(), caught.join(", ")));
    }
    if !claim.tests.is_empty() {
        let tests = claim.tests.iter().map(|(file, name)| format!("- `{name}` in `{file}`\n"));
        text.push_str(&format!("\n**Tests:**\n\n{}", tests.collect::<String>()));
    }
    text
}

/// The properties of a claim, and which of them rest on tests alone.
pub(super) fn properties(claim: &Claim) -> String {
    let scenarios = catalogue();
    let by_models = |property| {
        scenarios.iter().any(|scenario| checks(scenario, property)) || crate::sessions::CHECKED.contains(&property)
    };
    let named = |property: &Property| {
        let how = if by_models(*property) { "" } else { " (by tests, no model checks it)" };
        format!("{property}{how}")
    };
    claim.properties.iter().map(named).collect::<Vec<_>>().join("; ")
}

/// Distinct states, or that they are not all known.
fn counted(states: Option<u64>) -> String {
    states.map_or_else(|| "a bound, not exhausted".to_owned(), |states| states.to_string())
}

/// Every model with its bounds and the states of its exhausted run.
fn all_models(expected: &Expected) -> String {
    let mut text = "\n## Models\n\nDistinct states of exhausted runs: all that can be reached within the bounds.\n\n\
                    | model | bounds | states |\n|---|---|---:|\n"
        .to_owned();
    for model in every_model() {
        text.push_str(&format!("| `{}` | {} | {} |\n", model.name, model.bounds, counted(model.states(expected))));
    }
    text
}

/// The models behind a claim.
pub(super) fn models(claim: &Claim) -> Vec<ListedModel> {
    let scenarios = catalogue();
    let checks = |name: &str| scenarios.iter().any(|scenario| scenario.name == name && claim.is_checked_by(scenario));
    every_model().into_iter().filter(|model| checks(model.name) || claim.names(model.name)).collect()
}

/// The wrong variants behind a claim, each with its numbers and who caught it.
pub(super) fn caught(claim: &Claim, kills: &Kills) -> Vec<String> {
    let stands = |kill: &&super::Kill| {
        let by_property = claim.properties.iter().any(|property| kill.property() == Some(property.number()));
        kill.is_caught() && (by_property || claim.layers.contains(&kill.cell("layer")))
    };
    let rows = kills.rows().iter().filter(stands);
    rows.map(|kill| format!("{} ({}; {})", kill.cell("name"), kill.cell("numbers"), kill.cell("caught by"))).collect()
}

/// Which models must reach which branch: a run that does not is vacuous.
fn branches() -> String {
    let mut text = "\n## Branches that models must reach\n\nA run that does not reach each branch of its model is \
                    `VACUOUS`, whatever its\nproperties say.\n\n| branch | models |\n|---|---|\n"
        .to_owned();
    for branch in Branch::ALL {
        let models = catalogue().into_iter().filter(|scenario| scenario.expects.contains(&branch));
        let names: Vec<String> = models.map(|scenario| format!("`{}`", scenario.name)).collect();
        text.push_str(&format!("| {branch:?} | {} |\n", names.join(", ")));
    }
    text
}

fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 119 => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}
