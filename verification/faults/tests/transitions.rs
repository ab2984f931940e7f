//! Every kind of step that a replica takes in the models, taken by the driver over LMDB.
#![allow(missing_docs, clippy::unwrap_used)]

use quorate_faults::transitions::{Mismatch, Performed, perform};
use quorate_protocol::{Incarnation, Input, Replica, Timer};
use quorate_verification::model::transitions::{Class, Step, Witness, transitions};
use quorate_verification::model::{Scenario, catalogue};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory of its own, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("quorate-transitions-{}-{number}", std::process::id())))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The default models and `heir`, with windows as short as the driver makes them at least.
fn models() -> impl Iterator<Item = Scenario> {
    let models = catalogue().into_iter().filter(|model| model.is_default || model.name == "heir");
    models.map(|model| Scenario { keep: 2, ..model })
}

/// As many generated states at most; none of the models has so many.
const STATES_MAX: usize = 8_000_000;

/// Fewer distinct transitions, or classes of them, and the models have lost something.
const TRANSITIONS_MIN: usize = 25_000;
const CLASSES_MIN: usize = 1_800;

fn play(node: u16, witnesses: &[&Witness]) -> Performed {
    let directory = Directory::new();
    perform(&directory.0, witnesses).unwrap_or_else(|(index, mismatch)| {
        let witness = index.and_then(|index| witnesses.get(index));
        panic!("node {node}: {mismatch}\n{witness:#?}")
    })
}

#[test]
fn every_transition_of_the_models_on_the_driver_over_lmdb() {
    let (mut witnesses, mut classes, mut answers) = (Vec::new(), BTreeMap::new(), 0);
    for model in models() {
        let name = model.name;
        let found = transitions(model, STATES_MAX).unwrap();
        assert!(!found.is_cut, "{name}: the bound on states was hit");
        let mut own: Vec<Class> = found.witnesses.iter().map(|witness| witness.class).collect();
        own.dedup();
        let (count, kinds) = (found.witnesses.len(), own.len());
        println!("{name} ({}): {} states, {count} transitions of {kinds} classes", found.bounds, found.states);
        own.into_iter().for_each(|class| *classes.entry(class).or_insert(0) += 1);
        witnesses.extend(found.witnesses);
    }
    classes.keys().for_each(|class| answers |= class.result.answers);
    let (transitions, classes) = (witnesses.len(), classes.len());
    println!("{transitions} transitions of {classes} classes in all");
    // Recorded as applied, recorded as refused, forgotten, and in want of a new base.
    assert_eq!(answers & 0b11011, 0b11011, "a kind of answer is given nowhere");
    for node in 0..3 {
        let mine: Vec<_> = witnesses.iter().filter(|witness| witness.replica.me().node.0 == node).collect();
        let Performed { witnesses, steps, commits, starts } = play(node, &mine);
        assert_eq!(witnesses, mine.len());
        println!("node {node}: {witnesses} transitions, {steps} steps, {commits} commits, {starts} starts");
    }
    assert!(transitions >= TRANSITIONS_MIN && classes >= CLASSES_MIN, "{transitions} of {classes} classes");
}

/// The comparison has to notice a witness that says something else than what happens.
#[test]
fn a_witness_of_something_else_is_noticed() {
    let restart = models().find(|model| model.name == "restart").unwrap();
    let found = transitions(restart, STATES_MAX).unwrap().witnesses;
    let fails = |change: &dyn Fn(&mut Witness), wanted: &dyn Fn(&Mismatch) -> bool, of: &dyn Fn(&Witness) -> bool| {
        let mut witness = found.iter().find(|witness| of(witness)).unwrap().clone();
        change(&mut witness);
        let (_, mismatch) = perform(&Directory::new().0, &[&witness]).unwrap_err();
        assert!(wanted(&mismatch), "{mismatch}");
    };
    let ends_in = |last: Step| move |witness: &Witness| witness.steps.last() == Some(&last);
    let flip = |witness: &mut Witness| *witness.steps.last_mut().unwrap() = Step::Crash { kept: false };
    fails(&flip, &|found| matches!(found, Mismatch::Class { .. }), &ends_in(Step::Crash { kept: true }));
    let twice = |witness: &mut Witness| witness.steps.push(Step::Input(Input::Durable));
    fails(&twice, &|found| matches!(found, Mismatch::Witness(_)), &ends_in(Step::Crash { kept: false }));
    let unarmed = |witness: &mut Witness| witness.steps.push(Step::Input(Input::Timeout(Timer::Defer)));
    fails(&unarmed, &|found| matches!(found, Mismatch::Told { .. }), &ends_in(Step::Crash { kept: false }));
    let later = |witness: &mut Witness| {
        let replica = &witness.replica;
        witness.replica = Replica::new(replica.me().node, Incarnation(2), replica.config().clone()).unwrap();
    };
    fails(&later, &|found| matches!(found, Mismatch::Differs { .. }), &|_| true);
}
