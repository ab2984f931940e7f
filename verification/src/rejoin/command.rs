//! What the command line asks of these models.

use super::{find, run};
use crate::check::{Limits, Outcome, Progress};

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
