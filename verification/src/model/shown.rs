//! A model to look at: its states are told in words.

use crate::playback::{Run, Told};
use stateright::{Expectation, Model, Path, Property};

/// A model whose states are shown to people.
#[derive(Debug)]
pub struct Shown<M>(pub M);

/// A state with its telling.
#[derive(Clone)]
pub struct ShownState<S> {
    state: S,
    lines: Vec<String>,
}

impl<S> std::fmt::Debug for ShownState<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}

/// The telling follows from the state.
impl<S: PartialEq> PartialEq for ShownState<S> {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl<S: std::hash::Hash> std::hash::Hash for ShownState<S> {
    fn hash<H: std::hash::Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

impl<M: Told> Shown<M> {
    fn tell(&self, state: M::State) -> ShownState<M::State> {
        let lines = self.0.whole(&state);
        ShownState { state, lines }
    }
}

/// A property's condition is a function that captures nothing, so that of the model's N-th property is made from N.
fn holds<M: Told, const N: usize>(shown: &Shown<M>, state: &ShownState<M::State>) -> bool {
    shown.0.properties().get(N).is_none_or(|property| (property.condition)(&shown.0, &state.state))
}

impl<M: Told> Model for Shown<M> {
    type State = ShownState<M::State>;
    type Action = M::Action;

    fn init_states(&self) -> Vec<Self::State> {
        self.0.init_states().into_iter().map(|state| self.tell(state)).collect()
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<M::Action>) {
        self.0.actions(&state.state, actions);
    }

    fn next_state(&self, state: &Self::State, action: M::Action) -> Option<Self::State> {
        self.0.next_state(&state.state, action).map(|next| self.tell(next))
    }

    fn format_action(&self, action: &M::Action) -> String {
        self.0.describe(None, action)
    }

    fn format_step(&self, last: &Self::State, action: M::Action) -> Option<String> {
        let after = self.0.next_state(&last.state, action.clone())?;
        let changes = self.0.changes(&last.state, &after).join("\n");
        Some(format!("{}\n{changes}", self.0.describe(Some(&last.state), &action)))
    }

    fn as_svg(&self, path: Path<Self::State, M::Action>) -> Option<String> {
        let path: Vec<_> = path.into_vec().into_iter().map(|(shown, action)| (shown.state, action)).collect();
        Some(Run::of(&self.0, &path).svg("the way here", &[]))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let conditions: [fn(&Self, &Self::State) -> bool; 16] = [
            holds::<M, 0>,
            holds::<M, 1>,
            holds::<M, 2>,
            holds::<M, 3>,
            holds::<M, 4>,
            holds::<M, 5>,
            holds::<M, 6>,
            holds::<M, 7>,
            holds::<M, 8>,
            holds::<M, 9>,
            holds::<M, 10>,
            holds::<M, 11>,
            holds::<M, 12>,
            holds::<M, 13>,
            holds::<M, 14>,
            holds::<M, 15>,
        ];
        let names = self.0.properties().into_iter().map(|property| property.name);
        let named = names.zip(conditions);
        named.map(|(name, condition)| Property { expectation: Expectation::Always, name, condition }).collect()
    }
}
