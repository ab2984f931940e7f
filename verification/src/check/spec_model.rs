//! The abstract models of `spec`, as stateright sees them.

use quorate_spec::Spec;
use stateright::{Model, Property};

/// A state of an abstract model, and whether the step to it was one it may take.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpecState<S> {
    /// The state.
    pub state: S,
    /// Whether the step that led here refines the model above.
    pub refines: bool,
}

/// An abstract model.
#[derive(Clone, Copy, Debug)]
pub struct SpecModel<M>(pub M);

impl<M: Spec> Model for SpecModel<M> {
    type State = SpecState<M::State>;
    type Action = M::Action;

    fn init_states(&self) -> Vec<Self::State> {
        self.0.init().into_iter().map(|state| SpecState { state, refines: true }).collect()
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
        actions.extend(self.0.next(&state.state).into_iter().map(|(action, _)| action));
    }

    fn next_state(&self, last: &Self::State, action: Self::Action) -> Option<Self::State> {
        let (_, state) = self.0.next(&last.state).into_iter().find(|(enabled, _)| *enabled == action)?;
        let refines = self.0.check_step(&last.state, &state).is_ok();
        Some(SpecState { state, refines })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("invariants", |model: &Self, s: &Self::State| model.0.check_state(&s.state).is_ok()),
            Property::always("refinement", |_, s: &Self::State| s.refines),
        ]
    }
}
