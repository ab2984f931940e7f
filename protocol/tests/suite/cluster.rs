//! Clusters under the scheduler: the properties hold in every run, and every run comes to rest.

use crate::{run::run, scheduler::Scheduler};
use quickcheck::{QuickCheck, TestResult};

fn check(voters: u16, runs: u64) {
    fn property(seed: u64, events: u16, voters: u8) -> TestResult {
        match run(seed, u16::from(voters), events % 3000) {
            Ok(_) => TestResult::passed(),
            Err(broken) => TestResult::error(broken),
        }
    }
    let property = match voters {
        1 => |seed: u64, events: u16| property(seed, events, 1),
        3 => |seed: u64, events: u16| property(seed, events, 3),
        _ => |seed: u64, events: u16| property(seed, events, 5),
    };
    QuickCheck::new().tests(runs).quickcheck(property as fn(u64, u16) -> TestResult);
}

#[test]
fn one_voter() {
    check(1, 100);
}

#[test]
fn three_voters() {
    check(3, 600);
}

#[test]
fn five_voters() {
    check(5, 200);
}

/// The runs do something: without this, a scheduler that delivers nothing would pass.
#[test]
fn the_runs_get_somewhere() {
    let runs: Vec<Scheduler> = (0..20).map(|seed| run(seed, 3, 2500).unwrap()).collect();
    assert!(runs.iter().map(|run| run.audit.recorded()).sum::<usize>() > 100);
    assert!(runs.iter().map(|run| run.clients.reads).sum::<u64>() > 100);
    assert!(runs.iter().any(|run| run.audit.last_chosen().0 > 8));
}
