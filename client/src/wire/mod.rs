//! What both ends of a connection need: hello, frames, codec, services, limits.
//!
//! A connection starts with a [`hello`] of fixed size from each side, before any frame. After it come
//! frames of bounded length ([`limits`]), each one postcard-encoded tarpc message ([`codec`]). Clients
//! speak the [`Kv`] service, replicas speak [`Peer`] to each other. What travels is versioned by the
//! outermost enum of each service, whose variants are only ever appended to.

mod backend;
pub mod codec;
mod connection;
mod deadlines;
pub mod hello;
pub(crate) mod kv;
pub mod limits;
mod peer;
mod sequence;
mod service;
mod status;
mod stream;
pub(crate) mod trace;

pub use backend::{KvBackend, answer};
pub use connection::{
    AcceptError, ConnectError, Connection, KvServerTransport, PeerServerTransport, accept, connect, connect_over,
    kv_client, kv_server, peer_client, peer_server,
};
pub use deadlines::Deadlines;
pub use hello::{ClusterId, Hello, Refused, Role};
pub use kv::{KvRequest, KvRequestV1, KvResponse, KvResponseV1, Refusal};
pub use peer::{PeerRequest, PeerResponse, envelope_bytes_max, take_frame};
pub use quorate_protocol::Envelope;
pub use service::{Kv, KvClient, Peer, PeerClient, ServeKv, ServePeer};
pub use status::{Counter, Inspection, NodeStatus, VoterStatus};
pub use stream::ByteStream;

/// What tarpc wraps around [`KvRequest`] and [`KvResponse`]; needed to name transports and channels.
pub mod rpc {
    pub use super::service::{
        KvRequest as KvCall, KvResponse as KvReturn, PeerRequest as PeerCall, PeerResponse as PeerReturn,
    };
}
