//! The state of [`Voting`](crate::Voting): what each acceptor has promised and voted.

use crate::{Acceptor, MAX_ACCEPTORS, Value, ValueSet};
use core::fmt;

/// The most ballots a model can have.
pub const MAX_BALLOTS: u8 = 8;

/// An abstract ballot number, `0..MAX_BALLOTS`; [`NO_BALLOT`] is below all.
pub type Ballot = i8;

/// What `maxBal` is before an acceptor has taken part in any ballot.
pub const NO_BALLOT: Ballot = -1;

/// `votes` and `maxBal` of every acceptor, for one slot. The votes of one acceptor in one ballot are a
/// set, so that the states which must not be reached can be written down.
///
/// Six words: a checker copies and hashes it for every step, and an array of bytes is hashed byte by byte.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VotingState {
    /// A byte for each acceptor: its `maxBal` plus 1.
    max_bal: u64,
    /// A word for each acceptor, in it a byte for each ballot, in it a bit for each value.
    votes: [u64; MAX_ACCEPTORS as usize],
}

impl VotingState {
    /// Nobody has promised or voted.
    pub const EMPTY: Self = Self { max_bal: 0, votes: [0; MAX_ACCEPTORS as usize] };

    /// The first `acceptors` acceptors have joined `ballot` and voted nowhere.
    ///
    /// With ballot 0 this is what a freshly opened slot of Quorate looks like from here: below round 0
    /// there is nothing anybody could vote at, so each acceptor counts as having joined it, and the
    /// owner needs no prepare. It is reachable: each acceptor did `IncreaseMaxBal(a, 0)`.
    pub fn joined(acceptors: u8, ballot: Ballot) -> Self {
        (0..acceptors).fold(Self::EMPTY, |state, a| state.with_max_bal(Acceptor(a), ballot))
    }

    /// The highest ballot `acceptor` takes part in; of an acceptor that no model has, [`NO_BALLOT`].
    #[inline]
    pub fn max_bal(&self, acceptor: Acceptor) -> Ballot {
        if acceptor.0 >= MAX_ACCEPTORS {
            return NO_BALLOT;
        }
        byte(self.max_bal, acceptor.0).cast_signed() + NO_BALLOT
    }

    /// What `acceptor` voted for in `ballot`.
    #[inline]
    pub fn votes(&self, acceptor: Acceptor, ballot: Ballot) -> ValueSet {
        match (self.votes.get(usize::from(acceptor.0)), index(ballot)) {
            (Some(votes), Some(ballot)) => ValueSet::from_bits(byte(*votes, ballot)),
            _ => ValueSet::EMPTY,
        }
    }

    /// Lamport's `VotedFor(a, b, v)`.
    #[inline]
    pub fn voted_for(&self, acceptor: Acceptor, ballot: Ballot, value: Value) -> bool {
        self.votes(acceptor, ballot).contains(value)
    }

    /// Lamport's `DidNotVoteAt(a, b)`.
    #[inline]
    pub fn did_not_vote_at(&self, acceptor: Acceptor, ballot: Ballot) -> bool {
        self.votes(acceptor, ballot).is_empty()
    }

    /// The same with `maxBal[acceptor]` set. No guard: refinement maps and tests build states with it.
    ///
    /// # Panics
    /// There is no such acceptor or ballot in any model.
    pub fn with_max_bal(mut self, acceptor: Acceptor, ballot: Ballot) -> Self {
        assert!(acceptor.0 < MAX_ACCEPTORS, "no acceptor {}", acceptor.0);
        assert!(ballot == NO_BALLOT || index(ballot).is_some(), "no ballot {ballot}");
        let shift = 8 * u32::from(acceptor.0);
        let stored = u64::from((ballot - NO_BALLOT).cast_unsigned());
        self.max_bal = (self.max_bal & !(0xff << shift)) | stored << shift;
        self
    }

    /// The same with a vote added. No guard, and `maxBal` stays: see [`Self::with_max_bal`].
    ///
    /// # Panics
    /// There is no such acceptor, ballot or value in any model.
    pub fn with_vote(mut self, acceptor: Acceptor, ballot: Ballot, value: Value) -> Self {
        let votes = self.votes.get_mut(usize::from(acceptor.0)).expect("an acceptor of the model");
        let ballot = index(ballot).expect("a ballot of the model");
        *votes |= u64::from(ValueSet::of(value).bits()) << (8 * u32::from(ballot));
        self
    }

    /// The acceptor that differs between the two, if it is one alone: no step moves two.
    pub(crate) fn mover(&self, to: &Self) -> Option<Acceptor> {
        let differs = |a: &Acceptor| {
            let at = usize::from(a.0);
            self.max_bal(*a) != to.max_bal(*a) || self.votes.get(at) != to.votes.get(at)
        };
        let mut movers = (0..MAX_ACCEPTORS).map(Acceptor).filter(differs);
        movers.next().filter(|_| movers.next().is_none())
    }
}

/// The place of a ballot in a word, if a model can have it.
#[inline]
fn index(ballot: Ballot) -> Option<u8> {
    u8::try_from(ballot).ok().filter(|ballot| *ballot < MAX_BALLOTS)
}

/// The byte `at` of a word, counted from the lowest; `at` is below 8.
#[inline]
fn byte(word: u64, at: u8) -> u8 {
    word.to_le_bytes().get(usize::from(at)).copied().unwrap_or(0)
}

/// One acceptor after the other: what it has joined, and its votes as `ballot:value`.
impl fmt::Debug for VotingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for a in (0..MAX_ACCEPTORS).map(Acceptor) {
            let at = |b: u8| Ballot::try_from(b).unwrap_or(Ballot::MAX);
            let votes =
                (0..MAX_BALLOTS).flat_map(|b| self.votes(a, at(b)).iter().map(move |v| format!("{b}:v{}", v.0)));
            let votes: Vec<String> = votes.collect();
            if self.max_bal(a) != NO_BALLOT || !votes.is_empty() {
                map.entry(&format_args!("a{}", a.0), &(self.max_bal(a), votes));
            }
        }
        map.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_nothing_else_changes() {
        for (a, b, v) in [(0, 0, 0), (4, 7, 7), (2, 3, 5)] {
            let (acceptor, value) = (Acceptor(a), Value(v));
            let state = VotingState::joined(5, 6).with_max_bal(acceptor, b).with_vote(acceptor, b, value);
            assert_eq!((state.max_bal(acceptor), state.votes(acceptor, b)), (b, ValueSet::of(value)));
            let votes = |a| (0..8).filter(|b| !state.did_not_vote_at(Acceptor(a), *b)).count();
            assert_eq!((0..5).map(votes).sum::<usize>(), 1);
            assert!((0..5).filter(|other| *other != a).all(|other| state.max_bal(Acceptor(other)) == 6));
            assert_eq!(state.with_max_bal(acceptor, NO_BALLOT).max_bal(acceptor), NO_BALLOT);
        }
        let nobody = VotingState::joined(5, 1);
        assert_eq!((nobody.max_bal(Acceptor(5)), nobody.votes(Acceptor(5), 0)), (NO_BALLOT, ValueSet::EMPTY));
        assert!(nobody.votes(Acceptor(0), 8).is_empty() && nobody.votes(Acceptor(0), NO_BALLOT).is_empty());
    }

    #[test]
    fn a_state_tells_itself() {
        let state = VotingState::EMPTY.with_max_bal(Acceptor(1), 2).with_vote(Acceptor(1), 0, Value(3));
        assert_eq!(format!("{state:?}"), r#"{a1: (2, ["0:v3"])}"#);
    }
}
