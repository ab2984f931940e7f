//! What the command line asks of these models.

use super::{Scenario, catalogue, find, run};
use crate::check::{Expected, Limits, Outcome, Progress};

/// The names of the default models, or of all.
pub fn names(full: bool) -> Vec<String> {
    let chosen = catalogue().into_iter().filter(|scenario| scenario.is_default || full);
    chosen.map(|scenario| scenario.name.to_owned()).collect()
}

/// A line or two for each model, for `list`.
pub fn list(expected: &Expected) -> String {
    let line = |scenario: &Scenario| {
        let bounds = scenario.bounds_line();
        let set = if scenario.is_default { "default" } else { "full" };
        let counts = expected.counts(scenario.name, &bounds);
        let counts = counts.map_or("no count committed".to_owned(), |(unique, _)| format!("{unique} states"));
        format!("{:<10} {set:<8} {}\n{:>20}{bounds}; {counts}\n", scenario.name, scenario.about, "")
    };
    catalogue().iter().map(line).collect()
}

/// Runs the model of this name, if it is one of these, with these bounds in place of its own.
///
/// # Errors
/// A bound that it has not, or cannot have.
pub fn check(
    name: &str,
    bounds: &[(String, u64)],
    limits: Limits,
    progress: &mut Progress,
) -> Option<Result<Outcome, String>> {
    let mut scenario = find(name)?;
    let changed = bounds.iter().try_for_each(|(bound, value)| scenario.bounds.change(bound, *value));
    Some(changed.and_then(|()| run(scenario, limits, progress).map_err(|error| error.to_string())))
}
