//! Whose data a directory holds.

use super::seal::{seal, unseal};
use super::{Corruption, StoreError};
use quorate_protocol::{ConfigEpoch, Incarnation, NodeId};

const VERSION: u16 = 1;
const BODY: usize = 22;

/// Whose data a directory holds, and how often that node has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The cluster; drawn at random by `quorate init`.
    pub cluster: u128,
    /// The node within it.
    pub node: NodeId,
    /// The set of voters that the records were written under.
    pub epoch: ConfigEpoch,
    /// Starts so far; raised durably at each start, before anything leaves the node (P16). 0 before the first.
    pub incarnation: Incarnation,
}

impl Identity {
    pub(super) const KEY: &'static [u8] = b"identity";

    /// The identity of a node that has never started.
    pub fn new(cluster: u128, node: NodeId, epoch: ConfigEpoch) -> Self {
        Self { cluster, node, epoch, incarnation: Incarnation(0) }
    }

    /// Its sealed bytes, as `docs/formats.md` lays them out.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(BODY);
        body.extend_from_slice(&self.cluster.to_le_bytes());
        body.extend_from_slice(&self.node.0.to_le_bytes());
        body.extend_from_slice(&self.incarnation.0.to_le_bytes());
        seal(VERSION, self.epoch, Self::KEY, &body)
    }

    /// The identity in these sealed bytes.
    ///
    /// # Errors
    /// [`Corruption`], for bytes that no [`Identity::encode`] gave.
    pub fn decode(bytes: &[u8]) -> Result<Self, Corruption> {
        let (epoch, body) = unseal(VERSION, Self::KEY, bytes)?;
        let (cluster, body) = body.split_first_chunk::<16>().ok_or(Corruption::Body)?;
        let (node, body) = body.split_first_chunk::<2>().ok_or(Corruption::Body)?;
        let incarnation = <[u8; 4]>::try_from(body).map_err(|_| Corruption::Body)?;
        Ok(Self {
            cluster: u128::from_le_bytes(*cluster),
            node: NodeId(u16::from_le_bytes(*node)),
            epoch,
            incarnation: Incarnation(u32::from_le_bytes(incarnation)),
        })
    }

    /// Whether the directory is the one that the configuration means.
    pub(super) fn expect(&self, expected: &Identity) -> Result<(), StoreError> {
        if self.cluster != expected.cluster {
            return Err(StoreError::WrongCluster { expected: expected.cluster, found: self.cluster });
        }
        if self.node != expected.node {
            return Err(StoreError::WrongNode { expected: expected.node, found: self.node });
        }
        if self.epoch != expected.epoch {
            return Err(StoreError::WrongEpoch { expected: expected.epoch, found: self.epoch });
        }
        Ok(())
    }

    /// The identity of the next start.
    pub(super) fn next_start(self) -> Result<Self, StoreError> {
        let incarnation = self.incarnation.0.checked_add(1).ok_or(StoreError::Incarnations)?;
        Ok(Self { incarnation: Incarnation(incarnation), ..self })
    }
}
