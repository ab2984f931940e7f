//! The state of [`Voting`](crate::Voting): what each acceptor has promised and voted.

use crate::{Acceptor, MAX_ACCEPTORS, Value, ValueSet};

/// The most ballots a model can have.
pub const MAX_BALLOTS: u8 = 8;

/// An abstract ballot number, `0..MAX_BALLOTS`; [`NO_BALLOT`] is below all.
pub type Ballot = i8;

/// What `maxBal` is before an acceptor has taken part in any ballot.
pub const NO_BALLOT: Ballot = -1;

/// `votes` and `maxBal` of every acceptor, for one slot. The votes of one acceptor in one ballot are a
/// set, so that the states which must not be reached can be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VotingState {
    max_bal: [Ballot; MAX_ACCEPTORS as usize],
    votes: [[ValueSet; MAX_BALLOTS as usize]; MAX_ACCEPTORS as usize],
}

impl VotingState {
    /// Nobody has promised or voted.
    pub const EMPTY: Self = Self {
        max_bal: [NO_BALLOT; MAX_ACCEPTORS as usize],
        votes: [[ValueSet::EMPTY; MAX_BALLOTS as usize]; MAX_ACCEPTORS as usize],
    };

    /// The first `acceptors` acceptors have joined `ballot` and voted nowhere.
    ///
    /// With ballot 0 this is what a freshly opened slot of Quorate looks like from here: below round 0
    /// there is nothing anybody could vote at, so each acceptor counts as having joined it, and the
    /// owner needs no prepare. It is reachable: each acceptor did `IncreaseMaxBal(a, 0)`.
    pub fn joined(acceptors: u8, ballot: Ballot) -> Self {
        (0..acceptors).fold(Self::EMPTY, |state, a| state.with_max_bal(Acceptor(a), ballot))
    }

    /// The highest ballot `acceptor` takes part in.
    pub fn max_bal(&self, acceptor: Acceptor) -> Ballot {
        self.max_bal.get(usize::from(acceptor.0)).copied().unwrap_or(NO_BALLOT)
    }

    /// What `acceptor` voted for in `ballot`.
    pub fn votes(&self, acceptor: Acceptor, ballot: Ballot) -> ValueSet {
        let ballot = usize::try_from(ballot).ok();
        self.votes
            .get(usize::from(acceptor.0))
            .zip(ballot)
            .and_then(|(votes, ballot)| votes.get(ballot).copied())
            .unwrap_or(ValueSet::EMPTY)
    }

    /// Lamport's `VotedFor(a, b, v)`.
    pub fn voted_for(&self, acceptor: Acceptor, ballot: Ballot, value: Value) -> bool {
        self.votes(acceptor, ballot).contains(value)
    }

    /// Lamport's `DidNotVoteAt(a, b)`.
    pub fn did_not_vote_at(&self, acceptor: Acceptor, ballot: Ballot) -> bool {
        self.votes(acceptor, ballot).is_empty()
    }

    /// The same with `maxBal[acceptor]` set. No guard: refinement maps and tests build states with it.
    ///
    /// # Panics
    /// There is no such acceptor or ballot in any model.
    pub fn with_max_bal(mut self, acceptor: Acceptor, ballot: Ballot) -> Self {
        assert!((NO_BALLOT..Ballot::try_from(MAX_BALLOTS).unwrap_or(0)).contains(&ballot), "no ballot {ballot}");
        *self.max_bal.get_mut(usize::from(acceptor.0)).expect("an acceptor of the model") = ballot;
        self
    }

    /// The same with a vote added. No guard, and `maxBal` stays: see [`Self::with_max_bal`].
    ///
    /// # Panics
    /// There is no such acceptor, ballot or value in any model.
    pub fn with_vote(mut self, acceptor: Acceptor, ballot: Ballot, value: Value) -> Self {
        let votes = self.votes.get_mut(usize::from(acceptor.0)).expect("an acceptor of the model");
        let ballot = usize::try_from(ballot).expect("a ballot from 0");
        let set = votes.get_mut(ballot).expect("a ballot of the model");
        *set = set.union(ValueSet::of(value));
        self
    }
}
