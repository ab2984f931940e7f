//! A wrong variant's counterexample, from the search to its pictures and back through the core. In the build that holds
//! the variants alone.
#![allow(missing_docs)]
#![cfg(feature = "mutants")]

use quorate_verification::check::{Limits, Progress, Verdict, run_cluster};
use quorate_verification::mutants::{killer, switch_on, switch_on_rejoin};
use quorate_verification::playback::{
    ReplayError, Run, Settings, Told, TraceFile, Visitor, broken_property, replay, visit,
};
use quorate_verification::rejoin;

const LIMITS: Limits = Limits { threads: 2, generated: None, time: None, depth_first: false };

struct Again<'a>(&'a TraceFile);

impl Visitor for Again<'_> {
    type Out = Result<(Run, Option<&'static str>), ReplayError>;

    fn visit<M: Told>(self, model: M, bounds: &str) -> Self::Out {
        let path = replay(&model, bounds, self.0)?;
        let broken = path.last().and_then(|(state, _)| broken_property(&model, state));
        Ok((Run::of(&model, &path), broken))
    }
}

/// Variants are switched on for a whole process, so that one test has them one after the other.
#[test]
fn a_counterexample_breaks_with_its_variant_and_nowhere_without() {
    for (model, mutant) in [("restart", "PromiseInMemory"), ("late", "ReadLocal"), ("resolve", "NoWindow")] {
        switch_on(mutant).expect("a variant");
        let outcome = run_cluster(killer(model).expect("a model"), LIMITS, &mut Progress::new(true)).expect("sound");
        assert_eq!(outcome.verdict, Verdict::Violated, "{model} {mutant}");
        let found = outcome.violation.expect("violated");
        let file = TraceFile::new(
            model,
            &outcome.bounds,
            &Settings::default(),
            Some(mutant),
            Some(found.property),
            &found.run,
        );
        let read = TraceFile::parse(&file.text().expect("written")).expect("read");
        let again = || visit(model, &Settings::default(), Again(&read)).expect("a model");
        let (run, broken) = again().unwrap_or_else(|error| panic!("{model} {mutant}: {error}"));
        assert_eq!((run.story(), broken), (found.run.story(), Some(found.property)));
        assert!(run.svg("", &[]).contains("class=\"broken\""), "{model}");

        quorate_protocol::activate(None);
        let error = again().expect_err("the right core does otherwise");
        let named = error.to_string();
        assert!(named.starts_with("step ") || named.starts_with("after step "), "{named}");
    }
    assert!(switch_on_rejoin("RejoinNoFence"));
    let scenario = rejoin::find("rejoin-crash").expect("a model");
    let outcome = rejoin::run(scenario, LIMITS, &mut Progress::new(true)).expect("sound");
    let found = outcome.violation.expect("violated");
    assert!(found.run.svg("", &[]).contains("its disk is lost"));
    assert!(found.run.mermaid("").contains("its disk is lost"));
    quorate_protocol::leave_out(&[]);
}
