//! The checkers are code too. Each of these must turn a run red.

use crate::mutants::CheckerMutant as Wrong;
use crate::mutants::listed::{Catcher::Checker, Layer, Listed, row};

pub(super) fn list() -> Vec<Listed> {
    let checker = |name, numbers, what, wrong| row(Layer::Checkers, name, numbers, what, Checker(wrong));
    vec![
        checker("DroppedReturn", &["K1"], "the history checker drops a return", Wrong::DroppedReturn),
        checker("SwappedRead", &["K2"], "the history checker swaps the value of a read", Wrong::SwappedRead),
        checker("InvertedInvariant", &["K3"], "a model's invariant is inverted", Wrong::InvertedInvariant),
        checker(
            "MergedStates",
            &["K4"],
            "a state's digest leaves a part out, so unlike states merge",
            Wrong::MergedStates,
        ),
        checker("SkippedEvent", &["K5"], "the trace replay skips an event", Wrong::SkippedEvent),
    ]
}
