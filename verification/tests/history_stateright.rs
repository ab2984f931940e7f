//! The checker against stateright's tester. `quorate-check history --compare 1000000` does the same on
//! more.

use quorate_verification::history::compare;

#[test]
fn short_random_histories_are_found_to_be_what_stateright_finds() {
    let found = compare(7, 50_000);
    assert!(found.disagreements.is_empty(), "{found}");
    assert!(found.good > 10_000 && found.bad > 4_000, "too much of one kind: {found}");
    assert!(found.operations.1 > 20_000, "too few of unknown outcome: {found}");
}
