//! `Consensus`, exhausted.

mod common;

use common::explore;
use quorate_spec::{ChosenSets, Consensus, Property, Spec, Value, ValueSet};

#[test]
fn the_log_fills_in_order_with_one_value_a_slot() {
    let spec = Consensus::new(3, 2).expect("within bounds");
    let explored = explore(&spec).expect("no violation");
    assert_eq!(explored.states.len(), 1 + 2 + 4 + 8);
    assert_eq!(explored.steps, 2 + 4 + 8);
    for state in &explored.states {
        let filled = state.0.iter().take_while(|set| !set.is_empty()).count();
        assert!(state.0.iter().skip(filled).all(|set| set.is_empty()), "a gap: {state:?}");
    }
}

#[test]
fn two_chosen_values_and_a_lost_one_are_violations() {
    let spec = Consensus::new(1, 2).expect("within bounds");
    let (zero, one) = (ValueSet::of(Value(0)), ValueSet::of(Value(1)));
    let both = ChosenSets::single(zero.union(one));
    let [none, first, second] = [ValueSet::EMPTY, zero, one].map(ChosenSets::single);
    assert_eq!(spec.check_state(&both).map_err(|v| v.property), Err(Property::Agreement));
    assert!(spec.check_step(&first, &second).is_err());
    assert!(spec.check_step(&first, &none).is_err());
    assert!(spec.steps_or_stutters(&none, &first) && spec.steps_or_stutters(&first, &first));
    assert!(!spec.steps_or_stutters(&first, &both) && !spec.steps_or_stutters(&none, &both));
}

#[test]
fn bounds_are_refused_with_what_was_asked() {
    let error = Consensus::new(5, 2).expect_err("five slots");
    assert_eq!(error.to_string(), "5 slots asked for, 1 to 4 possible");
    assert!(Consensus::new(1, 0).is_err());
}
