//! Ballots: the one place that orders them.

use crate::{Incarnation, NodeId};

/// The round of a ballot. Round 0 belongs to the owner of the slot; prepares start at 1.
pub type Round = u32;

/// The node and incarnation that first proposed an entry. It is part of the entry, so a chosen slot
/// has exactly one owner whatever ballots it was chosen under (P6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Owner {
    /// The node.
    pub node: NodeId,
    /// The start of that node; a later start owns nothing of it.
    pub incarnation: Incarnation,
}

/// A ballot of one slot, ordered by round, then node, then incarnation. `Ord` and `Eq` are derived
/// over the same fields. Only its own (node, incarnation) proposes with a ballot, and only once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Ballot {
    /// Compared first.
    pub round: Round,
    /// Breaks ties, so no two proposers draw one ballot.
    pub node: NodeId,
    /// Which start of the node drew it.
    pub incarnation: Incarnation,
}

impl Ballot {
    /// Below every ballot a node can draw, since incarnations start at 1: "none yet".
    pub const ZERO: Ballot = Ballot { round: 0, node: NodeId(0), incarnation: Incarnation(0) };

    /// The ballot that skips prepare in the slot after an entry of `owner` (fast accept).
    pub fn fast(owner: Owner) -> Self {
        Self { round: 0, node: owner.node, incarnation: owner.incarnation }
    }

    /// The lowest ballot of `proposer` that needs a prepare and is above this one.
    #[must_use]
    pub fn above(self, proposer: Owner) -> Self {
        if mutant!(SharedBallot) {
            return Self { round: self.round.saturating_add(1), node: NodeId(0), incarnation: Incarnation(1) };
        }
        Self { round: self.round.saturating_add(1), node: proposer.node, incarnation: proposer.incarnation }
    }

    /// Whether it is a ballot at all.
    pub fn is_none(self) -> bool {
        self == Self::ZERO
    }

    /// Whether it may be used without a prepare.
    pub fn is_fast(self) -> bool {
        self.round == 0
    }

    /// Who may propose with it.
    pub fn proposer(self) -> Owner {
        Owner { node: self.node, incarnation: self.incarnation }
    }
}

impl core::fmt::Display for Ballot {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.is_none() {
            return f.write_str("-");
        }
        write!(f, "{}.{}.{}", self.round, self.node.0, self.incarnation.0)
    }
}
