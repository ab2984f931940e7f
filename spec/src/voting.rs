//! `Voting`: how acceptors that only vote come to choose one value. (Lamport, "Byzantizing Paxos by
//! Refinement", module `Voting`.) No messages, no proposers: Paxos refines it.

use crate::safe_at::{safe_at, shows_safe_at};
use crate::{
    Acceptor, AcceptorSet, Ballot, BoundsError, EagerVoting, MAX_ACCEPTORS, MAX_BALLOTS, MAX_VALUES, Property, Spec,
    Value, ValueSet, Violation, VotingState, chosen,
};

/// The voting model of one slot, within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voting {
    acceptors: u8,
    values: u8,
    ballots: u8,
}

/// A step of [`Voting`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VotingAction {
    /// `IncreaseMaxBal(a, b)`: `a` leaves every ballot below `b`. Paxos: a promise.
    IncreaseMaxBal(Acceptor, Ballot),
    /// `VoteFor(a, b, v)`. Paxos: an accept.
    VoteFor(Acceptor, Ballot, Value),
}

impl Voting {
    /// `ballots` counts them: they are numbered `0..ballots`.
    ///
    /// # Errors
    /// One of the bounds is 0 or above its maximum.
    pub fn new(acceptors: u8, values: u8, ballots: u8) -> Result<Self, BoundsError> {
        Ok(Self {
            acceptors: BoundsError::within("acceptors", acceptors, MAX_ACCEPTORS)?,
            values: BoundsError::within("values", values, MAX_VALUES)?,
            ballots: BoundsError::within("ballots", ballots, MAX_BALLOTS)?,
        })
    }

    /// Its acceptors.
    pub fn acceptors(&self) -> AcceptorSet {
        AcceptorSet::first(self.acceptors)
    }

    /// Its values.
    pub fn values(&self) -> impl Iterator<Item = Value> + use<> {
        (0..self.values).map(Value)
    }

    /// Its ballots, the lowest first.
    pub fn ballots(&self) -> impl Iterator<Item = Ballot> + use<> {
        0..Ballot::try_from(self.ballots).unwrap_or(Ballot::MAX)
    }

    /// Whether `ballot` is one of them.
    pub(crate) fn has_ballot(&self, ballot: Ballot) -> bool {
        u8::try_from(ballot).is_ok_and(|ballot| ballot < self.ballots)
    }

    /// Whether `action` is enabled in `state`: the guards.
    pub fn enabled(&self, state: &VotingState, action: VotingAction) -> bool {
        match action {
            VotingAction::IncreaseMaxBal(a, b) => b > state.max_bal(a),
            VotingAction::VoteFor(a, b, v) => self.may_vote(state, a, b, v),
        }
    }

    /// The guards of `VoteFor(a, b, v)`, in the order of the TLA+ text. The votes of the acceptor itself
    /// may be among those that must be for `v`: it has none at `b`.
    pub(crate) fn may_vote(&self, state: &VotingState, a: Acceptor, b: Ballot, v: Value) -> bool {
        state.max_bal(a) <= b
            && state.did_not_vote_at(a, b)
            && self.acceptors().iter().all(|c| state.votes(c, b).is_subset(ValueSet::of(v)))
            && AcceptorSet::quorums_of(self.acceptors()).any(|q| shows_safe_at(state, q, b, v))
    }

    /// What `action` does.
    pub fn apply(state: &VotingState, action: VotingAction) -> VotingState {
        match action {
            VotingAction::IncreaseMaxBal(a, b) => state.with_max_bal(a, b),
            VotingAction::VoteFor(a, b, v) => state.with_max_bal(a, b).with_vote(a, b, v),
        }
    }

    /// Every action within the bounds, enabled or not.
    pub fn actions(&self) -> impl Iterator<Item = VotingAction> + use<'_> {
        let moves = self.acceptors().iter().flat_map(|a| self.ballots().map(move |b| (a, b)));
        moves.flat_map(|(a, b)| self.actions_of(a, b))
    }

    /// What `acceptor` could do in `ballot`.
    fn actions_of(&self, acceptor: Acceptor, ballot: Ballot) -> impl Iterator<Item = VotingAction> + use<> {
        let votes = self.values().map(move |v| VotingAction::VoteFor(acceptor, ballot, v));
        core::iter::once(VotingAction::IncreaseMaxBal(acceptor, ballot)).chain(votes)
    }

    /// Which step leads from `from` to `to`; `None` if nothing changed. This is how a model of the
    /// shipped code is checked against this one: map both ends of each of its steps, and ask.
    ///
    /// # Errors
    /// No single step does.
    pub fn explain(&self, from: &VotingState, to: &VotingState) -> Result<Option<VotingAction>, Violation> {
        if from == to {
            return Ok(None);
        }
        let explains = |action: &VotingAction| Self::apply(from, *action) == *to && self.enabled(from, *action);
        let candidates = from.mover(to).map(|a| (a, to.max_bal(a))).filter(|(_, b)| self.has_ballot(*b));
        candidates
            .into_iter()
            .flat_map(|(a, b)| self.actions_of(a, b))
            .find(explains)
            .map(Some)
            .ok_or_else(|| Violation::new(Property::Refinement, format!("not a step of Voting: {from:?} -> {to:?}")))
    }

    /// `OneValuePerBallot` (P3): all votes of one ballot are for one value.
    ///
    /// # Errors
    /// The ballot that has votes for two.
    pub fn one_value_per_ballot(&self, state: &VotingState) -> Result<(), Violation> {
        for b in self.ballots() {
            let voted = self.acceptors().iter().fold(ValueSet::EMPTY, |set, a| set.union(state.votes(a, b)));
            if voted.len() > 1 {
                return Err(Violation::new(Property::OneEntryABallot, format!("ballot {b}: {voted:?}")));
            }
        }
        Ok(())
    }

    /// `VotesSafe`: each vote cast is for a value that is safe at its ballot. With P3 this implies P1.
    ///
    /// # Errors
    /// The vote that is not.
    pub fn votes_safe(&self, state: &VotingState) -> Result<(), Violation> {
        for a in self.acceptors().iter() {
            for b in self.ballots() {
                if let Some(v) = state.votes(a, b).iter().find(|v| !safe_at(state, self.acceptors(), b, *v)) {
                    let vote = format!("{a:?} voted in ballot {b} for {v:?}, which is not safe there");
                    return Err(Violation::new(Property::Agreement, vote));
                }
            }
        }
        Ok(())
    }

    /// `Consistency` (P1): at most one value is chosen.
    ///
    /// # Errors
    /// The set that is.
    pub fn consistency(&self, state: &VotingState) -> Result<(), Violation> {
        match chosen(self, state) {
            set if set.len() <= 1 => Ok(()),
            set => Err(Violation::new(Property::Agreement, format!("chosen: {set:?}"))),
        }
    }
}

impl Spec for Voting {
    type State = VotingState;
    type Action = VotingAction;

    fn init(&self) -> Vec<VotingState> {
        vec![VotingState::EMPTY]
    }

    fn next(&self, state: &VotingState) -> Vec<(VotingAction, VotingState)> {
        let enabled = self.actions().filter(|action| self.enabled(state, *action));
        enabled.map(|action| (action, Self::apply(state, action))).collect()
    }

    fn check_state(&self, state: &VotingState) -> Result<(), Violation> {
        self.one_value_per_ballot(state)?;
        self.votes_safe(state)?;
        self.consistency(state)
    }

    /// Each step is one of [`EagerVoting`] as well, and so, by way of that, of `Consensus`.
    fn check_step(&self, from: &VotingState, to: &VotingState) -> Result<(), Violation> {
        let eager = EagerVoting::over(*self);
        eager.explain(from, to)?;
        eager.check_step(from, to)
    }
}
