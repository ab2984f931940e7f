//! The beginning of a history.

use crate::{Operation, Outcome};

/// What had been seen of `history` just before the time `end`: what was called then or later is left out, and what
/// returned then or later is still under way. The beginning of a linearizable history is linearizable.
pub fn until(mut history: Vec<Operation>, end: u64) -> Vec<Operation> {
    history.retain(|operation| operation.call < end);
    for operation in &mut history {
        if operation.ret.is_some_and(|ret| ret >= end) {
            (operation.ret, operation.outcome) = (None, Outcome::Unknown);
        }
    }
    history
}
