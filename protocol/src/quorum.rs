//! Voters and majorities: the one place that counts heads.

use crate::{ConfigEpoch, ConfigError, NodeId, VOTERS_MAX};
use alloc::vec::Vec;

/// The voters of one configuration epoch, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    epoch: ConfigEpoch,
    voters: Vec<NodeId>,
}

/// A set of voters, by their place in the configuration.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NodeSet(u16);

impl Config {
    /// A configuration of these voters.
    ///
    /// # Errors
    /// None, more than [`VOTERS_MAX`], or the same node twice.
    pub fn new(epoch: ConfigEpoch, voters: impl IntoIterator<Item = NodeId>) -> Result<Self, ConfigError> {
        let mut voters: Vec<NodeId> = voters.into_iter().collect();
        voters.sort_unstable();
        if voters.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(ConfigError::DuplicateVoter);
        }
        if voters.is_empty() || voters.len() > VOTERS_MAX {
            return Err(ConfigError::VoterCount { given: voters.len() });
        }
        Ok(Self { epoch, voters })
    }

    /// The epoch that every message and record of this configuration carries.
    pub fn epoch(&self) -> ConfigEpoch {
        self.epoch
    }

    /// The voters, ascending.
    pub fn voters(&self) -> &[NodeId] {
        &self.voters
    }

    /// Whether `node` votes here.
    pub fn is_voter(&self, node: NodeId) -> bool {
        self.index(node).is_some()
    }

    /// Whether the set is a majority, so that any two such sets share a voter.
    pub fn is_majority(&self, set: NodeSet) -> bool {
        set.len() >= self.majority()
    }

    /// How many voters make a majority: how many a reader asks first.
    pub fn majority(&self) -> usize {
        if mutant!(QuorumOfHalf) {
            return (self.voters.len() / 2).max(1);
        }
        if mutant!(QuorumOfHalfIfEven) {
            return self.voters.len().div_ceil(2);
        }
        if mutant!(QuorumOfTwo) {
            return self.voters.len().min(2);
        }
        self.voters.len() / 2 + 1
    }

    /// All voters but `me`.
    pub fn others(&self, me: NodeId) -> NodeSet {
        let mut set = NodeSet::default();
        for voter in self.voters.iter().filter(|voter| **voter != me) {
            set.insert(self, *voter);
        }
        set
    }

    /// All voters.
    pub fn everyone(&self) -> NodeSet {
        self.voters.iter().fold(NodeSet::default(), |set, voter| set.with(self, *voter))
    }

    /// A voter's place, from 0.
    pub fn index(&self, node: NodeId) -> Option<usize> {
        self.voters.binary_search(&node).ok()
    }
}

impl NodeSet {
    /// Adds a voter; anyone else is not counted anywhere.
    pub fn insert(&mut self, config: &Config, node: NodeId) {
        if let Some(index) = config.index(node) {
            self.0 |= 1 << index;
        }
    }

    /// Takes a voter out.
    pub fn remove(&mut self, config: &Config, node: NodeId) {
        if let Some(index) = config.index(node) {
            self.0 &= !(1 << index);
        }
    }

    /// This set and one voter more.
    #[must_use]
    pub fn with(mut self, config: &Config, node: NodeId) -> Self {
        self.insert(config, node);
        self
    }

    /// Whether the voter is in it.
    pub fn contains(self, config: &Config, node: NodeId) -> bool {
        config.index(node).is_some_and(|index| self.0 & (1 << index) != 0)
    }

    /// Both sets together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The voters of this set that are not in the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether nobody is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many are in it; says nothing about a majority, which [`Config::is_majority`] does.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Its voters, ascending.
    pub fn iter(self, config: &Config) -> impl Iterator<Item = NodeId> + '_ {
        let voters = config.voters.iter().enumerate();
        voters.filter(move |(index, _)| self.0 & (1 << index) != 0).map(|(_, voter)| *voter)
    }
}

impl core::fmt::Debug for NodeSet {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{{{:b}}}", self.0)
    }
}
