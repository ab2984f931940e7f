//! Harmless variants: their models must be exhausted, and nothing may break.

use super::hunt::Hunt;
use super::killers::killer;
use super::listed::Listed;
use super::order::{Order, run};
use super::outcome::{Row, Verdict};
use crate::check::{Expected, Outcome, Verdict as Result};

/// Runs a control through its models.
pub(super) fn row(hunt: &mut Hunt<'_>, listed: Listed, models: &[&str]) -> Row {
    let mut row = Row::plain(listed, Verdict::Control, "");
    let mut others = Vec::new();
    let mut states = 0;
    for model in models {
        let Some(scenario) = killer(model) else {
            return Row::plain(listed, Verdict::Error, format!("there is no model '{model}'"));
        };
        let outcome = match hunt.run(Some(listed.name), scenario) {
            Ok(outcome) => outcome,
            Err(error) => return Row::plain(listed, Verdict::Error, error),
        };
        row.seconds += outcome.elapsed.as_secs_f64();
        states += outcome.unique;
        if let Some((verdict, property)) = judge(&outcome) {
            let by = (*model).to_owned();
            return Row { verdict, property, by, ..row };
        }
        if differs(&outcome) {
            others.push(*model);
        }
    }
    row.by = models.join(", ");
    row.property = format!("{states} states; unlike the right core in {}", none_or(&others));
    if listed.numbers == ["C1"] {
        return with_order(hunt, row);
    }
    row
}

/// A branch that a control never takes is its own affair (a read that always rinses has no other): what counts is
/// that all states were visited and nothing broke.
fn judge(outcome: &Outcome) -> Option<(Verdict, String)> {
    match (outcome.verdict, &outcome.violation) {
        (Result::Violated, Some(violation)) => Some((Verdict::Blamed, violation.property.to_owned())),
        (Result::BoundHit, _) => Some((Verdict::BoundHit, format!("{} states", outcome.unique))),
        _ => None,
    }
}

/// Whether the control does anything there: the right core's count is committed.
fn differs(outcome: &Outcome) -> bool {
    let right = Expected::committed().ok().and_then(|expected| expected.counts(&outcome.model, &outcome.bounds));
    right.is_some_and(|right| right != (outcome.unique, outcome.generated))
}

fn none_or(names: &[&str]) -> String {
    if names.is_empty() { "none of them that has a count".to_owned() } else { names.join(", ") }
}

/// C1, two-sided: each step of a log that accepts before it promises must be one of EagerVoting, and not each of
/// them one of Voting; the right core's must all be Voting's.
fn with_order(hunt: &Hunt<'_>, mut row: Row) -> Row {
    let runs = [
        (None, Order::Voting, true),
        (Some(row.listed.name), Order::Voting, false),
        (Some(row.listed.name), Order::EagerVoting, true),
    ];
    for (mutant, order, holds) in runs {
        let found = match run(mutant, order, hunt.limits()) {
            Ok(found) => found,
            Err(error) => return Row::plain(row.listed, Verdict::Error, error),
        };
        row.seconds += found.seconds;
        if !found.is_exhausted && found.steps.is_none() {
            return Row { verdict: Verdict::BoundHit, ..row };
        }
        if found.steps.is_none() != holds {
            let who = mutant.unwrap_or("the right core");
            let property = format!("{order:?} {} for {who}", if holds { "fails" } else { "holds" });
            return Row { verdict: Verdict::Error, property, steps: found.steps, ..row };
        }
        row.steps = row.steps.or(found.steps);
    }
    row.property = format!("{}; not of Voting, of EagerVoting", row.property);
    row
}
