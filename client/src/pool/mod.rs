//! Connections to the replicas, one each, and how they have behaved.

mod health;
mod replica;

pub(crate) use health::Kind;
pub(crate) use replica::{CallError, Replica};
