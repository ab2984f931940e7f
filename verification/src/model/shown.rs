//! A model to look at: its states are told in words.

use super::explore::invariants;
use super::{Action, Cluster, State};
use crate::check::told;
use stateright::{Model, Property};

/// A model whose states are shown to people.
#[derive(Debug)]
pub struct Shown(pub Cluster);

/// A state with its telling.
#[derive(Clone)]
pub struct Told {
    state: State,
    lines: Vec<String>,
}

impl AsRef<State> for Told {
    fn as_ref(&self) -> &State {
        &self.state
    }
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}

/// The telling follows from the state.
impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl Eq for Told {}

impl std::hash::Hash for Told {
    fn hash<H: std::hash::Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

impl Shown {
    fn tell(&self, state: State) -> Told {
        let lines = told(&self.0, &state);
        Told { state, lines }
    }
}

impl Model for Shown {
    type State = Told;
    type Action = Action;

    fn init_states(&self) -> Vec<Told> {
        self.0.init_states().into_iter().map(|state| self.tell(state)).collect()
    }

    fn actions(&self, state: &Told, actions: &mut Vec<Action>) {
        self.0.actions(&state.state, actions);
    }

    fn next_state(&self, state: &Told, action: Action) -> Option<Told> {
        self.0.next_state(&state.state, action).map(|next| self.tell(next))
    }

    fn format_action(&self, action: &Action) -> String {
        self.0.format_action(action)
    }

    fn format_step(&self, last: &Told, action: Action) -> Option<String> {
        self.0.format_step(&last.state, action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        invariants()
    }
}
