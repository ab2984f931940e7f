//! Who a log's replica is.

use crate::{Config, ConfigError, Incarnation, NodeId, Owner};
use core::hash::{Hash, Hasher};

/// A replica's identity for one run of its node, shared by all its logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    me: Owner,
    config: Config,
}

impl Replica {
    /// The replica at `node`, in this start of it, among the voters of `config`.
    ///
    /// # Errors
    /// The node is no voter, or the incarnation is 0.
    pub fn new(node: NodeId, incarnation: Incarnation, config: Config) -> Result<Self, ConfigError> {
        if !config.is_voter(node) {
            return Err(ConfigError::NotAVoter(node));
        }
        if incarnation == Incarnation(0) {
            return Err(ConfigError::Incarnation);
        }
        let incarnation = if mutant!(ReuseIncarnation) { Incarnation(1) } else { incarnation };
        Ok(Self { me: Owner { node, incarnation }, config })
    }

    /// This node, in this start of it.
    pub fn me(&self) -> Owner {
        self.me
    }

    /// The voters.
    pub fn config(&self) -> &Config {
        &self.config
    }
}

/// The configuration is the same for every replica of a run, so states are told apart by identity alone.
impl Hash for Replica {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.me.hash(state);
    }
}
