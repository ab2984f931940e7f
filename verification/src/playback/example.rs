//! A run to look at where nothing breaks: a shortest one to something that the model is there for.

use super::{Path, Told};
use crate::shared::digest;
use std::collections::{HashSet, VecDeque};

/// States that are looked at, at most.
const STATES_MAX: usize = 2_000_000;

/// A state with the place of the one before it, and the action that led from there.
type Reached<S, A> = (S, Option<(usize, A)>);

/// A shortest run after which `reached` says yes of the model, breadth first and by one thread. It is asked after each
/// step that is computed, so that a model may tell from its counters what the step did. `None`: there is none within
/// the model's bounds, or within two million states.
pub fn example<M: Told>(model: &M, reached: impl Fn(&M) -> bool) -> Option<Path<M>> {
    let mut seen = HashSet::new();
    let mut states: Vec<Reached<M::State, M::Action>> = Vec::new();
    let mut open = VecDeque::new();
    for state in model.init_states() {
        seen.insert(digest(&state));
        open.push_back(states.len());
        states.push((state, None));
    }
    let mut actions = Vec::new();
    while let Some(at) = open.pop_front() {
        let state = states.get(at)?.0.clone();
        model.actions(&state, &mut actions);
        for action in actions.drain(..) {
            let Some(next) = model.next_state(&state, action.clone()) else { continue };
            if reached(model) {
                states.push((next, Some((at, action))));
                return Some(back(&states, states.len() - 1));
            }
            if seen.insert(digest(&next)) {
                open.push_back(states.len());
                states.push((next, Some((at, action))));
            }
        }
        if states.len() > STATES_MAX {
            return None;
        }
    }
    None
}

/// The way to a state.
fn back<S: Clone, A: Clone>(states: &[Reached<S, A>], mut at: usize) -> Vec<(S, Option<A>)> {
    let (mut path, mut leads) = (Vec::new(), None);
    while let Some((state, from)) = states.get(at) {
        path.push((state.clone(), leads));
        let Some((before, action)) = from else { break };
        (at, leads) = (*before, Some(action.clone()));
    }
    path.reverse();
    path
}
