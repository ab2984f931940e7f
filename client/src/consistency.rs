//! How much a read promises.

use std::{fmt, str::FromStr};

/// How much a read promises. Writes are linearizable whatever is chosen here. At every level a read returns what was
/// chosen, with its version; `docs/protocol/consistency.md` has the rules and why they hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Consistency {
    /// Not older than anything that was chosen before the read began. A majority is asked.
    #[default]
    Linearizable,
    /// Not older than anything that the [`Session`](crate::Session) has seen, by its own reads and writes or by a token
    /// that was handed on to it. One replica is asked, and more where it is behind that. Outside a session nothing is
    /// known of what its caller has seen, and the read is made linearizably.
    Causal,
    /// Something that was chosen once. One replica is asked, the nearest; two reads may go backwards. Some seconds
    /// after the last write of a key, a client that goes on reading it has the newest.
    Eventual,
}

/// A text that names no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("linearizable, causal or eventual is expected")]
pub struct NotConsistency;

impl Consistency {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linearizable => "linearizable",
            Self::Causal => "causal",
            Self::Eventual => "eventual",
        }
    }
}

impl fmt::Display for Consistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Consistency {
    type Err = NotConsistency;

    fn from_str(text: &str) -> Result<Self, NotConsistency> {
        let levels = [Self::Linearizable, Self::Causal, Self::Eventual];
        levels.into_iter().find(|level| level.name() == text).ok_or(NotConsistency)
    }
}
