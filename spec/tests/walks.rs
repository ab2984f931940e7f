//! Random walks through the voting models, in bounds far above those that are exhausted.

use quickcheck::{QuickCheck, TestResult};
use quorate_spec::{
    Acceptor, EagerVoting, MAX_ACCEPTORS, MAX_BALLOTS, MAX_VALUES, Spec, Value, ValueSet, VotingState, chosen,
};
use std::collections::BTreeMap;

/// A model with bounds taken from three bytes.
fn model(bounds: (u8, u8, u8)) -> EagerVoting {
    let within = |byte: u8, most: u8| byte % most + 1;
    EagerVoting::new(within(bounds.0, MAX_ACCEPTORS), within(bounds.1, MAX_VALUES), within(bounds.2, MAX_BALLOTS))
        .expect("within bounds")
}

/// The states along a walk: each pick takes one of the enabled steps.
fn walk<S: Spec>(spec: &S, picks: &[u16]) -> Vec<S::State> {
    let mut state = spec.init().remove(0);
    let mut path = vec![state.clone()];
    for pick in picks {
        let mut next = spec.next(&state);
        if next.is_empty() {
            break;
        }
        state = next.swap_remove(usize::from(*pick) % next.len()).1;
        path.push(state.clone());
    }
    path
}

fn holds_along<S: Spec<State = VotingState>>(spec: &S, eager: &EagerVoting, picks: &[u16]) -> bool {
    let path = walk(spec, picks);
    let steps = path.windows(2).all(|pair| {
        let [from, to] = pair else { return false };
        let acceptors = eager.voting().acceptors();
        let risen = acceptors.iter().all(|a| from.max_bal(a) <= to.max_bal(a));
        let kept = acceptors.iter().all(|a| (0..8).all(|b| from.votes(a, b).is_subset(to.votes(a, b))));
        let before = chosen(eager.voting(), from);
        let explained = eager.explain(from, to).is_ok_and(|step| step.is_some());
        risen && kept && explained && before.is_subset(chosen(eager.voting(), to)) && spec.check_step(from, to).is_ok()
    });
    steps && path.iter().all(|state| spec.check_state(state).is_ok())
}

#[test]
fn invariants_and_refinement_hold_along_random_walks() {
    #[allow(clippy::needless_pass_by_value)] // quickcheck hands its arguments over
    fn property(bounds: (u8, u8, u8), picks: Vec<u16>) -> bool {
        let eager = model(bounds);
        holds_along(eager.voting(), &eager, &picks) && holds_along(&eager, &eager, &picks)
    }
    QuickCheck::new().tests(300).quickcheck(property as fn((u8, u8, u8), Vec<u16>) -> bool);
}

/// A step that no model takes is explained by none: a promise that fell, a vote that went away, a second
/// vote in a ballot, two acceptors at once.
#[test]
fn a_walk_run_backwards_is_refused() {
    #[allow(clippy::needless_pass_by_value)] // quickcheck hands its arguments over
    fn property(bounds: (u8, u8, u8), picks: Vec<u16>) -> TestResult {
        let eager = model(bounds);
        let path = walk(eager.voting(), &picks);
        if path.len() < 2 {
            return TestResult::discard();
        }
        let refused = |from: &VotingState, to: &VotingState| {
            eager.explain(to, from).is_err() && eager.voting().explain(to, from).is_err()
        };
        TestResult::from_bool(path.iter().zip(path.iter().skip(1)).all(|(from, to)| refused(from, to)))
    }
    QuickCheck::new().tests(300).quickcheck(property as fn((u8, u8, u8), Vec<u16>) -> TestResult);
}

/// The packed state against a map from (acceptor, ballot) to values and a map to `maxBal`.
#[test]
fn the_packed_state_agrees_with_maps() {
    fn property(writes: Vec<(u8, u8, u8, bool)>) -> bool {
        let mut state = VotingState::EMPTY;
        let (mut joined, mut votes) = (BTreeMap::new(), BTreeMap::new());
        for (a, b, v, is_vote) in writes {
            let acceptor = Acceptor(a % MAX_ACCEPTORS);
            let ballot = i8::try_from(b % MAX_BALLOTS).expect("a small number");
            if is_vote {
                let value = Value(v % MAX_VALUES);
                state = state.with_vote(acceptor, ballot, value);
                let set = votes.entry((acceptor, ballot)).or_insert(ValueSet::EMPTY);
                *set = set.union(ValueSet::of(value));
            } else {
                state = state.with_max_bal(acceptor, ballot);
                joined.insert(acceptor, ballot);
            }
        }
        (0..MAX_ACCEPTORS).map(Acceptor).all(|a| {
            let same = |b| state.votes(a, b) == votes.get(&(a, b)).copied().unwrap_or(ValueSet::EMPTY);
            state.max_bal(a) == joined.get(&a).copied().unwrap_or(-1) && (0..8).all(same)
        })
    }
    QuickCheck::new().tests(300).quickcheck(property as fn(Vec<(u8, u8, u8, bool)>) -> bool);
}
