//! The scheduler must find the wrong variants of the rules: a test of the tests, not the kill table (which is the
//! model checker's).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::needless_pass_by_value)]

#[path = "../suite/audit.rs"]
mod audit;
#[path = "../suite/clients.rs"]
mod clients;
#[path = "../suite/run.rs"]
mod run;
#[path = "../suite/scheduler.rs"]
mod scheduler;

use quorate_protocol::{Mutant, activate};

/// Played by a driver, which the scheduler's never is.
const NOT_HERE: [Mutant; 1] = [Mutant::StaleReply];

/// How many runs it takes to find a variant, of at most 20,000. A panic (a record that restore refuses) is a find.
fn runs_to_find(mutant: Mutant) -> Option<u64> {
    activate(Some(mutant));
    let found = (0..20_000).find(|seed| {
        let events = 200 + u16::try_from(seed % 1800).unwrap();
        let run = std::panic::catch_unwind(|| run::run(*seed, 3, events).err());
        run.map_or(true, |broken| broken.is_some())
    });
    activate(None);
    found
}

/// Without a wrong variant the same runs are clean, and get somewhere.
fn check_the_right_variant() {
    let runs = (0..200).map(|seed| run::run(seed, 3, 1000).unwrap());
    assert!(runs.map(|run| run.audit.recorded()).sum::<usize>() > 200);
}

#[test]
fn every_wrong_variant_is_found() {
    check_the_right_variant();
    let missed: Vec<_> = Mutant::ALL
        .into_iter()
        .filter(|mutant| !NOT_HERE.contains(mutant))
        .filter(|mutant| {
            let found = runs_to_find(*mutant);
            println!("{mutant:?}: {found:?}");
            found.is_none()
        })
        .collect();
    assert!(missed.is_empty(), "not found: {missed:?}");
}
