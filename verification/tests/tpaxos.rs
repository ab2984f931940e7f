//! The literal TPaxos: counts that TLC finds as well, what refines what, and what does not.

use quorate_spec::{Property, Spec, Violation};
use quorate_verification::tpaxos::{Addressees, Order, TPaxos, TPaxosWithVotes};
use std::collections::HashSet;

/// Every reachable state, each state and step checked; the first violation ends it.
fn explore<S: Spec>(spec: &S) -> Result<HashSet<S::State>, Violation> {
    let mut seen: HashSet<S::State> = spec.init().into_iter().collect();
    let mut pending: Vec<S::State> = seen.iter().cloned().collect();
    while let Some(state) = pending.pop() {
        spec.check_state(&state)?;
        for (_, next) in spec.next(&state) {
            spec.check_step(&state, &next)?;
            if seen.insert(next.clone()) {
                pending.push(next);
            }
        }
    }
    Ok(seen)
}

fn tpaxos(bounds: (u8, u8, u8), order: Order, addressees: Addressees) -> TPaxos {
    TPaxos::new(bounds.0, bounds.1, bounds.2, order, addressees).expect("within bounds")
}

/// TLC's counts, found with the published modules and no symmetry (docs/models.md).
#[test]
fn the_states_are_as_many_as_tlc_finds() {
    use Addressees::{Everybody, Others};
    use Order::{AcceptFirst, PromiseFirst};
    let counts = [
        (PromiseFirst, Everybody, (2, 2, 1), 51),
        (PromiseFirst, Everybody, (2, 1, 2), 7_991),
        (PromiseFirst, Everybody, (2, 2, 2), 15_845),
        (PromiseFirst, Everybody, (2, 3, 2), 23_699),
        (PromiseFirst, Everybody, (3, 2, 1), 3_431),
        (AcceptFirst, Everybody, (2, 2, 2), 15_845),
        (PromiseFirst, Others, (2, 2, 2), 275),
        (PromiseFirst, Others, (2, 4, 2), 523),
        (PromiseFirst, Others, (2, 2, 3), 13_684),
        (PromiseFirst, Others, (2, 4, 3), 27_042),
    ];
    for (order, addressees, bounds, states) in counts {
        let found = explore(&tpaxos(bounds, order, addressees)).map(|states| states.len());
        assert_eq!(found, Ok(states), "{order:?}, {addressees:?}, {bounds:?}");
    }
}

/// The votes that were ever cast follow from the state: the history variable adds no states.
#[test]
fn each_order_refines_its_model() {
    for order in [Order::PromiseFirst, Order::AcceptFirst] {
        let base = tpaxos((2, 2, 2), order, Addressees::Everybody);
        let spec = TPaxosWithVotes::new(base).expect("within bounds");
        assert_eq!(explore(&spec).map(|states| states.len()), Ok(15_845), "{order:?}");
        let three = TPaxosWithVotes::new(tpaxos((3, 2, 1), order, Addressees::Everybody)).expect("within bounds");
        assert_eq!(explore(&three).map(|states| states.len()), Ok(3_431), "{order:?}");
    }
}

/// Why EagerVoting is needed: the owner of ballots 1 and 3 votes at 1, prepares 3 and so sends a row with
/// both; who accepts first votes at 1 and promises 3 in one step.
#[test]
fn accepting_first_does_not_refine_voting() {
    let refines = |order, above| {
        let spec = TPaxosWithVotes::refining(tpaxos((2, 2, 3), order, Addressees::Others), above);
        explore(&spec.expect("within bounds")).map(|states| states.len())
    };
    let violation = refines(Order::AcceptFirst, Order::PromiseFirst).expect_err("a step that is none of Voting");
    assert_eq!(violation.property, Property::Refinement);
    assert!(violation.detail.contains("not a step of Voting"), "{violation}");
    assert!(refines(Order::AcceptFirst, Order::AcceptFirst).is_ok());
    // Promising first refines the weaker model too.
    assert_eq!(refines(Order::PromiseFirst, Order::AcceptFirst), refines(Order::PromiseFirst, Order::PromiseFirst));
}

#[test]
fn bounds_that_no_word_holds_are_refused() {
    let ask = |p, v, b| TPaxos::new(p, v, b, Order::PromiseFirst, Addressees::Others);
    assert!(ask(4, 8, 7).is_ok());
    for (p, v, b) in [(5, 2, 2), (0, 2, 2), (2, 9, 2), (2, 2, 8), (2, 2, 0)] {
        assert!(ask(p, v, b).is_err(), "{p} {v} {b}");
    }
}
