use super::segment::ReadError;
use core::fmt;
use quorate_protocol::{NodeId, Violation};

/// Something that cannot be explained.
#[derive(Debug)]
pub struct Failure {
    /// What.
    pub fault: Fault,
    /// The log, for people.
    pub log: Option<String>,
    /// Where: node, start, number of the event in its stream, file position.
    pub place: String,
    /// The events around it, the oldest first; the one at fault is marked.
    pub neighbourhood: Vec<String>,
}

/// What cannot be explained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A file cannot be read on, and that is not how a kill leaves it.
    #[error("the trace cannot be read: {0}")]
    Read(#[source] ReadError),
    /// A segment of a stream is not there.
    #[error("segment {0} is missing")]
    MissingSegment(u32),
    /// A node used an incarnation twice: its disk went back (P16), or the trace is there twice.
    #[error("a node started twice under one incarnation (P16), or a segment is given twice")]
    StartTwice,
    /// An event that cannot be where it is.
    #[error("{0}")]
    Misplaced(&'static str),
    /// The streams are not of one configuration, or of none that can be.
    #[error("the streams are not of one configuration")]
    Config,
    /// A record that the core refuses.
    #[error("the record breaks an invariant: {0}")]
    Record(Violation),
    /// The store gave back something that it was never given.
    #[error("the store gave back a record that is neither the last confirmed nor one issued since")]
    Store,
    /// The store gave back something older than what it had confirmed (P4).
    #[error("the store gave back less than it had confirmed: {0}")]
    Fell(quorate_spec::Violation),
    /// The core, told the same, says something else.
    #[error("the step gives another output than the node's")]
    Output,
    /// The core, told the same, is in another state.
    #[error("the step leaves another state than the node's")]
    State,
    /// Steps of the log are missing, without a gap, or in another order.
    #[error("this is step {found} of the log, where step {expected} should be")]
    Serial {
        /// What the event says.
        found: u64,
        /// What it should be.
        expected: u64,
    },
    /// A confirmation without a write under way.
    #[error("a write is confirmed that was not issued")]
    NotIssued,
    /// The core broke an invariant of its own.
    #[error("the step breaks an invariant: {0}")]
    Invariant(Violation),
    /// What all nodes did together is no behaviour of the specification.
    #[error("{0}")]
    Spec(quorate_spec::Violation),
    /// Something was taken for chosen, and no majority voted for it.
    #[error("node {} learned in slot {slot} what no majority voted for", node.0)]
    LearnedUnchosen {
        /// Who.
        node: NodeId,
        /// Where.
        slot: u64,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let log = self.log.as_deref().map(|log| format!("log {log}, ")).unwrap_or_default();
        writeln!(f, "{log}{}: {}", self.place, self.fault)?;
        self.neighbourhood.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}
