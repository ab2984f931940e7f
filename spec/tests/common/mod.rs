//! Breadth-first search over a model, as small as can be.

use quorate_spec::{Spec, Violation};
use std::collections::{HashSet, VecDeque};

/// What a search saw.
pub(crate) struct Explored<S: Spec> {
    pub(crate) states: HashSet<S::State>,
    pub(crate) steps: usize,
}

/// Visits every reachable state and checks each state and each step.
pub(crate) fn explore<S: Spec>(spec: &S) -> Result<Explored<S>, Violation> {
    let mut queue: VecDeque<S::State> = spec.init().into();
    let mut states: HashSet<S::State> = queue.iter().cloned().collect();
    let mut steps = 0;
    while let Some(state) = queue.pop_front() {
        spec.check_state(&state)?;
        for (_, next) in spec.next(&state) {
            steps += 1;
            spec.check_step(&state, &next)?;
            if states.insert(next.clone()) {
                queue.push_back(next);
            }
        }
    }
    Ok(Explored { states, steps })
}
