//! The two services. The types that tarpc generates around them are not ours to document.
#![allow(missing_docs, clippy::needless_pass_by_value, unused_qualifications)]

use super::{kv, peer};

/// What a node does for clients.
#[tarpc::service]
pub trait Kv {
    /// Serves one request. A refusal says that the request was surely not taken in.
    async fn call(request: kv::KvRequest) -> Result<kv::KvResponse, kv::Refusal>;
}

/// What a node does for the other replicas.
#[tarpc::service]
pub trait Peer {
    /// Takes messages in. The answers travel as a delivery in the other direction.
    async fn deliver(request: peer::PeerRequest) -> peer::PeerResponse;
}
