//! The smallest beginning of a history that is not linearizable.
//!
//! The search knows what operations under way will be told, so the return it cannot pass is a lower
//! bound only: at that time those outcomes were open, and might have explained everything. A beginning
//! ends with a return; what returns later is open in it. One that contains a beginning which is not
//! linearizable is not linearizable either, so the smallest is found by halving. (Unless two writes state
//! one version, a fault of its own: then the beginning found has no order, and may not be the smallest.)

use super::problem::Problem;
use super::search::{Found, Furthest, Search};
use super::{Bound, Counterexample, Operation, Outcome};

/// The smallest beginning of `operations` that has no order, given that the whole has none and that
/// `furthest` is as far as an order of the whole gets.
pub(crate) fn smallest(
    operations: &[&Operation],
    whole: &Problem<'_>,
    furthest: &Furthest,
    bound: Bound,
) -> Counterexample {
    let mut returns: Vec<(u64, usize)> = (0..).zip(operations).filter_map(|(i, o)| Some((returned(o)?, i))).collect();
    returns.sort_unstable();
    let blocked = whole.source.get(furthest.blocked as usize).copied();
    let is_blocked = |(_, i): &(u64, usize)| operations.get(*i).zip(blocked).is_some_and(|(o, b)| core::ptr::eq(*o, b));
    let start = returns.iter().position(is_blocked).unwrap_or(0);
    let ends_with = |place: usize| returns.get(place).and_then(|(_, i)| operations.get(*i).copied());
    let last = ends_with(returns.len().saturating_sub(1)).expect("what has no order has a return");
    let mut known = Counterexample::new(whole, furthest, last, true);
    // `low` and what is before it has an order, or was not decided; `high` has none.
    let (mut low, mut high, mut stride) = (start, returns.len().saturating_sub(1), 0);
    let mut exact = true;
    while low < high {
        let middle = if stride < high - low { low + stride } else { low + (high - low) / 2 };
        let cut = returns.get(middle).copied().expect("a place among the returns");
        let problem = beginning(operations, cut);
        match Search::new(&problem).run(bound.0) {
            Found::Nothing(furthest) => {
                let last = ends_with(middle).expect("a place among the returns");
                known = Counterexample::new(&problem, &furthest, last, exact);
                (high, stride) = (middle, usize::MAX);
            }
            found => {
                exact &= matches!(found, Found::Order);
                low = middle + 1;
                stride = if stride == usize::MAX { stride } else { 2 * stride + 1 };
            }
        }
    }
    known.smallest = exact;
    known
}

/// When an operation's outcome came to be known, if it did.
fn returned(operation: &Operation) -> Option<u64> {
    operation.ret.filter(|_| !matches!(operation.outcome, Outcome::Unknown | Outcome::NotApplied))
}

/// The history when the return `cut` (its time, and the operation's place) had just happened.
fn beginning<'a>(operations: &[&'a Operation], cut: (u64, usize)) -> Problem<'a> {
    let called = (0..).zip(operations).filter(|(_, operation)| operation.call <= cut.0);
    Problem::with_open(called.map(|(i, operation)| (*operation, returned(operation).is_none_or(|ret| (ret, i) > cut))))
}
