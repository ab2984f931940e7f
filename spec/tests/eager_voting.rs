//! `EagerVoting`, exhausted over small bounds; what it adds to `Voting`, and that this is harmless.

mod common;

use common::explore;
use quorate_spec::{Acceptor, EagerVoting, EagerVotingAction, Spec, Value, VotingAction, VotingState, chosen};

fn eager(acceptors: u8, values: u8, ballots: u8) -> EagerVoting {
    EagerVoting::new(acceptors, values, ballots).expect("within bounds")
}

/// The invariants and the refinement to `Consensus` hold of each state and step. An eager step is `VoteFor`
/// and then `IncreaseMaxBal`, so the states are `Voting`'s, and only the steps are more.
#[test]
fn every_step_refines_consensus_and_the_states_are_those_of_voting() {
    for (acceptors, values, ballots, steps) in EXHAUSTED {
        let spec = eager(acceptors, values, ballots);
        let explored = explore(&spec).expect("no violation");
        let voting = explore(spec.voting()).expect("no violation");
        assert_eq!(explored.states, voting.states, "{spec:?}");
        assert_eq!(explored.steps, steps, "{spec:?}");
        // In one ballot there is nothing above to promise.
        assert_eq!(explored.steps > voting.steps, ballots > 1, "{spec:?}");
        assert!(explored.states.iter().any(|state| !chosen(spec.voting(), state).is_empty()));
    }
}

const EXHAUSTED: [(u8, u8, u8, usize); 4] = [(3, 2, 1, 102), (3, 2, 2, 2499), (3, 2, 3, 35574), (4, 2, 2, 14812)];

/// `Voting` refines `EagerVoting` by the identity, and not the other way round.
#[test]
fn voting_refines_eager_voting_and_not_the_reverse() {
    let spec = eager(3, 2, 3);
    let voting = spec.voting();
    let (mut plain, mut extra) = (0, 0);
    for state in explore(voting).expect("no violation").states {
        for (action, to) in voting.next(&state) {
            let same = match action {
                VotingAction::IncreaseMaxBal(a, b) => EagerVotingAction::IncreaseMaxBal(a, b),
                VotingAction::VoteFor(a, b, v) => EagerVotingAction::VoteFor(a, b, v, b),
            };
            assert_eq!(spec.explain(&state, &to), Ok(Some(same)));
            assert_eq!(voting.explain(&state, &to), Ok(Some(action)));
            plain += 1;
        }
        for (action, to) in spec.next(&state) {
            let is_extra = matches!(action, EagerVotingAction::VoteFor(_, b, _, c) if c > b);
            assert_eq!(voting.explain(&state, &to).is_err(), is_extra, "{action:?} in {state:?}");
            assert_eq!(spec.explain(&state, &to), Ok(Some(action)));
            extra += usize::from(is_extra);
        }
    }
    assert!(plain > 0 && extra > 0, "{plain} plain, {extra} extra steps");
}

#[test]
fn what_neither_may_do_is_refused() {
    let spec = eager(3, 2, 3);
    let (a, b) = (Acceptor(0), Acceptor(1));
    let open = VotingState::joined(3, 0);
    let eagerly = open.with_max_bal(a, 2).with_vote(a, 0, Value(1));
    assert_eq!(spec.explain(&open, &eagerly), Ok(Some(EagerVotingAction::VoteFor(a, 0, Value(1), 2))));
    assert!(spec.voting().explain(&open, &eagerly).is_err(), "the step that is not Voting's");
    assert_eq!(spec.explain(&open, &open), Ok(None));
    let refused = [
        (eagerly, open, "a vote and a promise were forgotten"),
        (eagerly, eagerly.with_vote(a, 1, Value(1)), "a vote below the promise"),
        (eagerly, eagerly.with_vote(b, 0, Value(0)), "a second value in a ballot"),
        (open, open.with_max_bal(a, 1).with_max_bal(b, 1), "two acceptors in one step"),
        (open, open.with_max_bal(a, 3), "a ballot outside the bounds"),
        (open, open.with_max_bal(a, 2).with_vote(a, 1, Value(0)), "a vote that no quorum shows to be safe"),
        (open, open.with_vote(a, 0, Value(2)), "a value outside the bounds"),
    ];
    for (from, to, why) in refused {
        assert!(spec.explain(&from, &to).is_err(), "{why}");
        assert!(spec.voting().explain(&from, &to).is_err(), "{why}");
    }
}
