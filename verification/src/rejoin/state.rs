//! The replicas, their disks and their network as one state.

use crate::model::Ghost;
use crate::shared::{Shared, digest};
use quorate_protocol::{Forgotten, Incarnation, Message, PaxosLog, QuorumRead, Rejoin, Replica, Slot};
use quorate_spec::Property;

/// What a node is in its log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
// Nearly all nodes vote: nothing is saved by a pointer to the log.
#[allow(clippy::large_enum_variant)]
pub enum Role {
    /// A voter: the shipped core.
    Voting(PaxosLog),
    /// A learner that lost its disk: the shipped machine.
    Returning(Rejoin),
}

/// A replica, in its present incarnation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// Its part in the log.
    pub role: Role,
    /// Which incarnations it refuses; durable.
    pub forgotten: Forgotten,
}

/// A message on its way, with the incarnation that sent it, as a connection's first word tells it. The
/// incarnation is kept for nodes that may lose their disk alone; nobody looks at the others'.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Sent {
    /// The sender's incarnation.
    pub incarnation: Incarnation,
    /// The message.
    pub message: Message,
}

/// The reading client: the shipped `QuorumRead`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reader {
    /// The read under way.
    pub read: Option<QuorumRead>,
    /// Reads begun.
    pub begun: u8,
    /// The highest slot chosen when the read began.
    pub floor: Slot,
}

/// A state of a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The replicas.
    pub nodes: Vec<Shared<Node>>,
    /// Every message ever sent, in the order of digests. It may arrive late, twice, or never, and after
    /// its sender's disk is lost.
    pub network: Vec<Shared<Sent>>,
    /// All durable votes.
    pub ghost: Shared<Ghost>,
    /// The reading client.
    pub reader: Option<Shared<Reader>>,
    /// Which puts have arrived.
    pub arrived: u8,
    /// Crashes so far.
    pub crashes: u8,
    /// Disks lost so far.
    pub wipes: u8,
    /// Open slots completed by request so far.
    pub settles: u8,
    /// Prepares begun so far.
    pub prepares: u8,
    /// The first property that broke.
    pub broken: Option<Property>,
}

impl Node {
    /// Who it is.
    pub fn replica(&self) -> &Replica {
        match &self.role {
            Role::Voting(log) => log.replica(),
            Role::Returning(rejoin) => rejoin.replica(),
        }
    }

    /// Its log, if it votes.
    pub fn log(&self) -> Option<&PaxosLog> {
        match &self.role {
            Role::Voting(log) => Some(log),
            Role::Returning(_) => None,
        }
    }

    /// What it waits for, if it comes back.
    pub fn rejoin(&self) -> Option<&Rejoin> {
        match &self.role {
            Role::Voting(_) => None,
            Role::Returning(rejoin) => Some(rejoin),
        }
    }

    /// The slot after the last that it knows chosen.
    pub fn open_slot(&self) -> Slot {
        match &self.role {
            Role::Voting(log) => log.record().open_slot(),
            Role::Returning(rejoin) => rejoin.chosen().map_or(Slot::ZERO, |chosen| chosen.slot).next(),
        }
    }
}

impl State {
    /// Whether it was sent before.
    pub(super) fn has(&self, sent: &Sent) -> bool {
        self.place(digest(sent)).is_ok()
    }

    /// Puts a message on its way.
    pub(super) fn send(&mut self, sent: Sent) {
        let sent = Shared::new(sent);
        if let Err(at) = self.place(sent.digest()) {
            self.network.insert(at, sent);
        }
    }

    fn place(&self, digest: u64) -> Result<usize, usize> {
        self.network.binary_search_by_key(&digest, Shared::digest)
    }

    /// The log of a node that votes.
    pub(super) fn log(&self, node: usize) -> Option<&PaxosLog> {
        self.nodes.get(node).and_then(|node| node.log())
    }

    /// Replaces what a node is.
    pub(super) fn set_role(&mut self, node: usize, role: Role) -> Option<()> {
        let place = self.nodes.get_mut(node)?;
        let forgotten = place.forgotten.clone();
        *place = Shared::new(Node { role, forgotten });
        Some(())
    }
}
