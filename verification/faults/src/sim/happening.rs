use super::call::{Answer, Call};
use quorate_client::wire::Envelope;
use quorate_protocol::{Incarnation, LogId, NodeId};

/// What is due at some time.
#[derive(Clone, Debug)]
pub(super) enum Happening {
    /// Messages of one peer arrive.
    Deliver { to: NodeId, envelopes: Vec<Envelope> },
    /// A client's question arrives.
    Call { to: NodeId, client: usize, op: u64, call: Call },
    /// Its answer arrives.
    Answer { client: usize, op: u64, from: NodeId, answer: Answer },
    /// A client may have waited long enough for what it asked last.
    Patience { client: usize, op: u64, asked: u64 },
    /// A client gives an operation up.
    Deadline { client: usize, op: u64 },
    /// A client begins its next operation.
    Begin { client: usize },
    /// A node's disk has made its batch durable.
    Committed { node: NodeId, start: Incarnation },
    /// The node hears of it.
    Confirmed { node: NodeId, start: Incarnation, logs: Vec<LogId> },
    /// A node's timer is due.
    Tick { node: NodeId, start: Incarnation },
    /// The node loses everything that is not durable.
    Crash(NodeId),
    /// It starts again.
    Restart(NodeId),
    /// The node stands still for a while.
    Freeze(NodeId, u64),
    /// The node and its peers do not reach each other for a while.
    Cut(NodeId, u64),
    /// Faults stop.
    Heal,
}

impl Happening {
    /// The node that has to be awake for it.
    pub(super) fn node(&self) -> Option<NodeId> {
        match self {
            Self::Deliver { to, .. } | Self::Call { to, .. } => Some(*to),
            Self::Confirmed { node, .. } | Self::Tick { node, .. } => Some(*node),
            _ => None,
        }
    }

    /// For the digest.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Deliver { .. } => "deliver",
            Self::Call { .. } => "call",
            Self::Answer { .. } => "answer",
            Self::Patience { .. } => "patience",
            Self::Deadline { .. } => "deadline",
            Self::Begin { .. } => "begin",
            Self::Committed { .. } => "committed",
            Self::Confirmed { .. } => "confirmed",
            Self::Tick { .. } => "tick",
            Self::Crash(_) => "crash",
            Self::Restart(_) => "restart",
            Self::Freeze(..) => "freeze",
            Self::Cut(..) => "cut",
            Self::Heal => "heal",
        }
    }
}
