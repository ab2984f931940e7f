//! Runs of checkers that are wrong themselves. Each has its counterpart, the right checker on the same input, which
//! must not turn red: a check that is always red shows nothing.

use super::histories::{Feed, disagreements};
use super::hunt::Hunt;
use super::killers::killer;
use super::listed::Listed;
use super::outcome::{Row, Verdict};
use super::{CheckerMutant, traces};
use crate::check::Expected;
use crate::model::{Action, Cluster, State};
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::hash::{Hash, Hasher};
use std::time::Instant;

const MODEL: &str = "restart";

/// Hunts one of them.
pub(super) fn row(hunt: &Hunt<'_>, listed: Listed, wrong: CheckerMutant) -> Row {
    let begun = Instant::now();
    let shown = match wrong {
        CheckerMutant::DroppedReturn => histories(Feed::DropReturns),
        CheckerMutant::SwappedRead => histories(Feed::SwapReads),
        CheckerMutant::InvertedInvariant => model(hunt, Distortion::Inverted),
        CheckerMutant::MergedStates => model(hunt, Distortion::Merged),
        CheckerMutant::SkippedEvent => traces::skipped(),
    };
    let seconds = begun.elapsed().as_secs_f64();
    match shown {
        Ok(Some(property)) => Row { seconds, ..Row::plain(listed, Verdict::Caught, property) },
        Ok(None) => Row { seconds, ..Row::plain(listed, Verdict::Survived, "") },
        Err(error) if error.is_empty() => Row::plain(listed, Verdict::Left, ""),
        Err(error) => Row::plain(listed, Verdict::Error, error),
    }
}

/// What turned red, or nothing, or why nothing can be said.
pub(super) type Shown = Result<Option<String>, String>;

fn histories(feed: Feed) -> Shown {
    let right = disagreements(Feed::AsRecorded)?;
    if let Some(first) = right.first() {
        return Err(format!("the right checker disagrees on '{first}'"));
    }
    Ok(disagreements(feed)?.first().map(|name| format!("verdict on '{name}'")))
}

/// Both runs count states: the right one as committed, with nothing broken.
fn model(hunt: &Hunt<'_>, distortion: Distortion) -> Shown {
    let scenario = killer(MODEL).ok_or_else(|| format!("there is no model '{MODEL}'"))?;
    let expected = Expected::committed()?.counts(MODEL, &scenario.bounds_line());
    let (committed, _) = expected.ok_or_else(|| format!("no count is committed for '{MODEL}'"))?;
    let threads = hunt.options.threads();
    let (right, broken) = search(scenario.clone(), Distortion::None, threads)?;
    if broken || right != committed {
        return Err(format!("the right checker counts {right} states, {committed} are committed"));
    }
    let (counted, broken) = search(scenario, distortion, threads)?;
    if broken {
        return Ok(Some("an invariant breaks, with nothing wrong".to_owned()));
    }
    Ok((counted != committed).then(|| format!("{counted} states, {committed} are committed")))
}

fn search(scenario: crate::model::Scenario, distortion: Distortion, threads: usize) -> Result<(u64, bool), String> {
    let cluster = Cluster::new(scenario).map_err(|error| error.to_string())?;
    let builder = Distorted { cluster, distortion }.checker().threads(threads);
    let checker = builder.finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    Ok((checker.unique_state_count() as u64, !checker.discoveries().is_empty()))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Distortion {
    None,
    Inverted,
    Merged,
}

struct Distorted {
    cluster: Cluster,
    distortion: Distortion,
}

#[derive(Clone, Debug)]
struct Seen {
    state: State,
    merged: bool,
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl Hash for Seen {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        if !self.merged {
            return self.state.hash(hasher);
        }
        // Everything but the network.
        self.state.nodes.iter().for_each(|node| node.code().hash(hasher));
        self.state.ghost.code().hash(hasher);
        (self.state.arrived, self.state.crashes, self.state.prepares).hash(hasher);
    }
}

impl Model for Distorted {
    type State = Seen;
    type Action = Action;

    fn init_states(&self) -> Vec<Seen> {
        self.cluster.init_states().into_iter().map(|state| self.see(state)).collect()
    }

    fn actions(&self, seen: &Seen, actions: &mut Vec<Action>) {
        self.cluster.actions(&seen.state, actions);
    }

    fn next_state(&self, seen: &Seen, action: Action) -> Option<Seen> {
        self.cluster.next_state(&seen.state, action).map(|state| self.see(state))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("nothing broke", |model: &Self, seen: &Seen| {
            seen.state.broken.is_none() != (model.distortion == Distortion::Inverted)
        })]
    }
}

impl Distorted {
    fn see(&self, state: State) -> Seen {
        Seen { state, merged: self.distortion == Distortion::Merged }
    }
}
