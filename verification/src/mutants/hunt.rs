//! Hunting one row after the other, each with the checkers that the right code passes.

use super::command::MutantOptions;
use super::killers::killer;
use super::listed::{Catcher, Listed};
use super::outcome::{Row, Verdict};
use super::{control, distorted, handoff_rows, list, rejoin_rows, scheduler, session_rows, table};
use crate::check::{Limits, Outcome, Progress, Verdict as Result, run_cluster};
use crate::model::Scenario;
use quorate_protocol::{Mutant, activate};
use std::time::Duration;

/// Switches the variant of this name on.
///
/// # Errors
/// There is none of that name; the message lists them.
pub fn switch_on(name: &str) -> std::result::Result<(), String> {
    match Mutant::named(name) {
        Some(mutant) => {
            activate(Some(mutant));
            Ok(())
        }
        None => {
            let every = Mutant::ALL.iter().chain(Mutant::CONTROLS);
            let names: Vec<String> = every.map(|mutant| format!("{mutant:?}")).collect();
            Err(format!("no mutant '{name}'; there are {}", names.join(", ")))
        }
    }
}

/// A hunt under way.
pub(super) struct Hunt<'a> {
    pub(super) options: &'a MutantOptions,
    progress: Progress,
    walks: scheduler::Walks,
}

/// Hunts what the options ask for, and prints a line a row. All rows, in the order of the list.
pub fn hunt(options: &MutantOptions) -> Vec<Row> {
    let asked = |listed: &Listed| {
        options.layer().is_none_or(|layer| layer == listed.layer)
            && options.name.as_ref().is_none_or(|name| listed.name.eq_ignore_ascii_case(name))
    };
    let listed: Vec<Listed> = list().into_iter().filter(asked).collect();
    let (loom, listed): (Vec<_>, Vec<_>) =
        listed.into_iter().partition(|listed| matches!(listed.catcher, Catcher::Loom(..)));
    let mut hunt = Hunt { options, progress: Progress::new(true), walks: scheduler::walk(&listed) };
    print!("{}", table::head());
    let mut rows = Vec::new();
    for row in listed.into_iter().map(|listed| hunt.one(listed)) {
        print!("{}", table::text(&row));
        rows.push(row);
    }
    // By name a variant of its own, and in the quick run none: loom's builds and searches take minutes.
    let all = !options.quick || options.layer().is_some() || options.name.is_some();
    rows.extend(handoff_rows::hunt(&loom, all, |row| print!("{}", table::text(row))));
    rows
}

impl Hunt<'_> {
    fn one(&mut self, listed: Listed) -> Row {
        match listed.catcher {
            Catcher::Models(models) => self.by_models(listed, models),
            Catcher::Sessions(models) => {
                let limits = self.limits();
                session_rows::hunt(listed, models, limits, &mut self.progress)
            }
            Catcher::Scheduler(voters) | Catcher::Walk(voters) => self.walks.row(listed, voters),
            Catcher::Nobody { models, quick } => {
                control::row(self, listed, if self.options.quick { quick } else { models })
            }
            Catcher::Checker(mutant) => distorted::row(self, listed, mutant),
            Catcher::Impossible(line) => Row::plain(listed, Verdict::Impossible, line),
            Catcher::Later { why, test } => Row::plain(listed, Verdict::Later, test.unwrap_or(why)),
            Catcher::Harmless { .. } if self.options.quick => Row::plain(listed, Verdict::Skipped, ""),
            Catcher::Rejoin(model) | Catcher::Harmless { model, .. } => {
                let limits = self.limits();
                rejoin_rows::hunt(listed, model, limits, &mut self.progress)
            }
            Catcher::Loom(..) => Row::plain(listed, Verdict::Left, ""),
        }
    }

    /// Runs a model with a variant on, or with none.
    pub(super) fn run(&mut self, mutant: Option<&str>, scenario: Scenario) -> std::result::Result<Outcome, String> {
        match mutant {
            Some(name) => switch_on(name)?,
            None => activate(None),
        }
        let outcome = run_cluster(scenario, self.limits(), &mut self.progress);
        activate(None);
        outcome.map_err(|error| error.to_string())
    }

    /// How far a model may go for one variant.
    pub(super) fn limits(&self) -> Limits {
        let time = Some(Duration::from_secs(self.options.timeout));
        Limits { threads: self.options.threads(), generated: None, time, depth_first: false }
    }

    fn by_models(&mut self, listed: Listed, models: &[&str]) -> Row {
        let mut row = Row::plain(listed, Verdict::Survived, "");
        for model in models {
            let Some(scenario) = killer(model) else {
                return Row::plain(listed, Verdict::Error, format!("there is no model '{model}'"));
            };
            let outcome = match self.run(Some(listed.name), scenario) {
                Ok(outcome) => outcome,
                Err(error) => return Row::plain(listed, Verdict::Error, error),
            };
            row.seconds += outcome.elapsed.as_secs_f64();
            if let (Result::Violated, Some(violation)) = (outcome.verdict, &outcome.violation) {
                row.verdict = Verdict::Caught;
                row.by = outcome.model;
                row.property = violation.property.to_owned();
                row.steps = Some(violation.steps() as u64);
                return row;
            }
        }
        row
    }
}
