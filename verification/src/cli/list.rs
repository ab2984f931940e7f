//! `quorate-check list`.

use super::Exit;
use super::arguments::ListArguments;
use super::say::say;
use crate::check::{Expected, ListedModel, every_model, grouped};
use console::style;
use serde::Serialize;

/// A model, for a program.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    about: &'a str,
    bounds: &'a str,
    set: &'a str,
    over: &'a str,
    states: Option<u64>,
    generated: Option<u64>,
}

/// Prints all models.
pub(super) fn run(options: ListArguments) -> Exit {
    let Ok(expected) = Expected::committed() else { return Exit::Unexpected };
    let models = every_model();
    if options.json {
        return json(&models, &expected);
    }
    let (spec, shipped): (Vec<_>, Vec<_>) = models.into_iter().partition(|model| model.is_abstract);
    let (default, full): (Vec<_>, Vec<_>) = shipped.into_iter().partition(|model| model.is_default);
    let widest = |models: &[ListedModel]| models.iter().map(|model| model.name.len()).max().unwrap_or(0);
    let width = widest(&default).max(widest(&full)).max(widest(&spec));
    section("over the shipped core, in the default set", &default, width, &expected);
    section("over the shipped core, with --full", &full, width, &expected);
    section("abstract: of spec, and of the literature (+ with --full)", &spec, width, &expected);
    Exit::Ok
}

fn section(title: &str, models: &[ListedModel], width: usize, expected: &Expected) {
    say(format_args!("{}\n", style(title).bold()));
    for model in models {
        let states = model
            .states(expected)
            .map_or("a bound, not exhausted".to_owned(), |states| format!("{} states", grouped(states)));
        let plus = if model.is_abstract && !model.is_default { "+" } else { " " };
        let name = style(format!("{:<width$}", model.name)).cyan();
        say(format_args!("{plus} {name}  {states:>22}  {}\n", model.about));
        say(format_args!("  {:<width$}  {:>22}  {}\n", "", "", style(&model.bounds).dim()));
    }
    say("\n");
}

fn json(models: &[ListedModel], expected: &Expected) -> Exit {
    let line = |model: &ListedModel| {
        let counts = expected.counts(model.name, &model.bounds);
        let line = Line {
            name: model.name,
            about: model.about,
            bounds: &model.bounds,
            set: if model.is_default { "default" } else { "full" },
            over: if model.is_abstract { "spec" } else { "core" },
            states: counts.map(|(unique, _)| unique),
            generated: counts.map(|(_, generated)| generated),
        };
        serde_json::to_value(line)
    };
    let lines: Result<Vec<_>, _> = models.iter().map(line).collect();
    match lines.and_then(|lines| serde_json::to_string_pretty(&lines)) {
        Ok(text) => {
            say(format_args!("{text}\n"));
            Exit::Ok
        }
        Err(error) => {
            eprintln!("quorate-check: {error}");
            Exit::Unexpected
        }
    }
}
