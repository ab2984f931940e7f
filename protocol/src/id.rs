//! Identities. Every one is a type of its own and of fixed width.

use alloc::vec::Vec;
use bytes::Bytes;

/// A replica's identity within its cluster; never reused for another machine's data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NodeId(pub u16);

/// How often a node has started: raised durably at each start, from 1. It makes a restarted node
/// another proposer (P16), so that a forgotten unsynced accept can never share a ballot with a new one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Incarnation(pub u32);

/// The set of voters that quorums are counted in. Messages and records of two epochs never mix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConfigEpoch(pub u32);

/// A position in one key's log, from 1. Slot 0 stands for "nothing chosen yet".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Slot(pub u64);

/// A client session: 128 random bits, drawn once for each client process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ClientId(pub u128);

/// One operation of one client, whatever number of times it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RequestId {
    /// Who asks.
    pub client: ClientId,
    /// Which of its operations; never reused.
    pub sequence: u64,
}

/// One linearizable read. Never reused: a reply to an earlier read says nothing about a later one
/// (the stale reads of etcd issue 20418 came from a reused id).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ReadId {
    /// Who reads.
    pub client: ClientId,
    /// Which of its reads; never reused.
    pub sequence: u64,
}

/// A key space within a cluster; 0 is the users' own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Namespace(pub u32);

/// Which log: the bytes (namespace, key) and never a hash of them, so that no two keys share a log
/// and the store's order is the keys' order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LogId {
    /// The key space.
    pub namespace: Namespace,
    /// The key's bytes, 1 to [`KEY_BYTES_MAX`](crate::KEY_BYTES_MAX).
    pub key: Bytes,
}

impl LogId {
    /// The log of a user's key.
    pub fn of_key(key: impl Into<Bytes>) -> Self {
        Self { namespace: Namespace(0), key: key.into() }
    }

    /// The bytes a store orders logs by: the namespace, big-endian, then the key.
    pub fn to_store_key(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 + self.key.len());
        bytes.extend_from_slice(&self.namespace.0.to_be_bytes());
        bytes.extend_from_slice(&self.key);
        bytes
    }
}

impl Slot {
    /// Before the first slot: nothing is chosen.
    pub const ZERO: Slot = Slot(0);

    /// The slot after this one. Slots stay below [`SLOT_MAX`](crate::SLOT_MAX), so this never wraps.
    #[must_use]
    pub fn next(self) -> Slot {
        Slot(self.0 + 1)
    }
}

impl RequestId {
    /// Operation `sequence` of the session `client`.
    pub fn new(client: u128, sequence: u64) -> Self {
        Self { client: ClientId(client), sequence }
    }
}

impl From<u32> for ConfigEpoch {
    fn from(epoch: u32) -> Self {
        Self(epoch)
    }
}

impl From<u32> for Incarnation {
    fn from(incarnation: u32) -> Self {
        Self(incarnation)
    }
}

impl From<u64> for Slot {
    fn from(slot: u64) -> Self {
        Self(slot)
    }
}
