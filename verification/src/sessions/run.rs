//! Running a model of this kind.

use super::{Branch, Cluster, Scenario};
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
    let reading = Reading { name, bounds, missing, taken: |_| Vec::new(), note };
    Ok(run_model(model, &reading, limits, progress))
}
