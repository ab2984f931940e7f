//! The seeded simulator: a thousand runs, each checked event by event and as a whole.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use quorate_faults::sim::{Report, SimConfig, run};

#[test]
fn a_thousand_seeds_hold() {
    let mut total = Report::default();
    for seed in 0..1000 {
        let report = run(SimConfig::of_seed(seed)).unwrap_or_else(|failure| panic!("seed {seed}: {failure}"));
        total.events += report.events;
        total.operations += report.operations;
        total.unknown += report.unknown;
        total.forgotten += report.forgotten;
        total.unavailable += report.unavailable;
        total.reads += report.reads;
        total.one_round += report.one_round;
        total.chosen += report.chosen;
        total.lost += report.lost;
        total.survived += report.survived;
        total.evictions += report.evictions;
        total.prepares += report.prepares;
        total.replayed += report.replayed;
    }
    println!("{total:?}");
    // Each interesting thing did happen.
    for (what, count) in [
        ("unknown outcomes", total.unknown),
        ("reads of more than one round", total.reads - total.one_round),
        ("reads of one round", total.one_round),
        ("lost writes", total.lost),
        ("writes that survived a crash unconfirmed", total.survived),
        ("evictions", total.evictions),
        ("prepares", total.prepares),
        ("slots chosen", total.chosen),
        ("steps replayed from traces", total.replayed),
    ] {
        assert!(count > 0, "no {what} in a thousand runs");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in [0, 7, 77, 777] {
        let (one, other) = (run(SimConfig::of_seed(seed)).unwrap(), run(SimConfig::of_seed(seed)).unwrap());
        assert_eq!(one, other, "seed {seed}");
    }
    let (one, other) = (run(SimConfig::of_seed(1)).unwrap(), run(SimConfig::of_seed(2)).unwrap());
    assert_ne!(one.digest, other.digest);
}
