use quorate_handoff::Token;
use quorate_protocol::{Incarnation, LogId, LogRecord, NodeId};

/// What the writer thread makes durable.
pub(super) enum Job {
    /// All writes of one driver's turn.
    Records { shard: usize, records: Vec<(LogId, LogRecord)> },
    /// A peer said hello with this start of its.
    Start { node: NodeId, incarnation: Incarnation, token: Token },
}

/// A peer said hello with a start that is not its newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("node {} said hello as start {}; start {} of it is known", node.0, claimed.0, highest.0)]
pub struct StaleStart {
    /// Which peer.
    pub node: NodeId,
    /// What it said.
    pub claimed: Incarnation,
    /// The highest this node has durably heard of.
    pub highest: Incarnation,
}
