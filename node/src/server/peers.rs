use super::notices::Notices;
use crate::metrics::{Histogram, SECONDS};
use crate::store::PeerStarts;
use quorate_client::wire::limits::PEER_CONNECTIONS_MAX;
use quorate_client::wire::{Hello, Refused};
use quorate_protocol::{Config, Incarnation, NodeId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use tokio::sync::Notify;

/// The other voters, as this node's server sees them.
#[derive(Debug)]
pub(super) struct Peers {
    by_node: BTreeMap<NodeId, Arc<Peer>>,
    voters: Config,
}

/// One other voter. Nothing here carries a vote or a record: it is who is up, and who may connect.
#[derive(Debug)]
pub(super) struct Peer {
    /// Which node.
    pub(super) node: NodeId,
    /// Where it listens, host:port.
    pub(super) address: String,
    /// What was lately said about it in the log.
    pub(super) notices: Notices,
    /// From sending a delivery to it to its acknowledgement.
    pub(super) rtt: Histogram,
    up: AtomicBool,
    incarnation: AtomicU32,
    inbound: AtomicUsize,
    heard: Notify,
}

/// One of the connections that a peer may have here; given back when dropped.
#[derive(Debug)]
pub(super) struct Inbound(Arc<Peer>);

impl Peers {
    /// The members other than `me`; `starts` are the incarnations that are durably known.
    pub(super) fn new(me: NodeId, members: &BTreeMap<NodeId, String>, voters: Config, starts: &PeerStarts) -> Self {
        let others = members.iter().filter(|(node, _)| **node != me);
        let by_node = others.map(|(node, address)| {
            let peer = Peer {
                node: *node,
                address: address.clone(),
                notices: Notices::default(),
                rtt: Histogram::new(SECONDS),
                up: AtomicBool::new(false),
                incarnation: AtomicU32::new(starts.highest(*node).0),
                inbound: AtomicUsize::new(0),
                heard: Notify::new(),
            };
            (*node, Arc::new(peer))
        });
        Self { by_node: by_node.collect(), voters }
    }

    /// One of them.
    pub(super) fn get(&self, node: NodeId) -> Option<&Arc<Peer>> {
        self.by_node.get(&node)
    }

    /// All of them, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Peer>> {
        self.by_node.values()
    }

    /// Whether this node and those that are up are a majority, in words.
    ///
    /// # Errors
    /// How many more are needed.
    pub(super) fn check_majority(&self, me: NodeId) -> Result<String, String> {
        let mut up = quorate_protocol::NodeSet::default();
        up.insert(&self.voters, me);
        self.iter().filter(|peer| peer.is_up()).for_each(|peer| up.insert(&self.voters, peer.node));
        let reached = format!("{} of {} voters reachable", up.len(), self.voters.voters().len());
        if self.voters.is_majority(up) {
            return Ok(reached);
        }
        Err(format!("{reached}, {} needed", self.voters.majority()))
    }

    /// Whether a peer that says this hello may connect, as far as its place and its incarnation go.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn admit(&self, theirs: &Hello) -> Result<Inbound, Refused> {
        let peer = self.get(theirs.node).ok_or(Refused::Node)?;
        if theirs.incarnation < peer.incarnation() || theirs.incarnation == Incarnation(0) {
            return Err(Refused::Incarnation);
        }
        peer.join().ok_or(Refused::Overloaded)
    }
}

impl Peer {
    /// Whether a connection to it is up, and it answered lately.
    pub(super) fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// Sets whether it is up; whether that is news.
    pub(super) fn set_up(&self, up: bool) -> bool {
        self.up.swap(up, Ordering::Relaxed) != up
    }

    /// It said something, so it may well be reachable: no need to wait before it is tried again.
    pub(super) fn hear(&self) {
        if !self.is_up() {
            self.heard.notify_one();
        }
    }

    /// Ready when it says something while it is not up, or has since this was last ready.
    pub(super) async fn heard(&self) {
        self.heard.notified().await;
    }

    /// Its highest incarnation that is known here; 0 for none.
    pub(super) fn incarnation(&self) -> Incarnation {
        Incarnation(self.incarnation.load(Ordering::Acquire))
    }

    /// Takes a start into account. Connections of earlier ones end with their next delivery.
    pub(super) fn raise(&self, incarnation: Incarnation) {
        self.incarnation.fetch_max(incarnation.0, Ordering::AcqRel);
    }

    fn join(self: &Arc<Self>) -> Option<Inbound> {
        let joined = self.inbound.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |connections| {
            (connections < PEER_CONNECTIONS_MAX).then_some(connections + 1)
        });
        joined.ok().map(|_| Inbound(Arc::clone(self)))
    }
}

impl Inbound {
    /// Whose connection it is.
    pub(super) fn peer(&self) -> &Arc<Peer> {
        &self.0
    }
}

impl Drop for Inbound {
    fn drop(&mut self) {
        self.0.inbound.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quorate_client::wire::ClusterId;
    use quorate_protocol::ConfigEpoch;

    fn peers() -> Peers {
        let members: BTreeMap<_, _> = (1..=3).map(|node| (NodeId(node), format!("127.0.0.1:{node}"))).collect();
        let voters = Config::new(ConfigEpoch(1), members.keys().copied()).unwrap();
        let mut starts = PeerStarts::default();
        starts.raise(NodeId(2), Incarnation(5));
        Peers::new(NodeId(1), &members, voters, &starts)
    }

    fn hello(node: u16, incarnation: u32) -> Hello {
        Hello::node(ClusterId(9), NodeId(node), Incarnation(incarnation), ConfigEpoch(1))
    }

    #[test]
    fn a_lower_incarnation_is_refused() {
        let peers = peers();
        assert_eq!(peers.admit(&hello(2, 4)).unwrap_err(), Refused::Incarnation);
        drop(peers.admit(&hello(2, 5)).unwrap());
        peers.get(NodeId(2)).unwrap().raise(Incarnation(6));
        peers.get(NodeId(2)).unwrap().raise(Incarnation(3));
        assert_eq!(peers.admit(&hello(2, 5)).unwrap_err(), Refused::Incarnation);
        assert_eq!(peers.admit(&hello(3, 0)).unwrap_err(), Refused::Incarnation);
    }

    #[test]
    fn strangers_and_crowds_are_refused() {
        let peers = peers();
        assert_eq!(peers.admit(&hello(4, 1)).unwrap_err(), Refused::Node);
        assert_eq!(peers.admit(&hello(1, 1)).unwrap_err(), Refused::Node);
        let mut held: Vec<_> = (0..PEER_CONNECTIONS_MAX).map(|_| peers.admit(&hello(3, 1)).unwrap()).collect();
        assert_eq!(peers.admit(&hello(3, 1)).unwrap_err(), Refused::Overloaded);
        held.pop();
        assert!(peers.admit(&hello(3, 1)).is_ok());
    }

    #[test]
    fn a_peer_that_speaks_is_heard_unless_it_is_up() {
        use futures::FutureExt;
        let peers = peers();
        let peer = peers.get(NodeId(2)).unwrap();
        assert_eq!(peer.heard().now_or_never(), None);
        peer.hear();
        peer.hear();
        assert_eq!(peer.heard().now_or_never(), Some(()));
        assert_eq!(peer.heard().now_or_never(), None, "once for all that was said");
        peer.set_up(true);
        peer.hear();
        assert_eq!(peer.heard().now_or_never(), None);
    }

    #[test]
    fn ready_with_a_majority() {
        let peers = peers();
        assert!(peers.check_majority(NodeId(1)).unwrap_err().starts_with("1 of 3"));
        assert!(peers.get(NodeId(3)).unwrap().set_up(true));
        assert!(!peers.get(NodeId(3)).unwrap().set_up(true));
        assert_eq!(peers.check_majority(NodeId(1)).as_deref(), Ok("2 of 3 voters reachable"));
    }
}
