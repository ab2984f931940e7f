//! `EagerVoting`: [`Voting`], but whoever votes may promise more than the ballot of its vote in the same
//! step. ("TPaxos Consensus Protocol in PaxosStore: Derivation, Specification, and Refinement", Journal of
//! Software 2020, and module `EagerVoting` of Starydark/PaxosStore-tla: TPaxosAP, which accepts before it
//! promises, refines this model and not `Voting`.) It refines `Consensus` too, so the extra step is harmless.

use crate::{
    Acceptor, Ballot, BoundsError, Property, Spec, Value, Violation, Voting, VotingState, voting_step_refines_consensus,
};

/// The eager voting model of one slot, within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EagerVoting(Voting);

/// A step of [`EagerVoting`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EagerVotingAction {
    /// `IncreaseMaxBal(a, b)`, as in [`Voting`].
    IncreaseMaxBal(Acceptor, Ballot),
    /// `VoteFor(a, b, v)` with the ballot `c >= b` that `maxBal[a]` becomes. With `c = b` it is `Voting`'s.
    VoteFor(Acceptor, Ballot, Value, Ballot),
}

impl EagerVoting {
    /// `ballots` counts them: they are numbered `0..ballots`.
    ///
    /// # Errors
    /// One of the bounds is 0 or above its maximum.
    pub fn new(acceptors: u8, values: u8, ballots: u8) -> Result<Self, BoundsError> {
        Voting::new(acceptors, values, ballots).map(Self)
    }

    /// Over the same acceptors, values and ballots.
    pub fn over(voting: Voting) -> Self {
        Self(voting)
    }

    /// The model with the same bounds in which a vote promises its own ballot only.
    pub fn voting(&self) -> &Voting {
        &self.0
    }

    /// Whether `action` is enabled in `state`: the guards, which are those of [`Voting`].
    pub fn enabled(&self, state: &VotingState, action: EagerVotingAction) -> bool {
        match action {
            EagerVotingAction::IncreaseMaxBal(a, b) => b > state.max_bal(a),
            EagerVotingAction::VoteFor(a, b, v, c) => c >= b && self.0.may_vote(state, a, b, v),
        }
    }

    /// What `action` does.
    pub fn apply(state: &VotingState, action: EagerVotingAction) -> VotingState {
        match action {
            EagerVotingAction::IncreaseMaxBal(a, b) => state.with_max_bal(a, b),
            EagerVotingAction::VoteFor(a, b, v, c) => state.with_max_bal(a, c).with_vote(a, b, v),
        }
    }

    /// Every action within the bounds, enabled or not.
    pub fn actions(&self) -> impl Iterator<Item = EagerVotingAction> + use<'_> {
        let acceptors = self.0.acceptors().iter();
        let moves = acceptors.flat_map(|a| self.0.ballots().map(move |b| (a, b)));
        moves.flat_map(|(a, c)| self.actions_to(a, c))
    }

    /// What `acceptor` could do that leaves its `maxBal` at `reached`.
    fn actions_to(&self, acceptor: Acceptor, reached: Ballot) -> impl Iterator<Item = EagerVotingAction> + use<'_> {
        let ballots = self.0.ballots().take_while(move |b| *b <= reached);
        let votes = ballots.flat_map(move |b| self.0.values().map(move |v| (b, v)));
        let votes = votes.map(move |(b, v)| EagerVotingAction::VoteFor(acceptor, b, v, reached));
        core::iter::once(EagerVotingAction::IncreaseMaxBal(acceptor, reached)).chain(votes)
    }

    /// Which step leads from `from` to `to`; `None` if nothing changed. As [`Voting::explain`].
    ///
    /// # Errors
    /// No single step does.
    pub fn explain(&self, from: &VotingState, to: &VotingState) -> Result<Option<EagerVotingAction>, Violation> {
        if from == to {
            return Ok(None);
        }
        let explains = |action: &EagerVotingAction| Self::apply(from, *action) == *to && self.enabled(from, *action);
        let candidates = from.mover(to).map(|a| (a, to.max_bal(a))).filter(|(_, c)| self.0.has_ballot(*c));
        candidates.into_iter().flat_map(|(a, c)| self.actions_to(a, c)).find(explains).map(Some).ok_or_else(|| {
            Violation::new(Property::Refinement, format!("not a step of EagerVoting: {from:?} -> {to:?}"))
        })
    }
}

impl Spec for EagerVoting {
    type State = VotingState;
    type Action = EagerVotingAction;

    fn init(&self) -> Vec<VotingState> {
        self.0.init()
    }

    fn next(&self, state: &VotingState) -> Vec<(EagerVotingAction, VotingState)> {
        let enabled = self.actions().filter(|action| self.enabled(state, *action));
        enabled.map(|action| (action, Self::apply(state, action))).collect()
    }

    /// The invariants of [`Voting`]: OneValuePerBallot, VotesSafe, Consistency.
    fn check_state(&self, state: &VotingState) -> Result<(), Violation> {
        self.0.check_state(state)
    }

    fn check_step(&self, from: &VotingState, to: &VotingState) -> Result<(), Violation> {
        voting_step_refines_consensus(&self.0, from, to).map(|_| ())
    }
}
