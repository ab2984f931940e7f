use crate::metrics::{Kind, Metric};

pub(super) const TABLE: &[Metric] = &[
    Metric {
        name: "quorate_peer_up",
        kind: Kind::Gauge,
        labels: &["peer"],
        help: "Whether a connection to the peer is up, and it answered lately: 1 or 0.",
        watch: "0: the peer is down or unreachable; this node's log says why. Writes and reads go on while a majority is \
                up, without room for one more failure.",
        read: |numbers, samples| {
            for peer in &numbers.peers {
                samples.labelled([("peer", peer.node.to_string().into())], u64::from(peer.is_up));
            }
        },
    },
    Metric {
        name: "quorate_peer_rtt_seconds",
        kind: Kind::Histogram,
        labels: &["peer"],
        help: "From sending a delivery to its acknowledgement, which waits for no disk: the network, and the peer's \
               processor.",
        watch: "One peer's is long: its network or its processor; a write that needs it waits as long.",
        read: |numbers, samples| {
            for peer in &numbers.peers {
                samples.distribution([("peer", peer.node.to_string().into())], &peer.rtt);
            }
        },
    },
    Metric {
        name: "quorate_peer_queue_depth",
        kind: Kind::Gauge,
        labels: &["peer"],
        help: "Messages that wait to be sent to the peer.",
        watch: "It grows: the peer takes in less than this node has for it; beyond `quorate_queue_limit` of `outbox`, \
                messages are dropped and sent again later.",
        read: |numbers, samples| {
            for peer in &numbers.peers {
                samples.labelled([("peer", peer.node.to_string().into())], peer.queue);
            }
        },
    },
    Metric {
        name: "quorate_envelopes_in_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Messages of peers taken in.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.server.envelopes_in),
    },
    Metric {
        name: "quorate_envelopes_out_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Messages sent to peers.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.server.envelopes_out),
    },
    Metric {
        name: "quorate_envelopes_dropped_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Messages for peers dropped since the peer was down or slow.",
        watch: "It rises while every `quorate_peer_up` is 1: connections break often; look at the network.",
        read: |numbers, samples| samples.count(numbers.server.envelopes_dropped),
    },
    Metric {
        name: "quorate_deliveries_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Frames of messages sent to peers; each holds what was ready since the last.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.server.deliveries),
    },
    Metric {
        name: "quorate_connections_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Connections let in, of clients and peers.",
        watch: "It rises as fast as requests: clients connect anew for each; have them keep one `Client`.",
        read: |numbers, samples| samples.count(numbers.server.connections),
    },
    Metric {
        name: "quorate_connections_refused_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Connections refused, or without a proper hello.",
        watch: "It rises: another cluster, another epoch, a stale start or too many connections; the log says which.",
        read: |numbers, samples| samples.count(numbers.server.connections_refused),
    },
    Metric {
        name: "quorate_inbox_dropped_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Messages of peers dropped since the inbox or the store was full.",
        watch: "It rises: this node is slower than its peers: its processor, or a full store.",
        read: |numbers, samples| samples.count(numbers.engine.inbox_dropped),
    },
    Metric {
        name: "quorate_outbox_dropped_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Messages for peers dropped since the outbox was full.",
        watch: "It rises: a peer, or the network to it, is slower than this node.",
        read: |numbers, samples| samples.count(numbers.engine.outbox_dropped),
    },
];
