//! A state of a model, in names of interned parts.

use super::{Ghost, Id, Node, Reader, Writer};
use quorate_protocol::Message;
use quorate_spec::Property;
use std::sync::Arc;

/// The most replicas a model can have.
pub const NODES_MAX: usize = 5;

/// The most readers a model can have.
pub const READERS_MAX: usize = 2;

/// A state of a model. Small, since a run keeps millions of them waiting.
#[derive(Clone, Debug)]
pub struct State {
    /// The replicas.
    pub nodes: Nodes,
    /// Every message ever sent, but for those that can never matter again. A message stays: it may arrive
    /// late, twice, or never, so loss, duplication and reordering need no events of their own.
    pub network: Network,
    /// All durable votes.
    pub ghost: Id<Ghost>,
    /// The reading clients.
    pub readers: [Option<Id<Reader>>; READERS_MAX],
    /// The retrying client.
    pub writer: Option<Id<Writer>>,
    /// Which scripted requests have arrived.
    pub arrived: u8,
    /// Crashes so far.
    pub crashes: u8,
    /// Prepares that reached the network so far.
    pub prepares: u8,
    /// The first property that broke.
    pub broken: Option<Property>,
    /// A digest of all of it: see `Cluster::sealed`.
    pub(super) digest: u64,
}

/// The replicas of a state, in the order of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Nodes {
    ids: [Id<Node>; NODES_MAX],
    len: u8,
}

/// A set of messages.
#[derive(Clone, Debug)]
pub struct Network {
    /// In the order of their ids.
    messages: Arc<[Id<Message>]>,
    /// The sum of their mixed digests, so that a message is added in one step.
    sum: u64,
}

impl Nodes {
    /// These replicas, [`NODES_MAX`] at most.
    pub fn new(nodes: &[Id<Node>]) -> Option<Self> {
        let mut ids = [*nodes.first()?; NODES_MAX];
        ids.get_mut(..nodes.len())?.copy_from_slice(nodes);
        Some(Self { ids, len: u8::try_from(nodes.len()).ok()? })
    }

    /// The same with another state of one replica.
    #[must_use]
    pub fn with(mut self, node: usize, id: Id<Node>) -> Self {
        if let Some(place) = self.ids.get_mut(node) {
            *place = id;
        }
        self
    }
}

impl std::ops::Deref for Nodes {
    type Target = [Id<Node>];

    fn deref(&self) -> &[Id<Node>] {
        self.ids.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl Network {
    /// Nothing was sent.
    pub fn empty() -> Self {
        Self { messages: Arc::from([]), sum: 0 }
    }

    /// The messages.
    pub fn iter(&self) -> impl Iterator<Item = Id<Message>> + '_ {
        self.messages.iter().copied()
    }

    /// Whether this one is in it.
    pub fn contains(&self, message: Id<Message>) -> bool {
        self.messages.binary_search(&message).is_ok()
    }

    /// What stands for the whole set in a state's digest.
    pub(super) fn sum(&self) -> u64 {
        self.sum
    }

    /// The same with these messages, given with their mixed digests, added where they are new.
    pub(super) fn with(&self, sent: impl Iterator<Item = (Id<Message>, u64)>) -> Self {
        let mut messages: Vec<_> = Vec::with_capacity(self.messages.len() + 4);
        messages.extend_from_slice(&self.messages);
        let mut sum = self.sum;
        for (message, digest) in sent {
            if let Err(place) = messages.binary_search(&message) {
                messages.insert(place, message);
                sum = sum.wrapping_add(digest);
            }
        }
        Self { messages: messages.into(), sum }
    }

    /// The same without the messages that `keep` turns away; `digest` tells a message's, mixed.
    pub(super) fn retained(&self, keep: impl Fn(Id<Message>) -> bool, digest: impl Fn(Id<Message>) -> u64) -> Self {
        if self.messages.iter().all(|message| keep(*message)) {
            return self.clone();
        }
        let messages: Arc<[_]> = self.messages.iter().copied().filter(|message| keep(*message)).collect();
        let sum = messages.iter().fold(0u64, |sum, message| sum.wrapping_add(digest(*message)));
        Self { messages, sum }
    }
}

impl State {
    /// A digest of the whole state, the same in every run of one salt.
    pub fn digest(&self) -> u64 {
        self.digest
    }
}

/// Two states are equal when their parts are. Ids name parts, so ids are compared.
impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes
            && self.network.messages == other.network.messages
            && (self.ghost, self.readers, self.writer) == (other.ghost, other.readers, other.writer)
            && (self.arrived, self.crashes, self.prepares) == (other.arrived, other.crashes, other.prepares)
            && self.broken == other.broken
    }
}

impl Eq for State {}

impl std::hash::Hash for State {
    fn hash<H: std::hash::Hasher>(&self, hasher: &mut H) {
        hasher.write_u64(self.digest);
    }
}
