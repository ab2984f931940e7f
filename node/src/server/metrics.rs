use crate::metrics::{Count, Requests, ServerNumbers};

/// What the server counts from the node's start. Each number is of something that has happened, counted where it
/// happens; none of them decides anything.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    /// Requests of clients.
    pub(super) requests: Requests,
    /// Envelopes that peers delivered.
    pub(super) envelopes_in: Count,
    /// Envelopes that were handed to a connection to a peer.
    pub(super) envelopes_out: Count,
    /// Envelopes for peers that were dropped, since the peer was down or too slow.
    pub(super) envelopes_dropped: Count,
    /// Deliveries to peers: frames, each with many envelopes.
    pub(super) deliveries: Count,
    /// Connections that were let in.
    pub(super) connections: Count,
    /// Connections that were refused, or never said a proper hello.
    pub(super) connections_refused: Count,
}

impl Metrics {
    /// What was counted; `clients` of at most `clients_max` connections are open.
    pub(super) fn read(&self, clients: usize, clients_max: usize) -> ServerNumbers {
        let whole = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        ServerNumbers {
            envelopes_in: self.envelopes_in.get(),
            envelopes_out: self.envelopes_out.get(),
            envelopes_dropped: self.envelopes_dropped.get(),
            deliveries: self.deliveries.get(),
            connections: self.connections.get(),
            connections_refused: self.connections_refused.get(),
            clients: whole(clients),
            clients_max: whole(clients_max),
        }
    }
}
