//! One model, from its first state to a verdict.

use super::outcome::Violated;
use super::{Outcome, Progress, Seen, Verdict};
use crate::model::{Branch, Cluster, Scenario};
use crate::playback::{Run, Told};
use stateright::{Checker, CheckerBuilder, HasDiscoveries, Model};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// What a run may use, and what ends it before it is exhausted.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Worker threads.
    pub threads: usize,
    /// States generated, repeats included.
    pub generated: Option<usize>,
    /// Time.
    pub time: Option<Duration>,
    /// Depth first: less memory for a large model; its counterexamples are not the shortest.
    pub depth_first: bool,
}

/// What a model adds to its own run.
pub(crate) struct Reading<M: Model> {
    /// The model's name.
    pub(crate) name: String,
    /// Its bounds, as printed.
    pub(crate) bounds: String,
    /// What it is expected to reach and did not.
    pub(crate) missing: fn(&M) -> Vec<String>,
    /// Which branches it took.
    pub(crate) taken: fn(&M) -> Vec<Branch>,
    /// What else it measured.
    pub(crate) note: fn(&M) -> Option<String>,
}

/// Checks a scenario over the shipped core.
///
/// # Errors
/// Bounds that make no configuration.
pub fn run_cluster(
    scenario: Scenario,
    limits: Limits,
    progress: &mut Progress,
) -> Result<Outcome, quorate_protocol::ConfigError> {
    let (name, bounds) = (scenario.name.to_owned(), scenario.bounds_line());
    let generated = scenario.generates.into_iter().chain(limits.generated).min();
    let limits = Limits { generated, depth_first: limits.depth_first || scenario.generates.is_some(), ..limits };
    let model = Cluster::new(scenario)?;
    let missing = |model: &Cluster| {
        let untaken = |branch: &&Branch| !model.coverage.is_taken(**branch);
        model.scenario.expects.iter().filter(untaken).map(|branch| format!("{branch:?}")).collect()
    };
    let taken = |model: &Cluster| Branch::ALL.into_iter().filter(|branch| model.coverage.is_taken(*branch)).collect();
    let note = |model: &Cluster| {
        model.scenario.heals_within?;
        let steps = model.longest.load(Ordering::Relaxed);
        Some(format!("longest way to health: {steps} steps"))
    };
    Ok(run(model, &Reading { name, bounds, missing, taken, note }, limits, progress))
}

/// Checks an abstract model of `spec`.
pub fn run_spec<M>(name: &str, bounds: &str, model: M, limits: Limits, progress: &mut Progress) -> Outcome
where
    M: Told,
{
    let reading = Reading {
        name: name.to_owned(),
        bounds: bounds.to_owned(),
        missing: |_| Vec::new(),
        taken: |_| Vec::new(),
        note: |_| None,
    };
    run(model, &reading, limits, progress)
}

/// Any model, to its verdict.
pub(crate) fn run<M: Told>(model: M, reading: &Reading<M>, limits: Limits, progress: &mut Progress) -> Outcome {
    let builder = bounded(model.checker().threads(limits.threads).finish_when(HasDiscoveries::AnyFailures), limits);
    let begun = Instant::now();
    if limits.depth_first {
        finish(builder.spawn_dfs(), begun, reading, limits, progress)
    } else {
        finish(builder.spawn_bfs(), begun, reading, limits, progress)
    }
}

fn bounded<M: Model>(builder: CheckerBuilder<M>, limits: Limits) -> CheckerBuilder<M> {
    let builder = match limits.generated {
        Some(generated) => builder.target_state_count(generated),
        None => builder,
    };
    match limits.time {
        Some(time) => builder.timeout(time),
        None => builder,
    }
}

fn finish<M: Told, C: Checker<M>>(
    mut checker: C,
    begun: Instant,
    reading: &Reading<M>,
    limits: Limits,
    progress: &mut Progress,
) -> Outcome {
    while !checker.is_done() {
        std::thread::sleep(Duration::from_millis(20));
        let (unique, generated) = (checker.unique_state_count() as u64, checker.state_count() as u64);
        let seen = Seen { unique, generated, depth: checker.max_depth(), elapsed: begun.elapsed() };
        progress.show(&reading.name, seen);
    }
    for worker in checker.handles() {
        // A worker that panicked leaves the run incomplete, and must not pass for a result.
        assert!(worker.join().is_ok(), "a worker of the checker panicked");
    }
    let elapsed = begun.elapsed();
    let model = checker.model();
    let found = checker.discoveries().into_iter().min_by_key(|(_, path)| path.clone().into_actions().len());
    let violation = found.map(|(property, path)| Violated { property, run: Run::of(model, &path.into_vec()) });
    let generated = checker.state_count();
    let cut = limits.generated.is_some_and(|most| generated >= most) || limits.time.is_some_and(|most| elapsed >= most);
    let missing = (reading.missing)(model);
    let verdict = match (&violation, cut, missing.is_empty()) {
        (Some(_), ..) => Verdict::Violated,
        (None, true, _) => Verdict::BoundHit,
        (None, false, false) => Verdict::Vacuous,
        (None, false, true) => Verdict::Exhausted,
    };
    Outcome {
        model: reading.name.clone(),
        bounds: reading.bounds.clone(),
        unique: checker.unique_state_count() as u64,
        generated: generated as u64,
        depth: checker.max_depth(),
        elapsed,
        verdict,
        violation,
        missing,
        taken: (reading.taken)(model),
        note: (reading.note)(model),
        changed: None,
    }
}
