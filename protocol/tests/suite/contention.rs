//! Duels: how long a proposer leaves another alone, and for how long it tries (docs/protocol/contention.md).

use crate::support::*;
use quorate_protocol::{Input, NotApplied, Output, PREPARES_MAX, PaxosLog, Phase, Range, Reply, Slot, Timer};

fn deferral(output: &Output) -> Option<Range> {
    output.timers.iter().find(|(timer, _)| *timer == Timer::Defer).map(|(_, range)| *range)
}

/// A, which has found C's round open and waits.
fn deferred() -> (PaxosLog, Range) {
    let mut log = log();
    receive(&mut log, prepare(C, 1, ballot(1, C)));
    let output = step(&mut log, Input::Propose(put(1, "mine")));
    assert!(!output.prepared, "the other one's round is left alone first");
    (log, deferral(&output).unwrap())
}

/// Ends the deferral, and lets C overtake the prepare that follows.
fn overtaken(log: &mut PaxosLog) -> Output {
    assert!(step(log, Input::Timeout(Timer::Defer)).prepared);
    sync(log);
    let round = log.record().promised.round + 1;
    receive(log, prepare(C, 1, ballot(round, C)))
}

/// The wait is from a range, so that two that collide draw apart; it doubles with each prepare, and stops growing.
#[test]
fn waits_double_with_every_prepare_up_to_sixteen_times() {
    let (mut log, first) = deferred();
    assert!(0 < first.min_ms && first.min_ms < first.max_ms);
    for spent in 1..PREPARES_MAX {
        let range = deferral(&overtaken(&mut log)).unwrap();
        let times = 1 << spent.min(4);
        assert_eq!(range, Range { min_ms: first.min_ms * times, max_ms: first.max_ms * times }, "after {spent}");
    }
}

/// P17: the seventeenth prepare is not begun. What was never proposed surely does not apply through this attempt.
#[test]
fn after_sixteen_prepares_those_who_wait_are_answered() {
    let (mut log, _) = deferred();
    for _ in 0..PREPARES_MAX {
        assert!(overtaken(&mut log).done.is_empty());
    }
    let output = step(&mut log, Input::Timeout(Timer::Defer));
    assert_eq!(output.done, [(id(1), Reply::NotApplied(NotApplied::Contention))]);
    assert!(!output.prepared && log.phase() == &Phase::Idle);
    let afresh = step(&mut log, Input::Propose(put(2, "next")));
    assert_eq!(deferral(&afresh), Some(deferred().1), "the count starts again");
}

/// The count starts again when an entry of this replica is chosen, and not when another's is: else a replica that
/// loses every slot would prepare for ever.
#[test]
fn the_count_starts_again_with_an_entry_of_ones_own() {
    for (winner, starts_again) in [(A, true), (B, false)] {
        let mut log = log();
        for request in [put(1, "x"), put(2, "y"), put(3, "z")] {
            step(&mut log, Input::Propose(request));
        }
        sync(&mut log);
        receive(&mut log, promise(B, 1, ballot(1, A), None));
        sync(&mut log);
        let mut last = (*log.record().accepted.clone().unwrap().entry).clone();
        last.owner = owner(winner);
        last.requests.truncate(1);
        receive(&mut log, notice(B, 1, ballot(2, B), &last.into()));
        sync(&mut log);
        // Whoever owns the slot, C's prepare is in it now, and A's next wait tells what A has spent.
        let promised = log.record().promised.round.max(1);
        let passed = receive(&mut log, prepare(C, 2, ballot(promised + 1, C)));
        let expected = deferred().1.min_ms * if starts_again { 1 } else { 4 };
        assert_eq!(deferral(&passed).map(|range| range.min_ms), Some(expected), "{winner:?}");
    }
}

/// A promise to oneself is nobody else's round.
#[test]
fn a_slot_that_only_this_replica_prepared_is_not_left_alone() {
    let mut log = log();
    step(&mut log, Input::Settle(Slot(1)));
    sync(&mut log);
    receive(&mut log, promise(B, 1, ballot(1, A), None));
    assert_eq!(log.phase(), &Phase::Idle, "nothing to settle");
    let output = step(&mut log, Input::Propose(put(1, "x")));
    assert!(output.prepared && deferral(&output).is_none());
}

/// A timer that fires for nothing does no harm.
#[test]
fn timers_of_a_phase_that_is_over_change_nothing() {
    let mut preparing = log();
    step(&mut preparing, Input::Propose(put(1, "x")));
    let cases =
        [(log(), Timer::Defer), (log(), Timer::Resend), (deferred().0, Timer::Resend), (preparing, Timer::Defer)];
    for (mut log, timer) in cases {
        let before = log.clone();
        assert_eq!(step(&mut log, Input::Timeout(timer)), Output::default());
        assert_eq!(log, before, "{timer:?}");
    }
}
