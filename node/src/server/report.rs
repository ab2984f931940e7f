use super::shared::Shared;
use crate::admin::{Check, Source};
use crate::metrics::{self, Identity, Numbers, PeerNumbers, ProcessNumbers};
use crate::recording::Recording;
use quorate_client::wire::limits::CORRUPT_LISTED_MAX;
use quorate_client::wire::{NodeStatus, VoterStatus};
use std::time::Duration;

impl Shared {
    /// How the node is, for clients.
    pub(super) fn node_status(&self) -> NodeStatus {
        let numbers = self.numbers();
        let counters = metrics::counters(&numbers);
        let engine = numbers.engine;
        NodeStatus {
            node: self.hello.node,
            incarnation: self.hello.incarnation,
            cluster: self.hello.cluster,
            epoch: self.hello.epoch,
            voters: self.voters(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_ms: millis(self.started.elapsed()),
            logs: engine.logs,
            corrupt: count(engine.corrupt.len()),
            corrupt_logs: engine.corrupt.into_iter().take(CORRUPT_LISTED_MAX).collect(),
            counters,
        }
    }

    /// All that it knows of itself.
    fn numbers(&self) -> Numbers {
        let clients_max = self.config.limits.connections;
        let clients = clients_max.saturating_sub(self.client_slots.available_permits());
        let engine = self.engine.status();
        let peer = |peer: &std::sync::Arc<super::peers::Peer>| PeerNumbers {
            node: peer.node.0,
            is_up: peer.is_up(),
            rtt: peer.rtt.read(),
            queue: engine.outboxes.iter().find(|(node, _)| *node == peer.node).map_or(0, |(_, queue)| *queue),
        };
        Numbers {
            identity: Identity {
                node: self.hello.node.0,
                cluster: self.hello.cluster.to_string(),
                epoch: self.hello.epoch.0,
                incarnation: self.hello.incarnation.0,
            },
            uptime: self.started.elapsed(),
            requests: self.metrics.requests.read(),
            server: self.metrics.read(clients, clients_max),
            peers: self.peers.iter().map(peer).collect(),
            recording: self.recording.as_ref().map(Recording::stats).unwrap_or_default(),
            process: ProcessNumbers::read(),
            engine,
        }
    }

    fn voters(&self) -> Vec<VoterStatus> {
        let voter = |(node, address): (&_, &String)| {
            let peer = self.peers.get(*node);
            VoterStatus {
                node: *node,
                address: address.clone(),
                up: peer.is_none_or(|peer| peer.is_up()),
                incarnation: peer.map_or(self.hello.incarnation, |peer| peer.incarnation()),
            }
        };
        self.config.members.iter().map(voter).collect()
    }
}

impl Shared {
    /// Whether it can serve; else what is missing, in words.
    pub(super) fn ready(&self) -> Result<(), String> {
        self.checks().iter().find_map(Check::missing).map_or(Ok(()), |missing| Err(missing.to_owned()))
    }
}

impl Source for Shared {
    fn checks(&self) -> Vec<Check> {
        let engine = self.engine.status();
        let start = format!("as start {} of node {}", self.hello.incarnation.0, self.hello.node.0);
        let serving = if self.shutdown.is_requested() { Err("stopping".to_owned()) } else { Ok(start) };
        let store = match &engine.fatal {
            Some(fatal) => Err(fatal.to_string()),
            None => Ok(format!("{} keys, {} corrupt", engine.logs, engine.corrupt.len())),
        };
        let used = format!("{} of {} bytes", engine.used_bytes, engine.map_bytes);
        let room = if engine.full { Err("the store is nearly full; writes are refused".to_owned()) } else { Ok(used) };
        vec![
            Check::new("serving", serving),
            Check::new("store", store),
            Check::new("room", room),
            Check::new("majority", self.peers.check_majority(self.hello.node)),
        ]
    }

    fn metrics(&self) -> String {
        metrics::page(self.numbers())
    }

    fn slow_ops(&self) -> String {
        self.slow.to_json()
    }
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
