use super::shared::Shared;
use crate::admin::{Exposition, Source};
use crate::engine::EngineStatus;
use crate::recording::{Recording, RecordingStats};
use quorate_client::wire::limits::CORRUPT_LISTED_MAX;
use quorate_client::wire::{Counter, NodeStatus, VoterStatus};
use std::time::Duration;

type Plain = (&'static str, &'static str, u64);

impl Shared {
    /// How the node is, for clients.
    pub(super) fn status(&self) -> NodeStatus {
        let engine = self.engine.status();
        let plain = engine_counters(&engine).into_iter().chain(self.metrics.plain());
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
            counters: plain.map(|(name, _, value)| Counter { name: name.to_owned(), value }).collect(),
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

impl Source for Shared {
    fn ready(&self) -> Result<(), String> {
        if self.shutdown.is_requested() {
            return Err("stopping".to_owned());
        }
        let engine = self.engine.status();
        if let Some(fatal) = engine.fatal {
            return Err(fatal.to_string());
        }
        if engine.full {
            return Err("the store is nearly full; writes are refused".to_owned());
        }
        self.peers.check_majority(self.hello.node)
    }

    fn metrics(&self) -> String {
        let engine = self.engine.status();
        let mut page = Exposition::default();
        self.metrics.expose(&mut page);
        for (name, help, value) in engine_counters(&engine) {
            page.counter(name, help, value);
        }
        for (name, help, value) in recorded(&self.recording.as_ref().map(Recording::stats).unwrap_or_default()) {
            page.counter(name, help, value);
        }
        for (name, help, value) in engine_gauges(&engine) {
            page.metric(name, "gauge", help);
            page.sample(name, &[], value);
        }
        page.metric("quorate_peer_up", "gauge", "Whether a connection to the peer is up.");
        for peer in self.peers.iter() {
            page.sample("quorate_peer_up", &[("peer", &peer.node.0.to_string())], u8::from(peer.is_up()));
        }
        page.finish()
    }
}

fn engine_counters(engine: &EngineStatus) -> [Plain; 9] {
    let counters = &engine.counters;
    [
        ("quorate_prepares_total", "Prepares begun.", counters.prepares),
        ("quorate_commits_total", "Commits of the store; each synced the disk.", engine.commits),
        ("quorate_records_written_total", "Records that those commits wrote.", engine.records_written),
        ("quorate_answers_total", "Attempts at a write that were answered.", counters.answers),
        ("quorate_expired_total", "Attempts at a write taken back at their deadline.", counters.expired),
        ("quorate_malformed_total", "Messages of peers that no replica can have sent.", counters.malformed),
        ("quorate_inbox_dropped_total", "Messages of peers dropped since the inbox was full.", engine.inbox_dropped),
        (
            "quorate_outbox_dropped_total",
            "Messages for peers dropped since the outbox was full.",
            engine.outbox_dropped,
        ),
        ("quorate_overloaded_total", "Requests refused since the node had too much under way.", engine.overloaded),
    ]
}

fn recorded(stats: &RecordingStats) -> [Plain; 3] {
    [
        ("quorate_recorded_events_total", "Events written to the recording.", stats.events),
        ("quorate_recorded_bytes_total", "Bytes written to the recording.", stats.bytes),
        ("quorate_record_dropped_total", "Events that the recording lacks.", stats.dropped),
    ]
}

fn engine_gauges(engine: &EngineStatus) -> [Plain; 6] {
    [
        (
            "quorate_corrupt_logs",
            "Logs met since the start whose record failed its check.",
            count(engine.corrupt.len()),
        ),
        ("quorate_logs", "Logs with a record.", engine.logs),
        ("quorate_logs_in_memory", "Logs that the drivers hold.", engine.hosted),
        ("quorate_waiting", "Attempts at a write that wait for an answer.", engine.waiting),
        ("quorate_store_used_bytes", "Bytes of the data file in use.", engine.used_bytes),
        ("quorate_store_map_bytes", "Bytes that the data file may grow to.", engine.map_bytes),
    ]
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
