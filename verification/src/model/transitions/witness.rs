//! A run that records, and what it hands out.

use super::{Class, Recorder};
use crate::model::{Action, Cluster, Scenario, State};
use quorate_protocol::{ConfigError, Input, LogRecord, Replica};
use stateright::{Checker, Model, Property};

/// Something that happens to a replica.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A step of the core.
    Input(Input),
    /// The replica loses its memory, and starts again in its next incarnation.
    Crash {
        /// Whether the write under way had reached the disk.
        kept: bool,
    },
}

/// One transition, and a way to it.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The model that has it.
    pub model: &'static str,
    /// Its class.
    pub class: Class,
    /// Who the replica is at first.
    pub replica: Replica,
    /// What its disk holds at first.
    pub record: LogRecord,
    /// What happens to it; the last is the transition.
    pub steps: Vec<Step>,
}

/// The transitions of one model.
#[derive(Debug)]
pub struct Transitions {
    /// Its bounds, in words.
    pub bounds: String,
    /// Distinct states.
    pub states: usize,
    /// Times that something happened to a replica in a state that no step led to, but a reduction: one that knows the
    /// last slot chosen and is kept for readers alone. They have no witness.
    pub rootless: u64,
    /// Whether a bound on states cut the run short.
    pub is_cut: bool,
    /// One of each distinct local transition (a replica's state and what happens to it), in the order of the classes.
    pub witnesses: Vec<Witness>,
}

/// Explores a model breadth first, to its end or to about `most` generated states. One thread, so that every run finds
/// the same witnesses.
///
/// # Errors
/// Bounds that make no configuration.
///
/// # Panics
/// A property broke: witnesses of a wrong core are of no use.
pub fn transitions(scenario: Scenario, most: usize) -> Result<Transitions, ConfigError> {
    let recorder = Recorder::default();
    let mut cluster = Cluster::new(scenario)?;
    recorder.begin(&cluster.initial().map(|state| state.nodes.to_vec()).unwrap_or_default());
    cluster.recorder = Some(recorder);
    let checker = Recorded(cluster).checker().threads(1).target_state_count(most).spawn_bfs().join();
    assert!(checker.discoveries().is_empty(), "a property broke: run the model itself");
    let Recorded(cluster) = checker.model();
    let (rootless, mut witnesses) = match &cluster.recorder {
        None => (0, Vec::new()),
        Some(recorder) => recorder.with(|found| {
            let witnesses = found.transitions.iter().filter_map(|(class, state, last)| {
                let (root, mut steps) = found.path_to(*state)?;
                steps.push(last.clone());
                let log = &cluster.nodes.get(root).log;
                let (replica, record) = (log.replica().clone(), log.durable().clone());
                Some(Witness { model: cluster.scenario.name, class: *class, replica, record, steps })
            });
            (found.rootless, witnesses.collect::<Vec<_>>())
        }),
    };
    witnesses.sort_by_key(|witness| witness.class);
    let is_cut = checker.state_count() >= most;
    let bounds = cluster.scenario.bounds_line();
    Ok(Transitions { bounds, states: checker.unique_state_count(), rootless, is_cut, witnesses })
}

/// A model with one property: what each of them means is asked elsewhere.
struct Recorded(Cluster);

impl Model for Recorded {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        self.0.init_states()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.0.actions(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        self.0.next_state(state, action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("nothing broke", |_, state: &State| state.broken.is_none())]
    }
}
