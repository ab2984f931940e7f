//! What each side of a connection says before the first frame.
//!
//! A hello has a fixed size and one layout for every protocol version, so a refusal is understood across
//! versions, and a stranger (an HTTP probe, say) is told apart by its first four bytes rather than read
//! as an enormous frame. Integers are big-endian:
//!
//! | offset | bytes | |
//! |---|---|---|
//! | 0 | 4 | `QRT1` |
//! | 4 | 2 | lowest protocol version spoken |
//! | 6 | 2 | highest protocol version spoken |
//! | 8 | 1 | role: 1 client, 2 node |
//! | 9 | 1 | verdict on the other side's hello: 0 welcome, else [`Refused`]; 0 in the first hello |
//! | 10 | 16 | cluster id; 0 from a client that takes any |
//! | 26 | 2 | node id; `0xFFFF` from a client |
//! | 28 | 4 | incarnation; 0 from a client |
//! | 32 | 4 | configuration epoch; 0 from a client that takes any |

use quorate_protocol::{ConfigEpoch, Incarnation, NodeId};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Bytes of a hello.
pub const HELLO_BYTES: usize = 36;
/// The first bytes of every connection.
pub const MAGIC: [u8; 4] = *b"QRT1";
/// The lowest protocol version this build speaks.
pub const VERSION_MIN: u16 = 1;
/// The highest protocol version this build speaks.
pub const VERSION_MAX: u16 = 1;
/// The node id of a client.
pub const NO_NODE: NodeId = NodeId(u16::MAX);

/// A cluster's identity, drawn once when it is founded; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClusterId(pub u128);

/// Who opens a connection, and so which service it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// A client, which speaks [`Kv`](super::Kv).
    Client = 1,
    /// A node. As the opener it speaks [`Peer`](super::Peer).
    Peer = 2,
}

/// One side's introduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The lowest protocol version it speaks.
    pub version_min: u16,
    /// The highest protocol version it speaks.
    pub version_max: u16,
    /// What it is.
    pub role: Role,
    /// Its cluster; 0 from a client that takes any.
    pub cluster: ClusterId,
    /// Its node id; [`NO_NODE`] for a client.
    pub node: NodeId,
    /// Its incarnation; 0 for a client.
    pub incarnation: Incarnation,
    /// Its configuration epoch; 0 for a client that takes any.
    pub epoch: ConfigEpoch,
}

/// Why a side will not speak to the other. The numbers are the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[repr(u8)]
pub enum Refused {
    /// No protocol version is spoken by both.
    #[error("no protocol version is spoken by both sides")]
    Version = 1,
    /// They belong to different clusters.
    #[error("the two sides belong to different clusters")]
    Cluster = 2,
    /// They are in different configuration epochs.
    #[error("the two sides are in different configuration epochs")]
    Epoch = 3,
    /// The opener says it is a node that this configuration does not have, or the acceptor itself.
    #[error("the node is not one that may connect here")]
    Node = 4,
    /// A later start of the same node has been here: this one is over, or runs on old data.
    #[error("a later incarnation of the node has been seen")]
    Incarnation = 5,
    /// Too many connections.
    #[error("too many connections")]
    Overloaded = 6,
    /// The node is stopping.
    #[error("the node is stopping")]
    ShuttingDown = 7,
    /// The acceptor is no node, or the opener has no role.
    #[error("the other side has the wrong role")]
    Role = 8,
    /// A reason this build does not know.
    #[error("refused for a reason that this version does not know")]
    Other = 255,
}

/// Bytes that are no hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotHello {
    /// Another protocol altogether.
    #[error("the other side does not speak Quorate")]
    Magic,
    /// A role that does not exist.
    #[error("the other side has a role that does not exist")]
    Role,
}

impl Hello {
    /// A client's. `cluster` 0 takes any.
    pub fn client(cluster: ClusterId) -> Self {
        Self {
            version_min: VERSION_MIN,
            version_max: VERSION_MAX,
            role: Role::Client,
            cluster,
            node: NO_NODE,
            incarnation: Incarnation(0),
            epoch: ConfigEpoch(0),
        }
    }

    /// A node's.
    pub fn node(cluster: ClusterId, node: NodeId, incarnation: Incarnation, epoch: ConfigEpoch) -> Self {
        Self { role: Role::Peer, node, incarnation, epoch, ..Self::client(cluster) }
    }

    /// Its bytes, with a verdict on the other side's hello.
    pub fn encode(&self, verdict: Result<(), Refused>) -> [u8; HELLO_BYTES] {
        let mut bytes = [0; HELLO_BYTES];
        let verdict = verdict.map_or_else(|refused| refused as u8, |()| 0);
        let fields: [&[u8]; 9] = [
            &MAGIC,
            &self.version_min.to_be_bytes(),
            &self.version_max.to_be_bytes(),
            &[self.role as u8],
            &[verdict],
            &self.cluster.0.to_be_bytes(),
            &self.node.0.to_be_bytes(),
            &self.incarnation.0.to_be_bytes(),
            &self.epoch.0.to_be_bytes(),
        ];
        for (to, from) in bytes.iter_mut().zip(fields.into_iter().flatten()) {
            *to = *from;
        }
        bytes
    }

    /// The other side's hello, and its verdict on ours.
    ///
    /// # Errors
    /// The bytes are no hello.
    pub fn decode(bytes: &[u8; HELLO_BYTES]) -> Result<(Self, Result<(), Refused>), NotHello> {
        let [m0, m1, m2, m3, l0, l1, h0, h1, role, verdict, rest @ ..] = *bytes;
        if [m0, m1, m2, m3] != MAGIC {
            return Err(NotHello::Magic);
        }
        let role = match role {
            1 => Role::Client,
            2 => Role::Peer,
            _ => return Err(NotHello::Role),
        };
        let (cluster, rest) = take::<16>(&rest);
        let (node, rest) = take::<2>(rest);
        let (incarnation, rest) = take::<4>(rest);
        let (epoch, _) = take::<4>(rest);
        let hello = Self {
            version_min: u16::from_be_bytes([l0, l1]),
            version_max: u16::from_be_bytes([h0, h1]),
            role,
            cluster: ClusterId(u128::from_be_bytes(cluster)),
            node: NodeId(u16::from_be_bytes(node)),
            incarnation: Incarnation(u32::from_be_bytes(incarnation)),
            epoch: ConfigEpoch(u32::from_be_bytes(epoch)),
        };
        Ok((hello, Refused::from_verdict(verdict)))
    }

    /// Whether this node speaks to one that opened a connection with `theirs`, and in which version. What
    /// only the node knows (voters, incarnations, load) it judges beside this.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(&self, theirs: &Self) -> Result<u16, Refused> {
        let version = self.common_version(theirs)?;
        let client = theirs.role == Role::Client;
        if theirs.cluster != self.cluster && !(client && theirs.cluster == ClusterId(0)) {
            return Err(Refused::Cluster);
        }
        if theirs.epoch != self.epoch && !(client && theirs.epoch == ConfigEpoch(0)) {
            return Err(Refused::Epoch);
        }
        if client != (theirs.node == NO_NODE) || theirs.node == self.node {
            return Err(Refused::Node);
        }
        Ok(version)
    }

    /// Whether this opener takes the node that answered with `theirs`, and in which version.
    ///
    /// # Errors
    /// Why not.
    pub fn trust(&self, theirs: &Self) -> Result<u16, Refused> {
        if theirs.role != Role::Peer {
            return Err(Refused::Role);
        }
        theirs.admit(self)
    }

    fn common_version(&self, theirs: &Self) -> Result<u16, Refused> {
        let highest = self.version_max.min(theirs.version_max);
        let lowest = self.version_min.max(theirs.version_min);
        if lowest <= highest { Ok(highest) } else { Err(Refused::Version) }
    }
}

impl Refused {
    fn from_verdict(verdict: u8) -> Result<(), Self> {
        Err(match verdict {
            0 => return Ok(()),
            1 => Self::Version,
            2 => Self::Cluster,
            3 => Self::Epoch,
            4 => Self::Node,
            5 => Self::Incarnation,
            6 => Self::Overloaded,
            7 => Self::ShuttingDown,
            8 => Self::Role,
            _ => Self::Other,
        })
    }
}

/// The first `N` bytes, and the rest. Every call above has them, since a hello's size is fixed.
fn take<const N: usize>(bytes: &[u8]) -> ([u8; N], &[u8]) {
    bytes.split_first_chunk::<N>().map_or(([0; N], bytes), |(head, rest)| (*head, rest))
}

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A text that is no cluster id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cluster id is 1 to 32 hexadecimal digits")]
pub struct NotClusterId;

impl FromStr for ClusterId {
    type Err = NotClusterId;

    fn from_str(text: &str) -> Result<Self, NotClusterId> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(Self).ok_or(NotClusterId)
    }
}
