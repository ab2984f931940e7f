//! The scheduler must find the wrong variants of the rules, and must let the harmless ones live: a test of the tests,
//! and the layer of the kill table that reaches clusters of four and five (`quorate-check mutants` runs it for the
//! variants that no small model of three replicas can show).
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
use std::time::Instant;

/// Variants to hunt, `NAME` or `NAME@VOTERS` with commas between; all without it. A table is printed either way.
const NAMES: &str = "QUORATE_MUTANTS";
/// Runs that a variant gets to show itself in, and a harmless one to hold in.
const RUNS: u64 = 20_000;
const RUNS_OF_CONTROL: u64 = 2_000;

/// Played by a driver, which the scheduler's never is; slow rather than wrong; and of sessions, which the scheduler's
/// clients are not.
const NOT_HERE: [Mutant; 15] = [
    Mutant::StaleReply,
    Mutant::NoBackoff,
    Mutant::SeenReadIgnored,
    Mutant::SeenWriteIgnored,
    Mutant::SeenOtherKey,
    Mutant::SeenFalls,
    Mutant::SeenFullSilently,
    Mutant::SeenFillsUp,
    Mutant::SeenMergeKeepsOwn,
    Mutant::SeenMergeForgetsFull,
    Mutant::SeenMergeKeepsUnknown,
    Mutant::SessionBelowFloor,
    Mutant::SessionTakesVote,
    Mutant::BringUpVotersAlone,
    Mutant::BringUpHelpsAlone,
];

/// How many it takes: some are not wrong among three.
fn voters(mutant: Mutant) -> u16 {
    match mutant {
        Mutant::QuorumOfHalfIfEven => 4,
        Mutant::QuorumOfTwo | Mutant::TwoVotesAreEnough => 5,
        _ => 3,
    }
}

/// The seed of the run that shows a variant, and what broke. A panic (a record that restore refuses) is a find.
fn find(mutant: Mutant, voters: u16, runs: u64) -> Option<(u64, String)> {
    activate(Some(mutant));
    let found = (0..runs).find_map(|seed| {
        let events = 200 + u16::try_from(seed % 1800).unwrap();
        let run = std::panic::catch_unwind(|| run::run(seed, voters, events).err());
        let broken = run.unwrap_or_else(|_| Some("a panic".to_owned()))?;
        Some((seed, broken))
    });
    activate(None);
    found
}

/// Prints a row of the table: name, voters, runs until it showed, seconds, what broke.
fn hunt(mutant: Mutant, voters: u16, runs: u64) -> bool {
    let begun = Instant::now();
    let found = find(mutant, voters, runs);
    let seconds = begun.elapsed().as_secs_f64();
    let (count, broken) = found.as_ref().map_or((runs, "-"), |(seed, broken)| (seed + 1, broken.as_str()));
    println!("row\t{mutant:?}\t{voters}\t{count}\t{seconds:.2}\t{broken}");
    found.is_some()
}

/// The variants to hunt, each with its number of voters.
fn chosen(all: &[Mutant]) -> Vec<(Mutant, u16)> {
    let names = std::env::var(NAMES).unwrap_or_default();
    if names.is_empty() {
        return all.iter().map(|mutant| (*mutant, voters(*mutant))).collect();
    }
    let asked = names.split(',').filter_map(|asked| {
        let (name, count) = asked.split_once('@').unwrap_or((asked, ""));
        let mutant = Mutant::named(name).unwrap_or_else(|| panic!("no variant {name}"));
        let count = count.parse().unwrap_or_else(|_| voters(mutant));
        all.contains(&mutant).then_some((mutant, count))
    });
    asked.collect()
}

/// Without a wrong variant the same runs are clean, and get somewhere.
fn check_the_right_variant() {
    for voters in [3, 4, 5] {
        let runs = (0..200).map(|seed| run::run(seed, voters, 1000).unwrap());
        assert!(runs.map(|run| run.audit.recorded()).sum::<usize>() > 200);
    }
}

/// One test, since a variant is switched on for the whole process.
#[test]
fn every_wrong_variant_is_found_and_no_harmless_one() {
    check_the_right_variant();
    let here = |(mutant, _): &(Mutant, u16)| !NOT_HERE.contains(mutant);
    let wrong = chosen(Mutant::ALL).into_iter().filter(here);
    let missed: Vec<_> = wrong.filter(|(mutant, voters)| !hunt(*mutant, *voters, RUNS)).collect();
    assert!(missed.is_empty(), "not found: {missed:?}");
    let harmless = chosen(Mutant::CONTROLS).into_iter();
    let blamed: Vec<_> = harmless.filter(|(control, voters)| hunt(*control, *voters, RUNS_OF_CONTROL)).collect();
    assert!(blamed.is_empty(), "found, though harmless: {blamed:?}");
}
