//! What a node says of itself and of one of its logs, for people and tools.

use super::{
    ClusterId,
    limits::{CORRUPT_LISTED_MAX, COUNTERS_MAX},
    sequence,
};
use quorate_protocol::{ConfigEpoch, Incarnation, LogId, LogRecord, NodeId, VOTERS_MAX};
use serde::{Deserialize, Serialize};

/// How a node is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeStatus {
    /// Which node.
    pub node: NodeId,
    /// Which start of it.
    pub incarnation: Incarnation,
    /// Its cluster.
    pub cluster: ClusterId,
    /// Its configuration.
    pub epoch: ConfigEpoch,
    /// The voters of that configuration, this node among them, ascending.
    #[serde(deserialize_with = "sequence::bounded::<_, _, VOTERS_MAX>")]
    pub voters: Vec<VoterStatus>,
    /// Software version.
    pub version: String,
    /// Milliseconds since it started.
    pub uptime_ms: u64,
    /// Logs with a record here.
    pub logs: u64,
    /// Logs whose record failed its check.
    pub corrupt: u64,
    /// The first of them, at most [`CORRUPT_LISTED_MAX`](super::limits::CORRUPT_LISTED_MAX).
    #[serde(deserialize_with = "sequence::bounded::<_, _, CORRUPT_LISTED_MAX>")]
    pub corrupt_logs: Vec<LogId>,
    /// Counters by name, from the node's start; at most [`COUNTERS_MAX`](super::limits::COUNTERS_MAX).
    #[serde(deserialize_with = "sequence::bounded::<_, _, COUNTERS_MAX>")]
    pub counters: Vec<Counter>,
}

/// A voter as a node sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoterStatus {
    /// Which node.
    pub node: NodeId,
    /// Where it listens, as `host:port`.
    pub address: String,
    /// Whether a connection to it is up; true of the node itself.
    pub up: bool,
    /// The highest incarnation of it that this node has seen; 0 for none.
    pub incarnation: Incarnation,
}

/// A counter of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Its name, as in the node's metrics.
    pub name: String,
    /// Its value.
    pub value: u64,
}

/// What a replica holds for one log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Which node.
    pub node: NodeId,
    /// Which start of it.
    pub incarnation: Incarnation,
    /// Its durable record; `None` when it never wrote one, or cannot read it.
    pub record: Option<LogRecord>,
    /// Whether the record failed its check.
    pub corrupt: bool,
    /// What its proposer is doing, in words.
    pub phase: String,
    /// Requests that wait for a slot here.
    pub waiting: u32,
}

impl NodeStatus {
    /// The counter of this name.
    pub fn counter(&self, name: &str) -> Option<u64> {
        self.counters.iter().find(|counter| counter.name == name).map(|counter| counter.value)
    }
}

#[cfg(feature = "driver")]
impl Inspection {
    /// What a driver says of one of its logs, for the replica that it is.
    ///
    /// # Errors
    /// The driver's refusal; that the record is corrupt is none.
    pub fn of(
        me: quorate_protocol::Owner,
        inspected: Result<quorate_driver::Inspected, quorate_driver::DriverRefusal>,
    ) -> Result<Self, super::Refusal> {
        let quorate_protocol::Owner { node, incarnation } = me;
        let nothing = Self { node, incarnation, record: None, corrupt: false, phase: String::new(), waiting: 0 };
        match inspected {
            Ok(inspected) => Ok(Self {
                record: (inspected.record != LogRecord::default()).then_some(inspected.record),
                phase: describe(&inspected.phase),
                waiting: u32::try_from(inspected.waiting).unwrap_or(u32::MAX),
                ..nothing
            }),
            Err(quorate_driver::DriverRefusal::CorruptLog) => Ok(Self { corrupt: true, ..nothing }),
            Err(refusal) => Err(refusal.into()),
        }
    }
}

#[cfg(feature = "driver")]
fn describe(phase: &quorate_protocol::Phase) -> String {
    use quorate_protocol::Phase;
    match phase {
        Phase::Idle => "idle".into(),
        Phase::Deferred => "deferring to another proposer".into(),
        Phase::Preparing { ballot, .. } => format!("preparing {ballot}"),
        Phase::Accepting { ballot } => format!("accepting {ballot}"),
    }
}
