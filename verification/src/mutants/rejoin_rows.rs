//! The rows of coming back after a disk loss, as their own list gives them.

use super::listed::{Catcher, Layer, Listed, row};
use super::rejoin::{Fate, NO_PLACE, RejoinVariant, rejoin_variants};

#[cfg(feature = "mutants")]
use super::{
    outcome::{Row, Verdict},
    rejoin::switch_on_rejoin,
};
#[cfg(feature = "mutants")]
use crate::check::{Limits, Progress, Verdict as Result};

/// Its part of the list.
pub(super) fn rejoin_rows() -> Vec<Listed> {
    let variants = rejoin_variants().into_iter().map(|variant| listed(&variant));
    let no_place = NO_PLACE.iter().map(|(number, what, line)| {
        row(Layer::Rejoin, "RejoinOwnsSlotOne", numbers(number), what, Catcher::Impossible(line))
    });
    variants.chain(no_place).collect()
}

fn listed(variant: &RejoinVariant) -> Listed {
    let RejoinVariant { name, number, what, model, fate, .. } = *variant;
    let catcher = match fate {
        Fate::Caught => Catcher::Rejoin(model),
        Fate::Survives(why) => Catcher::Harmless { model, why },
    };
    row(Layer::Rejoin, name, numbers(number), what, catcher)
}

/// In its list a number stands for a row of the red team's table; 31 is the kill table's own.
fn numbers(number: &str) -> &'static [&'static str] {
    match number {
        "31" => &["31", "32", "M10"],
        "6" => &["R6"],
        "6a" => &["R6a"],
        "6b" => &["R6b"],
        "6c" => &["R6c"],
        "6p" => &["R6p"],
        "6q" => &["R6q"],
        "6r" => &["R6r"],
        "6s" => &["R6s"],
        "6t" => &["R6t"],
        _ => &[],
    }
}

/// Runs the model of a row with the parts of its variant left out.
#[cfg(feature = "mutants")]
pub(super) fn hunt(listed: Listed, model: &str, limits: Limits, progress: &mut Progress) -> Row {
    let Some(scenario) = crate::rejoin::find(model).filter(|_| switch_on_rejoin(listed.name)) else {
        return Row::plain(listed, Verdict::Error, format!("there is no model '{model}', or no such part of the rule"));
    };
    let ran = crate::rejoin::run(scenario, limits, progress);
    quorate_protocol::leave_out(&[]);
    let outcome = match ran {
        Ok(outcome) => outcome,
        Err(error) => return Row::plain(listed, Verdict::Error, error.to_string()),
    };
    let must_live = matches!(listed.catcher, Catcher::Harmless { .. });
    let verdict = match (outcome.verdict, must_live) {
        (Result::Violated, true) => Verdict::Blamed,
        (Result::Violated, false) => Verdict::Caught,
        (Result::BoundHit, _) => Verdict::BoundHit,
        (_, true) => Verdict::Harmless,
        (_, false) => Verdict::Survived,
    };
    let (property, steps) = match &outcome.violation {
        Some(violation) => (violation.property.to_owned(), Some(violation.steps() as u64)),
        None => (format!("{} states", outcome.unique), None),
    };
    let seconds = outcome.elapsed.as_secs_f64();
    Row { by: outcome.model, seconds, steps, ..Row::plain(listed, verdict, property) }
}
