//! What a run computed, and how it got there.

use super::{Class, Event, Step};
use crate::model::effect;
use crate::model::{Cluster, Id, Node};
use quorate_protocol::{Input, Output, Timer};
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

/// Keeps the transitions of a model as they are computed. A model without one pays for asking whether it has one.
#[derive(Debug, Default)]
pub(in crate::model) struct Recorder(Mutex<Found>);

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// By which step from which state each state was first reached. A root is its own.
    reached: HashMap<Id<Node>, (Id<Node>, Option<Step>)>,
    /// The transitions: from which state, by which step.
    known: HashSet<(Id<Node>, Step)>,
    /// The same in the order of their finding, with their classes.
    pub(super) transitions: Vec<(Class, Id<Node>, Step)>,
    /// Those left out: they start from a state that a reduction made, and no step.
    pub(super) rootless: u64,
}

impl Recorder {
    /// States that a run starts from.
    pub(super) fn begin(&self, roots: &[Id<Node>]) {
        let mut found = self.0.lock().expect("no thread panics while it holds this");
        found.reached.extend(roots.iter().map(|root| (*root, (*root, None))));
    }

    /// What was found.
    pub(super) fn with<T>(&self, look: impl FnOnce(&Found) -> T) -> T {
        look(&self.0.lock().expect("no thread panics while it holds this"))
    }

    /// An event was computed: a step of the core, or two, where the model lets a write be durable at once.
    pub(in crate::model) fn computed(&self, model: &Cluster, before: Id<Node>, event: effect::Event, last: Id<Node>) {
        let mut found = self.0.lock().expect("no thread panics while it holds this");
        let input = match event {
            effect::Event::Crash { kept } => return found.note(model, before, Step::Crash { kept }, last),
            effect::Event::Deliver(message) => Input::Receive(model.messages.get(message).clone()),
            effect::Event::Input(input) => model.inputs.get(input).clone(),
            effect::Event::Durable => Input::Durable,
            effect::Event::Defer => Input::Timeout(Timer::Defer),
        };
        let mut log = model.nodes.get(before).log.clone();
        log.step(input.clone());
        let next = model.known(log);
        found.note(model, before, Step::Input(input), next);
        if next != last {
            found.note(model, next, Step::Input(Input::Durable), last);
        }
    }
}

impl Found {
    fn note(&mut self, model: &Cluster, before: Id<Node>, step: Step, after: Id<Node>) {
        if !self.reached.contains_key(&before) {
            self.rootless += 1;
            return;
        }
        let class = class_of(model, before, &step, after);
        self.reached.entry(after).or_insert_with(|| (before, Some(step.clone())));
        if self.known.insert((before, step.clone())) {
            self.transitions.push((class, before, step));
        }
    }

    /// The root below a state, and the steps from it.
    pub(super) fn path_to(&self, state: Id<Node>) -> Option<(Id<Node>, Vec<Step>)> {
        let (mut at, mut steps) = (state, Vec::new());
        while let (parent, Some(step)) = self.reached.get(&at)? {
            steps.push(step.clone());
            at = *parent;
        }
        steps.reverse();
        Some((at, steps))
    }
}

fn class_of(model: &Cluster, before: Id<Node>, step: &Step, after: Id<Node>) -> Class {
    let (before, after) = (&model.nodes.get(before).log, &model.nodes.get(after).log);
    match step {
        Step::Input(input) => {
            let mut log = before.clone();
            let output = log.step(input.clone());
            assert!(log == *after, "a model follows the core");
            Class::new(before, Event::new(before, input), &output, after)
        }
        Step::Crash { kept } => Class::new(before, Event::Crash { kept: *kept }, &Output::default(), after),
    }
}
