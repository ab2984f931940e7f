//! Lamport's predicates on votes that were recorded: any number of ordered ballots, and acceptors of
//! whom not everything is known.

use crate::{Property, Violation};
use core::fmt::Debug;

/// What one acceptor did in one slot, as far as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedAcceptor<B, V> {
    /// The highest ballot it joined, if any.
    pub max_bal: Option<B>,
    /// Its votes, in any order.
    pub votes: Vec<(B, V)>,
    /// Whether it did nothing but that. If not, it may have voted and promised whatever explains the
    /// others.
    pub complete: bool,
}

/// The votes in one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedVotes<B, V> {
    /// Everybody who can vote.
    pub acceptors: Vec<RecordedAcceptor<B, V>>,
    /// A ballot that everybody joined beforehand, below every other ([`VotingState::joined`](crate::VotingState::joined)).
    pub joined: Option<B>,
}

impl<B: Copy + Ord + Debug, V: PartialEq + Debug> RecordedVotes<B, V> {
    /// `OneValuePerBallot` (P3), `ShowsSafeAt` for each vote by some quorum, and `Consistency` (P1). The three
    /// are stable: once a quorum shows a vote safe it does so for ever, so a history can be judged at its end,
    /// whatever the order in which different acceptors acted.
    ///
    /// # Errors
    /// What is broken, whatever the incomplete acceptors may have done.
    pub fn check(&self) -> Result<(), Violation> {
        for (ballot, value) in self.votes() {
            if let Some((_, other)) = self.votes().find(|(at, other)| at == ballot && other != value) {
                let both = format!("ballot {ballot:?}: votes for {value:?} and {other:?}");
                return Err(Violation::new(Property::OneEntryABallot, both));
            }
            if self.joined != Some(*ballot) && !self.is_shown_safe(*ballot, value) {
                let vote = format!("a vote in ballot {ballot:?} for {value:?}, which no quorum's promises show safe");
                return Err(Violation::new(Property::Agreement, vote));
            }
        }
        let mut chosen = self.votes().filter(|(ballot, value)| self.is_chosen(*ballot, value));
        if let Some((_, first)) = chosen.next()
            && let Some((_, other)) = chosen.find(|(_, other)| other != first)
        {
            return Err(Violation::new(Property::Agreement, format!("chosen: {first:?} and {other:?}")));
        }
        Ok(())
    }

    /// Whether a quorum surely voted for `value` in `ballot`.
    pub fn is_chosen(&self, ballot: B, value: &V) -> bool {
        let voted = |acceptor: &&RecordedAcceptor<B, V>| acceptor.votes.iter().any(|(b, v)| *b == ballot && v == value);
        self.is_quorum(self.acceptors.iter().filter(voted).count())
    }

    /// `ShowsSafeAt(Q, ballot, value)` for some quorum Q, which may have an incomplete acceptor in it.
    pub fn is_shown_safe(&self, ballot: B, value: &V) -> bool {
        let joined = |acceptor: &&RecordedAcceptor<B, V>| !acceptor.complete || acceptor.max_bal >= Some(ballot);
        let promised: Vec<&RecordedAcceptor<B, V>> = self.acceptors.iter().filter(joined).collect();
        if promised.iter().any(|acceptor| !acceptor.complete) {
            // It may have cast the highest vote below, for this very value.
            return self.is_quorum(promised.len());
        }
        let highest = |acceptor: &RecordedAcceptor<B, V>| {
            let below = acceptor.votes.iter().map(|(b, _)| *b).filter(|b| *b < ballot);
            below.max()
        };
        let bounds = promised.iter().flat_map(|acceptor| &acceptor.votes).filter(|(b, v)| *b < ballot && v == value);
        let bounds = bounds.map(|(b, _)| Some(*b)).chain([None]);
        // The quorum's highest vote is at the bound, or there is none: those who voted above it are left out. One
        // who voted at the bound is among the others, and by P3 whoever did voted for `value`.
        bounds.into_iter().any(|bound| {
            let quorum = promised.iter().filter(|acceptor| highest(acceptor) <= bound);
            self.is_quorum(quorum.count())
        })
    }

    fn votes(&self) -> impl Iterator<Item = &(B, V)> {
        self.acceptors.iter().flat_map(|acceptor| &acceptor.votes)
    }

    fn is_quorum(&self, count: usize) -> bool {
        2 * count > self.acceptors.len()
    }
}
