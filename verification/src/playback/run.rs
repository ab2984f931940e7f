//! A run, apart from the model that it is of.

use super::{Path, Told};
use crate::diagram::{Diagram, Mermaid, Scene, Svg};
use crate::shared::digest;
use serde_json::Value;

/// A way through a model, from its first state to a broken property or to what was looked for.
#[derive(Clone, Debug)]
pub struct Run {
    /// The digest of the state it begins in.
    pub start: u64,
    /// Its steps.
    pub steps: Vec<Step>,
    /// What there is to say of its last state.
    pub ending: Vec<String>,
    /// Its picture.
    pub diagram: Diagram,
}

/// A step of a run.
#[derive(Clone, Debug)]
pub struct Step {
    /// What happens, in a line.
    pub says: String,
    /// What that changes, a line for each node or client.
    pub changes: Vec<String>,
    /// The action, as a file holds it.
    pub action: Value,
    /// The digest of the state that it leads to.
    pub state: u64,
}

impl Run {
    /// Tells a path of a model.
    pub fn of<M: Told>(model: &M, path: &Path<M>) -> Self {
        let mut scene = Scene::new(model.lanes());
        if let Some((first, _)) = path.first() {
            model.draw_start(&mut scene, first);
        }
        let mut steps = Vec::with_capacity(path.len());
        for pair in path.windows(2) {
            let [(before, Some(action)), (after, _)] = pair else { continue };
            let says = model.describe(Some(before), action);
            scene.step(says.clone());
            model.draw(&mut scene, (before, action, after));
            // What cannot be written, a number of 128 bits for one, is none; a replay of it says which step.
            let action = serde_json::to_value(model.written(action)).unwrap_or(Value::Null);
            steps.push(Step { says, changes: model.changes(before, after), action, state: digest(after) });
        }
        let start = path.first().map_or(0, |(state, _)| digest(state));
        let ending = path.last().map(|(state, _)| model.ending(state)).unwrap_or_default();
        Self { start, steps, ending, diagram: scene.finish() }
    }

    /// One line a step, below it only what changed, and at last what broke.
    pub fn story(&self) -> String {
        let mut text = String::new();
        for (number, step) in (1..).zip(&self.steps) {
            text.push_str(&step.told(number));
        }
        self.ending.iter().for_each(|line| text.push_str(&format!("     {line}\n")));
        text
    }

    /// Its picture, with a title and lines below that.
    pub fn svg(&self, title: &str, about: &[String]) -> String {
        Svg { diagram: &self.diagram, title, about, ending: &self.ending }.to_string()
    }

    /// Its picture in Mermaid's language.
    pub fn mermaid(&self, title: &str) -> String {
        Mermaid { diagram: &self.diagram, title, ending: &self.ending }.to_string()
    }
}

impl Step {
    /// A line for the step, and below it what changed.
    pub fn told(&self, number: usize) -> String {
        let mut text = format!("{number:>3}. {}\n", self.says);
        self.changes.iter().for_each(|change| text.push_str(&format!("       {change}\n")));
        text
    }
}
