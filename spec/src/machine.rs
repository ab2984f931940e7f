//! The form that every abstract model here has.

use crate::Violation;
use core::fmt::Debug;
use core::hash::Hash;

/// A state machine with enumerable steps, in the sense of TLA+: initial states, a next-state relation,
/// and what must hold of each state and each step. A model checker needs nothing else.
pub trait Spec {
    /// Small, and cheap to hash: a checker keeps millions.
    type State: Clone + Eq + Ord + Hash + Debug;
    /// A step's name and parameters.
    type Action: Clone + Eq + Ord + Hash + Debug;

    /// The states it may start in.
    fn init(&self) -> Vec<Self::State>;

    /// Every step that changes `state`. Stuttering is left out.
    fn next(&self, state: &Self::State) -> Vec<(Self::Action, Self::State)>;

    /// The invariants of one state.
    ///
    /// # Errors
    /// The first invariant that does not hold.
    fn check_state(&self, state: &Self::State) -> Result<(), Violation>;

    /// What must hold of the step `from` -> `to`: that it refines the model above this one.
    ///
    /// # Errors
    /// The step is neither a step of the model above nor a stutter.
    fn check_step(&self, from: &Self::State, to: &Self::State) -> Result<(), Violation>;
}
