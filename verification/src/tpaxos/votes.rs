//! TPaxos with the votes that were ever cast, and its refinement: modules `TPaxosWithVotes` (of `Voting`)
//! and `TPaxosAPWithVotes` (of `EagerVoting`).

use super::{Order, TPaxos, TPaxosAction, TPaxosState};
use quorate_spec::{Acceptor, BoundsError, EagerVoting, Spec, Violation, VotingState};

/// A state, and what it is in the model above: `votes` is the history variable, `maxBal` is
/// `[p \in Participant |-> state[p][p].maxBal]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WithVotes {
    /// The state of [`TPaxos`].
    pub state: TPaxosState,
    /// The state of the model above.
    pub voting: VotingState,
}

/// [`TPaxos`], each step of which must be one of `Voting`, or, if it accepts first, of `EagerVoting`; or a
/// stutter. As in the published modules the model above has the same participants and values; its ballots
/// are `0..=ballots`, of which 0 is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TPaxosWithVotes {
    base: TPaxos,
    refines: Order,
    above: EagerVoting,
}

impl TPaxosWithVotes {
    /// With the refinement that its order has.
    ///
    /// # Errors
    /// The models of `spec` do not hold these bounds.
    pub fn new(base: TPaxos) -> Result<Self, BoundsError> {
        Self::refining(base, base.order())
    }

    /// With the refinement that the given order has: `PromiseFirst` stands for `Voting`.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn refining(base: TPaxos, refines: Order) -> Result<Self, BoundsError> {
        let (participants, values, highest) = base.bounds();
        Ok(Self { base, refines, above: EagerVoting::new(participants, values, highest + 1)? })
    }

    /// `OnMessageV`, `PrepareV` and `AcceptV` are one: a changed `maxVBal` of its own is a vote.
    fn follow(&self, from: &WithVotes, state: TPaxosState) -> WithVotes {
        let (participants, ..) = self.base.bounds();
        let mut voting = from.voting;
        for p in 0..participants {
            let (was, is) = (from.state.row(p).record(p), state.row(p).record(p));
            voting = voting.with_max_bal(Acceptor(p), is.max_bal());
            if let Some(value) = is.max_v_val().filter(|_| was.max_v_bal() != is.max_v_bal()) {
                voting = voting.with_vote(Acceptor(p), is.max_v_bal(), value);
            }
        }
        WithVotes { state, voting }
    }
}

impl Spec for TPaxosWithVotes {
    type State = WithVotes;
    type Action = TPaxosAction;

    fn init(&self) -> Vec<WithVotes> {
        self.base.init().into_iter().map(|state| WithVotes { state, voting: VotingState::EMPTY }).collect()
    }

    fn next(&self, from: &WithVotes) -> Vec<(TPaxosAction, WithVotes)> {
        let steps = self.base.next(&from.state).into_iter();
        steps.map(|(action, state)| (action, self.follow(from, state))).collect()
    }

    /// `Consistency`, and the invariants of the model above.
    fn check_state(&self, s: &WithVotes) -> Result<(), Violation> {
        self.base.check_state(&s.state)?;
        self.above.check_state(&s.voting)
    }

    fn check_step(&self, from: &WithVotes, to: &WithVotes) -> Result<(), Violation> {
        self.base.check_step(&from.state, &to.state)?;
        match self.refines {
            Order::PromiseFirst => self.above.voting().explain(&from.voting, &to.voting).map(|_| ()),
            Order::AcceptFirst => self.above.explain(&from.voting, &to.voting).map(|_| ()),
        }
    }
}
