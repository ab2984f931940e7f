//! The abstract models that can be checked by name: those of `spec`, and TPaxos as published.

use super::{Limits, Outcome, Progress, SpecModel, run_spec};
use crate::playback::{Told, Visitor};
use crate::tpaxos::{Addressees, Order, TPaxos, TPaxosWithVotes};
use quorate_spec::{BoundsError, Consensus, EagerVoting, Voting};

/// An abstract model with bounds of its own.
#[derive(Clone, Copy, Debug)]
pub struct AbstractModel {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is there for, in a line.
    pub about: &'static str,
    /// Whether the default set has it.
    pub is_default: bool,
    kind: Kind,
    /// Processes: slots, acceptors or participants.
    processes: u8,
    values: u8,
    /// The highest ballot.
    ballots: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Consensus,
    Voting,
    EagerVoting,
    TPaxos(Order, Addressees),
    TPaxosWithVotes(Order, Addressees),
}

use Addressees::{Everybody, Others};
use Kind::{Consensus as C, EagerVoting as E, TPaxos as T, TPaxosWithVotes as R, Voting as V};
use Order::{AcceptFirst, PromiseFirst};

/// Name, kind, processes, values, highest ballot, in the default set, about.
type Row = (&'static str, Kind, u8, u8, u8, bool, &'static str);

const CATALOGUE: [Row; 13] = [
    ("consensus", C, 2, 3, 0, true, "the log: one value a slot, in order"),
    ("voting", V, 3, 2, 2, true, "Lamport's Voting, refining EagerVoting and Consensus"),
    ("eager-voting", E, 3, 2, 2, true, "EagerVoting: a vote may promise more; refines Consensus"),
    ("voting-deep", V, 3, 3, 3, false, "Voting with three values and four ballots"),
    ("voting-five", V, 5, 2, 2, false, "Voting with five acceptors and three ballots"),
    ("eager-voting-deep", E, 3, 3, 3, false, "EagerVoting with three values and four ballots"),
    ("tpaxos", T(PromiseFirst, Everybody), 2, 2, 2, true, "TPaxos as published in TLA+"),
    ("tpaxos-ap", T(AcceptFirst, Everybody), 2, 2, 2, true, "TPaxosAP: it accepts before it promises"),
    ("tpaxos-votes", R(PromiseFirst, Everybody), 2, 2, 2, true, "TPaxos refines Voting"),
    ("tpaxos-ap-votes", R(AcceptFirst, Everybody), 2, 2, 2, true, "TPaxosAP refines EagerVoting"),
    ("tpaxos-others", T(PromiseFirst, Others), 2, 2, 3, true, "TPaxos, later text: not sent to oneself"),
    ("tpaxos-three", R(PromiseFirst, Everybody), 3, 2, 1, false, "TPaxos with three participants"),
    ("tpaxos-deep", T(PromiseFirst, Everybody), 2, 2, 3, false, "TPaxos with three ballots"),
];

/// All of them, in the order in which they are checked.
pub fn abstract_models() -> impl Iterator<Item = AbstractModel> {
    CATALOGUE.into_iter().map(|(name, kind, processes, values, ballots, is_default, about)| AbstractModel {
        name,
        about,
        is_default,
        kind,
        processes,
        values,
        ballots,
    })
}

/// The one of that name.
pub fn find_abstract(name: &str) -> Option<AbstractModel> {
    abstract_models().find(|model| model.name == name)
}

impl AbstractModel {
    /// Changes a bound, by the name of its option.
    ///
    /// # Errors
    /// The model has no such bound, or the number is too large for any model.
    pub fn set(&mut self, bound: &str, value: u64) -> Result<(), String> {
        let small = u8::try_from(value).map_err(|_| format!("--{bound} is too large"))?;
        match (bound, self.kind) {
            ("values", _) => self.values = small,
            ("ballots", kind) if kind != C => self.ballots = small,
            ("slots", C) | ("acceptors", V | E) | ("participants", T(..) | R(..)) => self.processes = small,
            _ => return Err(format!("{} has no bound --{bound}", self.name)),
        }
        Ok(())
    }

    /// Its bounds, all of them, as the committed counts name them.
    pub fn bounds_line(&self) -> String {
        let Self { processes, values, ballots, .. } = self;
        match self.kind {
            C => format!("slots {processes}, values {values}"),
            V | E => format!("acceptors {processes}, values {values}, ballots 0..{ballots}"),
            T(..) | R(..) => format!("participants {processes}, values {values}, ballots 1..{ballots}"),
        }
    }

    /// Checks it.
    ///
    /// # Errors
    /// Bounds that the model does not have.
    pub fn run(&self, limits: Limits, progress: &mut Progress) -> Result<Outcome, BoundsError> {
        self.visit(Check { name: self.name, limits, progress })
    }

    /// Hands the model itself over.
    ///
    /// # Errors
    /// Bounds that the model does not have.
    pub fn visit<V: Visitor>(&self, visitor: V) -> Result<V::Out, BoundsError> {
        let Self { processes, values, ballots, .. } = *self;
        let bounds = self.bounds_line();
        // A model of ballots 0..B has B + 1 of them.
        let count = ballots.saturating_add(1);
        let tpaxos = |order, addressees| TPaxos::new(processes, values, ballots, order, addressees);
        Ok(match self.kind {
            C => visitor.visit(SpecModel(Consensus::new(processes, values)?), &bounds),
            V => visitor.visit(SpecModel(Voting::new(processes, values, count)?), &bounds),
            E => visitor.visit(SpecModel(EagerVoting::new(processes, values, count)?), &bounds),
            T(order, to) => visitor.visit(SpecModel(tpaxos(order, to)?), &bounds),
            R(order, to) => visitor.visit(SpecModel(TPaxosWithVotes::new(tpaxos(order, to)?)?), &bounds),
        })
    }
}

/// Checks what it is handed.
struct Check<'a> {
    name: &'a str,
    limits: Limits,
    progress: &'a mut Progress,
}

impl Visitor for Check<'_> {
    type Out = Outcome;

    fn visit<M: Told>(self, model: M, bounds: &str) -> Outcome {
        run_spec(self.name, bounds, model, self.limits, self.progress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_bounds_are_those_of_the_model() {
        for model in abstract_models() {
            assert_eq!(abstract_models().filter(|other| other.name == model.name).count(), 1);
        }
        let mut voting = find_abstract("voting").expect("a model");
        assert_eq!(voting.bounds_line(), "acceptors 3, values 2, ballots 0..2");
        assert!(voting.set("acceptors", 5).and(voting.set("ballots", 1)).is_ok());
        assert_eq!(voting.bounds_line(), "acceptors 5, values 2, ballots 0..1");
        assert!(voting.set("participants", 2).is_err() && voting.set("values", 256).is_err());
        let limits = Limits { threads: 1, generated: None, time: None, depth_first: false };
        let mut ballots = voting;
        assert!(ballots.set("ballots", 8).is_ok() && ballots.run(limits, &mut Progress::new(true)).is_err());
    }
}
