//! The smallest beginning of a history that is not linearizable.
//!
//! The search knows what operations under way will be told, so the return it cannot pass is a lower
//! bound only: at that time those outcomes were open, and might have explained everything. A beginning
//! ends with a return; what returns later is open in it. One that contains a beginning which is not
//! linearizable is not linearizable either, so the smallest is found by halving. (Unless two writes state
//! one version, a fault of its own: then the beginning found has no order, and may not be the smallest.)

use crate::part::{Part, TakenAs};
use crate::problem::{Problem, Start};
use crate::search::{Found, Search};
use crate::window::Window;
use crate::{Bound, Counterexample, Operation, Outcome};

/// The smallest beginning of `operations` that has no order, and the smallest window in that. The whole
/// has none, and no order of the whole passes a return before the time `reached`.
pub(crate) fn smallest(
    operations: &[&Operation],
    start: Start<'_>,
    reached: Option<u64>,
    bound: Bound,
) -> Counterexample {
    let mut returns: Vec<(u64, usize)> = (0..).zip(operations).filter_map(|(i, o)| Some((returned(o)?, i))).collect();
    returns.sort_unstable();
    let last = returns.len().saturating_sub(1);
    // `low` and what is before it has an order, or was not decided; `high` has none.
    let (mut low, mut high, mut stride) = (returns.partition_point(|(ret, _)| Some(*ret) < reached), last, 0);
    let mut exact = true;
    while low < high {
        let middle = if stride < high - low { low + stride } else { low + (high - low) / 2 };
        let cut = returns.get(middle).copied().expect("a place among the returns");
        match Search::new(&Problem::new(beginning(operations, cut), start)).run(bound.0) {
            Found::Nothing(_) => (high, stride) = (middle, usize::MAX),
            found => {
                exact &= matches!(found, Found::Order);
                low = middle + 1;
                stride = if stride == usize::MAX { stride } else { 2 * stride + 1 };
            }
        }
    }
    let cut = returns.get(high).copied().expect("what has no order has a return");
    let blocked = operations.get(cut.1).copied().expect("a place among the operations");
    let parts: Vec<Part<'_>> = beginning(operations, cut).collect();
    let called_before = parts.len();
    Counterexample::new(blocked, called_before, exact, &Window::smallest(parts, blocked, start, bound))
}

/// When an operation's outcome came to be known, if it did.
fn returned(operation: &Operation) -> Option<u64> {
    operation.ret.filter(|_| !matches!(operation.outcome, Outcome::Unknown | Outcome::NotApplied))
}

/// The history when the return `cut` (its time, and the operation's place) had just happened.
fn beginning<'a>(operations: &[&'a Operation], cut: (u64, usize)) -> impl Iterator<Item = Part<'a>> {
    let called = (0..).zip(operations).filter(move |(_, operation)| operation.call <= cut.0);
    called.map(move |(i, operation)| {
        let open = returned(operation).is_none_or(|ret| (ret, i) > cut);
        Part { operation, taken_as: if open { TakenAs::Open } else { TakenAs::Told } }
    })
}
