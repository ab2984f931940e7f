//! The abstract models of `spec`, as stateright sees them.

use crate::diagram::{Lane, MarkKind, Scene};
use crate::playback::Told;
use quorate_spec::Spec;
use stateright::{Model, Property};
use std::fmt;

/// A state of an abstract model, and whether the step to it was one it may take.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpecState<S> {
    /// The state.
    pub state: S,
    /// Whether the step that led here refines the model above.
    pub refines: bool,
}

/// A step with the state it leads to. A specification gives both at once, so the state is not worked out a
/// second time from the action; only the action is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SpecStep<A, S> {
    /// The step's name and parameters.
    pub action: A,
    /// Where it leads.
    pub to: S,
}

impl<A: fmt::Debug, S> fmt::Debug for SpecStep<A, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.action.fmt(f)
    }
}

/// An abstract model.
#[derive(Clone, Copy, Debug)]
pub struct SpecModel<M>(pub M);

impl<M: Spec> Model for SpecModel<M> {
    type State = SpecState<M::State>;
    type Action = SpecStep<M::Action, M::State>;

    fn init_states(&self) -> Vec<Self::State> {
        self.0.init().into_iter().map(|state| SpecState { state, refines: true }).collect()
    }

    fn actions(&self, last: &Self::State, actions: &mut Vec<Self::Action>) {
        actions.extend(self.0.next(&last.state).into_iter().map(|(action, to)| SpecStep { action, to }));
    }

    fn next_state(&self, last: &Self::State, step: Self::Action) -> Option<Self::State> {
        let refines = self.0.check_step(&last.state, &step.to).is_ok();
        Some(SpecState { state: step.to, refines })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("invariants", |model: &Self, s: &Self::State| model.0.check_state(&s.state).is_ok()),
            Property::always("refinement", |_, s: &Self::State| s.refines),
        ]
    }
}

/// An abstract model has no nodes to draw: its runs are a list of steps.
impl<M> Told for SpecModel<M>
where
    M: Spec + Send + Sync + 'static,
    M::State: Send + Sync + 'static,
    M::Action: Send + Sync + 'static,
{
    type Written = String;

    fn written(&self, step: &Self::Action) -> String {
        format!("{step:?}")
    }

    fn describe(&self, _: Option<&Self::State>, step: &Self::Action) -> String {
        format!("{step:?}")
    }

    fn changes(&self, _: &Self::State, after: &Self::State) -> Vec<String> {
        self.whole(after)
    }

    fn whole(&self, state: &Self::State) -> Vec<String> {
        vec![format!("{:?}", state.state)]
    }

    fn ending(&self, last: &Self::State) -> Vec<String> {
        let broken = self.0.check_state(&last.state).err().map(|violation| format!("broken: {}", violation.detail));
        let strange = (!last.refines).then(|| "broken: the last step refines none of the model above".to_owned());
        broken.into_iter().chain(strange).collect()
    }

    fn lanes(&self) -> Vec<Lane> {
        vec![Lane { name: "model".to_owned(), is_node: true }]
    }

    fn branches(&self) -> Vec<String> {
        Vec::new()
    }

    fn has_reached(&self, _: &str) -> bool {
        false
    }

    fn draw_start(&self, _: &mut Scene, _: &Self::State) {}

    fn draw(&self, scene: &mut Scene, (_, step, _): (&Self::State, &Self::Action, &Self::State)) {
        scene.mark(0, MarkKind::Note, format!("{step:?}"));
    }
}
