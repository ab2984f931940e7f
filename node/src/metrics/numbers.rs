use super::{Distribution, ProcessNumbers, RequestNumbers};
use crate::engine::EngineStatus;
use crate::recording::RecordingStats;
use std::time::Duration;

/// All that a node knows of itself at about one moment: what the table of metrics reads.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Who it is.
    pub identity: Identity,
    /// How long it has run.
    pub uptime: Duration,
    /// Its driver, its writer and its store.
    pub engine: EngineStatus,
    /// Requests of clients.
    pub requests: RequestNumbers,
    /// Its sockets.
    pub server: ServerNumbers,
    /// The other voters, ascending.
    pub peers: Vec<PeerNumbers>,
    /// What was recorded of it.
    pub recording: RecordingStats,
    /// The process.
    pub process: ProcessNumbers,
}

/// Who a node is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its id.
    pub node: u16,
    /// Its cluster, 32 hexadecimal digits.
    pub cluster: String,
    /// The configuration epoch.
    pub epoch: u32,
    /// Its start.
    pub incarnation: u32,
}

/// What the server counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerNumbers {
    /// Envelopes that peers delivered.
    pub envelopes_in: u64,
    /// Envelopes that were handed to a connection to a peer.
    pub envelopes_out: u64,
    /// Envelopes for peers that were dropped, since the peer was down or too slow.
    pub envelopes_dropped: u64,
    /// Deliveries to peers: frames, each with many envelopes.
    pub deliveries: u64,
    /// Connections that were let in.
    pub connections: u64,
    /// Connections that were refused, or never said a proper hello.
    pub connections_refused: u64,
    /// Clients' connections that are open, and how many may be.
    pub clients: u64,
    /// See `clients`.
    pub clients_max: u64,
}

/// One other voter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeerNumbers {
    /// Its id.
    pub node: u16,
    /// Whether a connection to it is up, and it answered lately.
    pub is_up: bool,
    /// From sending a delivery to its acknowledgement.
    pub rtt: Distribution,
    /// Messages that wait for it.
    pub queue: u64,
}
