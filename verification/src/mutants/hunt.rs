//! Hunting one wrong variant after the other with the very models that the right code passes.

use super::{Expectation, Listed, list};
use crate::check::{Limits, Progress, Verdict, run_cluster};
use crate::model::find;
use quorate_protocol::{Mutant, activate};
use std::time::Duration;

/// Switches the variant of this name on.
///
/// # Errors
/// There is none of that name; the message lists them.
pub fn switch_on(name: &str) -> Result<(), String> {
    let mutant =
        Mutant::ALL.iter().chain(Mutant::CONTROLS).find(|mutant| format!("{mutant:?}").eq_ignore_ascii_case(name));
    match mutant {
        Some(mutant) => {
            activate(Some(*mutant));
            Ok(())
        }
        None => {
            let names: Vec<&str> = list().iter().map(|listed| listed.name).collect();
            Err(format!("no mutant '{name}'; there are {}", names.join(", ")))
        }
    }
}

/// Hunts all of them, a row each. Says whether every one that can be caught was.
pub fn hunt(threads: usize, budget: Duration, progress: &mut Progress) -> bool {
    println!(
        "{:<4} {:<24} {:<11} {:<10} {:<22} {:>7} {:>6}",
        "no.", "mutant", "", "model", "property", "seconds", "steps"
    );
    let mut all = true;
    let mut caught = 0;
    for listed in list() {
        let row = hunt_one(&listed, threads, budget, progress);
        caught += usize::from(row == Some(true));
        all &= row != Some(false);
    }
    activate(None);
    let possible = list().iter().filter(|listed| matches!(listed.expectation, Expectation::CaughtBy(_))).count();
    println!("{caught} of {possible} caught; {} impossible by design", list().len() - possible);
    all
}

/// `None` for one that is impossible by design.
fn hunt_one(listed: &Listed, threads: usize, budget: Duration, progress: &mut Progress) -> Option<bool> {
    let Listed { name, number, what, expectation } = listed;
    let models = match expectation {
        Expectation::Impossible(line) => {
            println!("{number:<4} {name:<24} IMPOSSIBLE  {what}\n{:>30}{line}", "");
            return None;
        }
        Expectation::CaughtBy(models) => models,
    };
    if let Err(error) = switch_on(name) {
        println!("{number:<4} {name:<24} {error}");
        return Some(false);
    }
    let limits = Limits { threads, generated: None, time: Some(budget), depth_first: false };
    let mut seconds = 0.0;
    for model in *models {
        let Some(Ok(outcome)) = find(model).map(|scenario| run_cluster(scenario, limits, progress)) else {
            println!("{number:<4} {name:<24} there is no model '{model}'");
            return Some(false);
        };
        seconds += outcome.elapsed.as_secs_f64();
        if let (Verdict::Violated, Some(violation)) = (outcome.verdict, &outcome.violation) {
            let (model, property, steps) = (&outcome.model, violation.property, violation.steps);
            println!("{number:<4} {name:<24} {:<11} {model:<10} {property:<22} {seconds:>7.2} {steps:>6}", "CAUGHT");
            return Some(true);
        }
    }
    println!("{number:<4} {name:<24} SURVIVED    {what}");
    Some(false)
}
