//! The highest start of each peer that this node has heard of.

use super::Corruption;
use super::seal::{seal, unseal};
use quorate_protocol::{ConfigEpoch, Incarnation, NodeId};
use std::collections::BTreeMap;

const VERSION: u16 = 1;
const KEY: &[u8] = b"peer/";

/// The highest incarnation of each peer that ever said hello; kept durably. A lower one is a process that was
/// replaced, or a directory that was restored from a backup: neither may take part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerStarts {
    highest: BTreeMap<NodeId, Incarnation>,
}

impl PeerStarts {
    /// The highest start known of a peer; 0 for one never heard of.
    pub fn highest(&self, node: NodeId) -> Incarnation {
        self.highest.get(&node).copied().unwrap_or_default()
    }

    /// Takes a start into account; whether it is higher than what was known.
    pub fn raise(&mut self, node: NodeId, incarnation: Incarnation) -> bool {
        let known = self.highest.entry(node).or_default();
        let higher = incarnation > *known;
        *known = incarnation.max(*known);
        higher
    }

    /// Every peer heard of, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, Incarnation)> + '_ {
        self.highest.iter().map(|(node, incarnation)| (*node, *incarnation))
    }

    pub(super) fn is_key(key: &[u8]) -> bool {
        key.starts_with(KEY)
    }

    /// The store's key of a peer's start.
    pub fn key(node: NodeId) -> Vec<u8> {
        [KEY, &node.0.to_be_bytes()].concat()
    }

    /// The sealed bytes of a peer's start, as `docs/formats.md` lays them out.
    pub fn encode(epoch: ConfigEpoch, node: NodeId, incarnation: Incarnation) -> Vec<u8> {
        seal(VERSION, epoch, &Self::key(node), &incarnation.0.to_le_bytes())
    }

    /// The peer and its start in the bytes that a key of the store has.
    ///
    /// # Errors
    /// [`Corruption`], for a key of another kind, and for bytes that were not written under it.
    pub fn decode(key: &[u8], bytes: &[u8]) -> Result<(NodeId, Incarnation), Corruption> {
        let node = key.strip_prefix(KEY).and_then(|node| <[u8; 2]>::try_from(node).ok()).ok_or(Corruption::Body)?;
        let (_, body) = unseal(VERSION, key, bytes)?;
        let incarnation = <[u8; 4]>::try_from(body).map_err(|_| Corruption::Body)?;
        Ok((NodeId(u16::from_be_bytes(node)), Incarnation(u32::from_le_bytes(incarnation))))
    }
}
