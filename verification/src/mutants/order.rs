//! Which of promise and vote comes first, judged on every message that a log takes: a step of `Voting` votes in the
//! ballot that it promises; one of `EagerVoting` may promise more in the same step.
//!
//! The refinement that the models check (P20) looks at what became durable. There a vote and a later promise may
//! share a write, and then count as two steps. So it cannot tell the two orders apart, and this can.

use super::hunt::switch_on;
use super::killers::killer;
use crate::check::Limits;
use crate::model::{Action, Cluster, State};
use quorate_protocol::{Input, Row, activate};
use quorate_spec::{Acceptor, EagerVoting, EagerVotingAction, Value, Voting, VotingAction, VotingState};
use stateright::{Checker, HasDiscoveries, Model, Property};

/// The model in which a reader has a vote relayed, so that a proposal comes with a promise above its ballot.
const MODEL: &str = "k-order";

/// Whose steps the steps must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Voting,
    EagerVoting,
}

/// What a run found.
pub(super) struct Found {
    /// Steps to a step of another order, if there is one.
    pub(super) steps: Option<u64>,
    pub(super) is_exhausted: bool,
    pub(super) seconds: f64,
}

/// Searches the model for a step that is none of `order`.
pub(super) fn run(mutant: Option<&str>, order: Order, limits: Limits) -> Result<Found, String> {
    mutant.map_or(Ok(()), switch_on)?;
    let scenario = killer(MODEL).ok_or_else(|| format!("there is no model '{MODEL}'"))?;
    let cluster = Cluster::new(scenario).map_err(|error| error.to_string())?;
    let begun = std::time::Instant::now();
    let builder = Ordered { cluster, order }.checker().threads(limits.threads);
    let builder = builder.finish_when(HasDiscoveries::AnyFailures);
    let builder = limits.time.into_iter().fold(builder, stateright::CheckerBuilder::timeout);
    let checker = builder.spawn_bfs().join();
    activate(None);
    let seconds = begun.elapsed().as_secs_f64();
    let steps = checker.discoveries().into_values().map(|path| path.into_actions().len() as u64).min();
    let is_exhausted = steps.is_none() && limits.time.is_none_or(|time| begun.elapsed() < time);
    Ok(Found { steps, is_exhausted, seconds })
}

struct Ordered {
    cluster: Cluster,
    order: Order,
}

#[derive(Clone, Debug, PartialEq, Hash)]
struct Judged {
    state: State,
    follows: bool,
}

impl Model for Ordered {
    type State = Judged;
    type Action = Action;

    fn init_states(&self) -> Vec<Judged> {
        self.cluster.init_states().into_iter().map(|state| Judged { state, follows: true }).collect()
    }

    fn actions(&self, judged: &Judged, actions: &mut Vec<Action>) {
        self.cluster.actions(&judged.state, actions);
    }

    fn next_state(&self, before: &Judged, action: Action) -> Option<Judged> {
        let follows = self.is_allowed(&before.state, action);
        let state = self.cluster.next_state(&before.state, action)?;
        Some(Judged { state, follows })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("a step of the order", |_, judged: &Judged| judged.follows)]
    }
}

impl Ordered {
    /// Whether what a message makes of a log's memory is a step of the order. Messages alone bring foreign promises
    /// and proposals; the core is asked itself, since an event of the model may hold a second step, the write's.
    fn is_allowed(&self, state: &State, action: Action) -> bool {
        let Action::Deliver(id) = action else { return true };
        let message = self.cluster.message(id);
        let Some(before) = self.cluster.log(state, usize::from(message.to.0)) else { return true };
        let mut after = before.clone();
        after.step(Input::Receive(message.clone()));
        self.order.allows(&before.record().row(), &after.record().row())
    }
}

impl Order {
    /// Whether one step of one acceptor leads from one row of a slot to the other. That the value is safe is P20's
    /// affair; here it is the guard on the promise, and what the promise becomes.
    fn allows(self, was: &Row, is: &Row) -> bool {
        if was.slot != is.slot || was == is {
            return true;
        }
        let mut ballots = vec![was.promised, was.accepted, is.promised, is.accepted];
        ballots.sort_unstable();
        ballots.dedup();
        let rank = |ballot| ballots.iter().position(|known| *known == ballot).and_then(|at| i8::try_from(at).ok());
        let (Some(promised), Some(from), Some(vote)) = (rank(is.promised), rank(was.promised), rank(is.accepted))
        else {
            return false;
        };
        let me = Acceptor(0);
        let before = VotingState::EMPTY.with_max_bal(me, from);
        if was.accepted == is.accepted {
            return promised > from;
        }
        let value = Value(0);
        let after = before.with_max_bal(me, promised).with_vote(me, vote, value);
        vote >= from
            && match self {
                Self::Voting => Voting::apply(&before, VotingAction::VoteFor(me, vote, value)) == after,
                Self::EagerVoting => {
                    let action = EagerVotingAction::VoteFor(me, vote, value, promised);
                    promised >= vote && EagerVoting::apply(&before, action) == after
                }
            }
    }
}
