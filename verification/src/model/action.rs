//! What may happen next.

use super::Id;
use quorate_protocol::{Message, Slot};
use serde::{Deserialize, Serialize};

/// One event of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A message that was once sent arrives; it may have before, and may again.
    #[serde(skip)]
    Deliver(Id<Message>),
    /// A node that is behind learns what is chosen in a slot.
    CatchUp {
        /// Which node.
        node: usize,
        /// Which slot.
        slot: Slot,
    },
    /// A node's write under way becomes durable.
    Durable(usize),
    /// A node stops and starts again as its disk was: with the write under way, or without it.
    Crash {
        /// Which node.
        node: usize,
        /// Whether the write under way had reached the disk.
        kept: bool,
    },
    /// A scripted request reaches its replica.
    Propose(usize),
    /// A node's deferral ends.
    Defer(usize),
    /// A reader has a node complete the open slot.
    Settle(usize),
    /// A reader begins a read.
    ReadBegins(usize),
    /// A voter answers the read under way.
    ReadReply {
        /// Whose read.
        reader: usize,
        /// Which voter.
        node: usize,
    },
    /// A reply that was made for the read before arrives.
    LateReply {
        /// Whose read.
        reader: usize,
        /// Its place in the list.
        index: usize,
    },
    /// A reader's patience runs out.
    ReadTimeout(usize),
    /// The retrying client's request of this index in its list reaches its replica.
    AttemptArrives(usize),
    /// A reply of this index in the list reaches the retrying client.
    AttemptReply(usize),
    /// The retrying client's patience runs out.
    AttemptTimeout,
    /// The retrying client's deadline passes.
    Deadline,
}
