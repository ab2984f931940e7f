//! How far a loom test explores, and how many executions that were. Printed, so that a ledger can cite it:
//! `cargo test ... -- --show-output`.

#[allow(dead_code, reason = "some suites have no task")]
mod executor;

#[allow(unused_imports, reason = "some suites have no task")]
pub(crate) use executor::block_on_wakes;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Runs every interleaving of `execution`. What the environment says about bounds does not count.
pub(crate) fn exhaust(name: &str, execution: impl Fn() + Send + Sync + 'static) {
    explore(name, None, execution);
}

/// Runs every interleaving with at most `preemptions` preemptions; all of them if `QUORATE_LOOM_EXHAUST` is set.
#[allow(dead_code, reason = "some suites bound nothing")]
pub(crate) fn bounded(name: &str, preemptions: usize, execution: impl Fn() + Send + Sync + 'static) {
    let exhaustive = std::env::var_os("QUORATE_LOOM_EXHAUST").is_some();
    explore(name, (!exhaustive).then_some(preemptions), execution);
}

fn explore(name: &str, preemptions: Option<usize>, execution: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = preemptions;
    // Either would end the search early and silently.
    model.max_permutations = None;
    model.max_duration = None;
    // loom's own count goes to a log; this one is of `std`, so loom neither sees nor permutes it.
    let executions = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&executions);
    model.check(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        execution();
    });
    let bound = preemptions.map_or_else(|| "exhausted".to_owned(), |most| format!("at most {most} preemptions"));
    println!("loom {name}: {} executions, {bound}", executions.load(Ordering::Relaxed));
}
