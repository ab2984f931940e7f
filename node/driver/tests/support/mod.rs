//! What several test programs need; the node's use it too.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

use bytes::Bytes;
use quorate_protocol::{Config, Incarnation, LogId, NodeId, Replica};
use std::sync::Arc;

pub fn replica(node: u16, incarnation: u32, voters: u16) -> Arc<Replica> {
    let config = Config::new(1.into(), (1..=voters).map(NodeId)).unwrap();
    Arc::new(Replica::new(NodeId(node), Incarnation(incarnation), config).unwrap())
}

pub fn key(name: &str) -> LogId {
    LogId::of_key(Bytes::copy_from_slice(name.as_bytes()))
}
