//! Running a model of this kind, and what the command line asks of it.

use super::{Branch, Cluster, Scenario, find, story};
use crate::check::{Limits, Outcome, Progress, Reading, run_model};
use quorate_protocol::ConfigError;
use std::sync::atomic::Ordering;

/// Checks a scenario.
///
/// # Errors
/// Bounds that make no configuration.
pub fn run(scenario: Scenario, limits: Limits, progress: &mut Progress) -> Result<Outcome, ConfigError> {
    let (name, bounds) = (scenario.name.to_owned(), scenario.bounds_line());
    let model = Cluster::new(scenario)?;
    let missing = |model: &Cluster| {
        let never = |branch: &&Branch| model.coverage.count(**branch) == 0;
        model.scenario.expects.iter().filter(never).map(|branch| format!("{branch:?}")).collect()
    };
    let note = |model: &Cluster| Some(format!("refreshes needed at most: {}", model.longest.load(Ordering::Relaxed)));
    let reading = Reading { name, bounds, tell: story::story, missing, taken: |_| Vec::new(), note };
    Ok(run_model(model, &reading, limits, progress))
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
