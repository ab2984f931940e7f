//! The rows of sessions, which have models of their own.

use super::hunt::switch_on;
use super::listed::Listed;
use super::outcome::{Row, Verdict};
use crate::check::{Limits, Progress, Verdict as Result};
use quorate_protocol::activate;

/// Runs the models of a row with its variant on, until one catches it.
pub(super) fn hunt(listed: Listed, models: &[&str], limits: Limits, progress: &mut Progress) -> Row {
    let mut row = Row::plain(listed, Verdict::Survived, "");
    for model in models {
        let Some(scenario) = crate::sessions::find(model) else {
            return Row::plain(listed, Verdict::Error, format!("there is no model '{model}'"));
        };
        let ran = switch_on(listed.name)
            .and_then(|()| crate::sessions::run(scenario, limits, progress).map_err(|error| error.to_string()));
        activate(None);
        let outcome = match ran {
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
