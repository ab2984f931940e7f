//! `Voting`, exhausted over small bounds; and the same with one guard taken away, which must be seen.

mod common;

use common::explore;
use quorate_spec::{
    AbstractStep, Acceptor, Property, Spec, Value, Violation, Voting, VotingAction, VotingState, chosen,
    voting_step_refines_consensus,
};

fn voting(acceptors: u8, values: u8, ballots: u8) -> Voting {
    Voting::new(acceptors, values, ballots).expect("within bounds")
}

/// TLC finds as many states for the public module (docs/models.md, "Counts compared with TLC"). A change in
/// them is a change of the model.
#[test]
fn every_step_refines_consensus_within_small_bounds() {
    for (acceptors, values, ballots, states, steps) in EXHAUSTED {
        let spec = voting(acceptors, values, ballots);
        let explored = explore(&spec).expect("no violation");
        assert_eq!((explored.states.len(), explored.steps), (states, steps), "{spec:?}");
        let decided = explored.states.iter().filter(|s| !chosen(&spec, s).is_empty()).count();
        assert!(decided > 0 && decided < states, "{spec:?}: {decided} of {states} decided");
    }
}

/// Acceptors, values, ballots; states, steps.
const EXHAUSTED: [(u8, u8, u8, usize, usize); 7] = [
    (3, 2, 1, 40, 102),
    (3, 2, 2, 599, 2079),
    (3, 2, 3, 6752, 26904),
    (3, 3, 2, 975, 3339),
    (3, 3, 3, 12490, 47898),
    (4, 2, 2, 3009, 12396),
    (5, 2, 2, 28591, 175185),
];

/// `Voting` with one guard of `VoteFor` left out.
struct Without {
    voting: Voting,
    guard: Guard,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Guard {
    /// The control: nothing is left out.
    Nothing,
    NotBelowMaxBal,
    OneVoteABallot,
    OneValueABallot,
    ShowsSafeAt,
}

impl Without {
    /// The three guards that are left. The fourth is asked of the full model, on a state in which the
    /// others cannot fail.
    fn enabled(&self, state: &VotingState, a: Acceptor, b: i8, v: Value) -> bool {
        let others = self.voting.acceptors().iter().all(|c| c == a || agrees(state, c, b, v));
        let own = state.did_not_vote_at(a, b) || (self.guard == Guard::OneValueABallot && agrees(state, a, b, v));
        (self.guard == Guard::NotBelowMaxBal || state.max_bal(a) <= b)
            && (self.guard == Guard::OneVoteABallot || own)
            && (self.guard == Guard::OneValueABallot || others)
            && (self.guard == Guard::ShowsSafeAt || self.shows_safe(state, b, v))
    }

    fn shows_safe(&self, state: &VotingState, b: i8, v: Value) -> bool {
        // The votes at b itself do not enter into ShowsSafeAt, so a state without them decides it.
        let voters = self.voting.acceptors();
        let mut below = VotingState::EMPTY;
        for a in voters.iter() {
            below = below.with_max_bal(a, state.max_bal(a));
            for c in 0..b {
                below = state.votes(a, c).iter().fold(below, |s, w| s.with_vote(a, c, w));
            }
        }
        voters.iter().any(|a| {
            let joined = if below.max_bal(a) > b { below.with_max_bal(a, b) } else { below };
            self.voting.enabled(&joined, VotingAction::VoteFor(a, b, v))
        })
    }
}

fn agrees(state: &VotingState, a: Acceptor, b: i8, v: Value) -> bool {
    state.votes(a, b).iter().all(|w| w == v)
}

impl Spec for Without {
    type State = VotingState;
    type Action = VotingAction;

    fn init(&self) -> Vec<VotingState> {
        self.voting.init()
    }

    fn next(&self, state: &VotingState) -> Vec<(VotingAction, VotingState)> {
        let enabled = |action: &VotingAction| match *action {
            VotingAction::IncreaseMaxBal(..) => self.voting.enabled(state, *action),
            VotingAction::VoteFor(a, b, v) => !state.voted_for(a, b, v) && self.enabled(state, a, b, v),
        };
        let step = |action| match action {
            // Leaving the first guard out must not lower maxBal as well: that would be two changes.
            VotingAction::VoteFor(a, b, v) => {
                (action, state.with_max_bal(a, state.max_bal(a).max(b)).with_vote(a, b, v))
            }
            VotingAction::IncreaseMaxBal(..) => (action, Voting::apply(state, action)),
        };
        self.voting.actions().filter(enabled).map(step).collect()
    }

    fn check_state(&self, state: &VotingState) -> Result<(), Violation> {
        self.voting.check_state(state)
    }

    fn check_step(&self, from: &VotingState, to: &VotingState) -> Result<(), Violation> {
        // What the broken steps do to `Consensus`; that they are none of `EagerVoting` goes without saying.
        voting_step_refines_consensus(&self.voting, from, to).map(|_| ())
    }
}

#[test]
fn no_guard_of_vote_for_can_be_spared() {
    let control = explore(&Without { voting: voting(3, 2, 2), guard: Guard::Nothing }).expect("no violation");
    assert_eq!(control.states, explore(&voting(3, 2, 2)).expect("no violation").states);
    let expected = [
        (Guard::NotBelowMaxBal, Property::Agreement),
        (Guard::OneVoteABallot, Property::OneEntryABallot),
        (Guard::OneValueABallot, Property::OneEntryABallot),
        (Guard::ShowsSafeAt, Property::Agreement),
    ];
    for (guard, property) in expected {
        let without = Without { voting: voting(3, 2, 2), guard };
        let found = explore(&without).map(|explored| explored.states.len()).map_err(|v| v.property);
        assert_eq!(found, Err(property), "without {guard:?}");
    }
}

#[test]
fn explain_names_the_step_or_refuses() {
    let spec = voting(3, 2, 2);
    let (a, b) = (Acceptor(0), Acceptor(1));
    let open = VotingState::joined(3, 0);
    let voted = open.with_vote(a, 0, Value(1));
    assert_eq!(spec.explain(&open, &open), Ok(None));
    assert_eq!(spec.explain(&open, &voted), Ok(Some(VotingAction::VoteFor(a, 0, Value(1)))));
    let promised = open.with_max_bal(b, 1);
    assert_eq!(spec.explain(&open, &promised), Ok(Some(VotingAction::IncreaseMaxBal(b, 1))));
    assert!(spec.explain(&promised, &open).is_err(), "a promise was forgotten");
    assert!(spec.explain(&promised, &promised.with_vote(b, 0, Value(0))).is_err(), "a vote below the promise");
    assert!(spec.explain(&voted, &voted.with_vote(b, 0, Value(0))).is_err(), "a second value in a ballot");
    let hasty = VotingState::EMPTY.with_max_bal(a, 1).with_vote(a, 1, Value(0));
    assert!(spec.explain(&VotingState::EMPTY, &hasty).is_err(), "a vote that no quorum shows to be safe");
}

#[test]
fn a_fresh_slot_is_reachable_and_the_last_vote_of_a_quorum_chooses() {
    let spec = voting(3, 2, 2);
    let open = VotingState::joined(3, 0);
    assert!(explore(&spec).expect("no violation").states.contains(&open));
    let one = open.with_vote(Acceptor(0), 0, Value(1));
    let two = one.with_vote(Acceptor(2), 0, Value(1));
    assert_eq!(voting_step_refines_consensus(&spec, &open, &one), Ok(AbstractStep::Stutter));
    assert_eq!(voting_step_refines_consensus(&spec, &one, &two), Ok(AbstractStep::Chose(Value(1))));
    assert!(voting_step_refines_consensus(&spec, &two, &one).is_err());
    // The same value in two ballots, one vote each, is not chosen.
    let split = one.with_max_bal(Acceptor(1), 1).with_vote(Acceptor(1), 1, Value(1));
    assert!(chosen(&spec, &split).is_empty());
}
