//! What a model says of its own steps.

use crate::diagram::{Lane, Scene};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stateright::{Expectation, Model};
use std::fmt::Debug;
use std::hash::Hash;

/// States with the action that leads on from each; the last has none.
pub type Path<M> = Vec<(<M as Model>::State, Option<<M as Model>::Action>)>;

/// A model whose runs can be told, drawn, and written to a file.
pub trait Told:
    Model<
        State: Clone + Debug + Hash + PartialEq + Send + Sync + 'static,
        Action: Clone + Debug + PartialEq + Send + Sync,
    > + Send
    + Sync
    + 'static
{
    /// An action as a file holds it: whole, and without names that mean something in one run alone.
    type Written: Serialize + DeserializeOwned + PartialEq;

    /// An action, to be written.
    fn written(&self, action: &Self::Action) -> Self::Written;

    /// An action in words; the state before it, where it is known, adds what was answered or asked.
    fn describe(&self, before: Option<&Self::State>, action: &Self::Action) -> String;

    /// What an action changed, a line for each node or client.
    fn changes(&self, before: &Self::State, after: &Self::State) -> Vec<String>;

    /// A whole state in words.
    fn whole(&self, state: &Self::State) -> Vec<String>;

    /// What there is to say of the last state of a run that broke a property.
    fn ending(&self, last: &Self::State) -> Vec<String>;

    /// All lanes that a diagram may need.
    fn lanes(&self) -> Vec<Lane>;

    /// What the model is there to reach, by name; the first that it must reach first. None in an abstract model.
    fn branches(&self) -> Vec<String>;

    /// Whether any step computed so far reached this.
    fn has_reached(&self, branch: &str) -> bool;

    /// Draws what is under way in the state that a run begins with.
    fn draw_start(&self, scene: &mut Scene, first: &Self::State);

    /// Draws one step; the scene has begun its row already.
    fn draw(&self, scene: &mut Scene, step: (&Self::State, &Self::Action, &Self::State));
}

/// The first property that a state breaks.
pub fn broken_property<M: Model>(model: &M, state: &M::State) -> Option<&'static str> {
    let broken = |property: &stateright::Property<M>| {
        matches!(property.expectation, Expectation::Always) && !(property.condition)(model, state)
    };
    model.properties().into_iter().find(broken).map(|property| property.name)
}
