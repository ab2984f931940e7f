use crate::metrics::{Distribution, Kind, Metric, SMALL};

pub(super) const TABLE: &[Metric] = &[
    Metric {
        name: "quorate_paxos_rounds",
        kind: Kind::Histogram,
        labels: &[],
        help: "Round trips to a majority that a write took at this node, at least: one for the accept, and one for each \
               prepare that its key's proposer began while it waited. The share of those in bucket 1 is that of the fast \
               path.",
        watch: "The share in bucket 1 falls: keys are written through several nodes in turn. Have the writers of a key \
                prefer one node.",
        read: |numbers, samples| {
            let counters = &numbers.engine.counters;
            samples.distribution([], &Distribution::new(SMALL, &counters.rounds, counters.rounds_sum()));
        },
    },
    Metric {
        name: "quorate_paxos_prepares_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Prepares begun. In the steady state far fewer than writes: the first write of a key takes one, and each \
               change of the node that writes it.",
        watch: "As many as writes: as for `quorate_paxos_rounds`.",
        read: |numbers, samples| samples.count(numbers.engine.counters.prepares),
    },
    Metric {
        name: "quorate_paxos_conflicts_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Times that this node's proposer left a key alone for a while, since it had met another proposer's round.",
        watch: "It rises with latency: several nodes propose for one key at a time. Have the writers of a key prefer one \
                node.",
        read: |numbers, samples| samples.count(numbers.engine.counters.deferrals),
    },
    Metric {
        name: "quorate_paxos_resends_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Times that a key's proposer sent an open round again, since no majority had answered it in time.",
        watch: "It rises: peers are down, slow or unreachable; see `quorate_peer_up`, `quorate_peer_rtt_seconds` and \
                their `quorate_engine_fsync_duration_seconds`.",
        read: |numbers, samples| samples.count(numbers.engine.counters.resends),
    },
    Metric {
        name: "quorate_malformed_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Messages of peers that no replica can have sent, or that are over a limit.",
        watch: "Above 0: a peer runs something else, or a fault of ours. Compare versions; keep the log.",
        read: |numbers, samples| samples.count(numbers.engine.counters.malformed),
    },
    Metric {
        name: "quorate_corrupt_logs",
        kind: Kind::Gauge,
        labels: &[],
        help: "Keys met since the start whose record failed its check; the node neither votes nor answers for them.",
        watch: "Above 0: see \"A corrupt record\" in the chapter on operating. `status` names the keys.",
        read: |numbers, samples| samples.len(numbers.engine.corrupt.len()),
    },
];
