//! Two keys at three replicas, and the sessions, as one state.

use crate::model::Ghost;
use crate::shared::{Shared, digest};
use quorate_protocol::{Message, PaxosLog, RequestId, Seen, SessionRead, Slot};
use quorate_spec::{Property, SessionView};

/// A key, by its number.
pub type Key = usize;

/// One key: its log at each replica, what was ever sent about it, all votes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyState {
    /// The replicas' logs: the shipped core.
    pub logs: Vec<Shared<PaxosLog>>,
    /// Every message ever sent, in the order of digests. It may arrive late, twice, or never.
    pub network: Vec<Shared<Message>>,
    /// All durable votes.
    pub ghost: Shared<Ghost>,
}

/// What a session waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Doing {
    /// For the outcome of its write.
    Write {
        /// The request.
        id: RequestId,
    },
    /// For a read.
    Read {
        /// Of which key.
        key: Key,
        /// The shipped machine.
        read: SessionRead,
        /// Whether it is a causal one.
        causal: bool,
        /// Times its patience ran out.
        timeouts: u8,
        /// How many voters have answered.
        answers: u8,
    },
}

/// A session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Session {
    /// What it says it has seen: what a token holds.
    pub seen: Seen,
    /// What it has seen.
    pub view: SessionView<Key, Slot>,
    /// Whether anything was handed on to it.
    pub received: bool,
    /// How much of its program is done or begun.
    pub begun: u8,
    /// What it waits for.
    pub doing: Option<Doing>,
}

/// A state of a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The keys.
    pub keys: Vec<Shared<KeyState>>,
    /// The sessions.
    pub sessions: Vec<Shared<Session>>,
    /// Which puts have arrived.
    pub arrived: u8,
    /// Crashes so far.
    pub crashes: u8,
    /// Prepares begun so far.
    pub prepares: u8,
    /// The first property that broke.
    pub broken: Option<Property>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Action {
    /// A message about a key that was once sent arrives.
    Deliver(Key, Shared<Message>),
    /// A node learns what is chosen in a slot of a key.
    CatchUp(Key, usize, Slot),
    /// A node restarts; what its logs knew in memory alone is lost.
    Crash(usize),
    /// A node's deferral in a key's log ends.
    Defer(Key, usize),
    /// The put of this number arrives.
    Put(usize),
    /// A session begins what is next in its program; a read is of this key.
    Begin(usize, Key),
    /// A session skips what is next in its program.
    Skip(usize),
    /// A voter answers a session's read.
    Answer(usize, usize),
    /// A session's patience with its read runs out.
    Timeout(usize),
    /// A session gives its write up, whose outcome it will not know.
    GiveUp(usize),
}

impl KeyState {
    /// Whether it was sent before.
    pub(super) fn has(&self, message: &Message) -> bool {
        self.place(digest(message)).is_ok()
    }

    /// Puts a message on its way.
    pub(super) fn send(&mut self, message: Message) {
        let message = Shared::new(message);
        if let Err(at) = self.place(message.digest()) {
            self.network.insert(at, message);
        }
    }

    fn place(&self, digest: u64) -> Result<usize, usize> {
        self.network.binary_search_by_key(&digest, Shared::digest)
    }
}

impl State {
    /// A key's log at a node.
    pub fn log(&self, key: Key, node: usize) -> Option<&PaxosLog> {
        self.keys.get(key)?.logs.get(node).map(|log| &**log)
    }
}
