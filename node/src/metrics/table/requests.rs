use crate::metrics::{Kind, Metric, Numbers, Op, Outcome, Samples};

pub(super) const TABLE: &[Metric] = &[
    Metric {
        name: "quorate_requests_total",
        kind: Kind::Counter,
        labels: &["op", "consistency", "outcome"],
        help: "Requests of clients that were answered. One operation of a client may be several requests: attempts of a \
               write, or a read's questions to each replica.",
        watch: "Outcome `refused` rises: the node is overloaded, full or stopping, or clients speak another epoch; its \
                log and `quorate_overloaded_total` tell which.",
        read: requests,
    },
    Metric {
        name: "quorate_request_duration_seconds",
        kind: Kind::Histogram,
        labels: &["op"],
        help: "From taking a request in to its answer. A write waits for a commit here and at a majority.",
        watch: "Writes are slow: look at `quorate_engine_fsync_duration_seconds` here and at the other nodes, then at \
                `quorate_peer_rtt_seconds`, then at `quorate_paxos_conflicts_total`. Reads are slow: the processor is busy.",
        read: durations,
    },
    Metric {
        name: "quorate_unknown_outcomes_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Attempts at a write answered with unknown: they were proposed, and their deadline passed before they were \
               chosen.",
        watch: "It rises: no majority answers in time. Look at `quorate_peer_up` at every node; clients ask with \
                `resolve` what became of a write.",
        read: |numbers, samples| samples.count(numbers.requests.with(Outcome::Unknown)),
    },
    Metric {
        name: "quorate_reads_answered_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Replies of this replica to linearizable reads.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.requests.of(Op::Read, Outcome::Ok)),
    },
    Metric {
        name: "quorate_reads_served_total",
        kind: Kind::Counter,
        labels: &["source"],
        help: "Replies that told what this replica holds, by where it was found: in memory (`cache`) or in LMDB (`store`).",
        watch: "Mostly `store`: more keys are in use than fit; raise `logs_in_memory`.",
        read: |numbers, samples| {
            samples.labelled([("source", "cache".into())], numbers.engine.reads_cached);
            samples.labelled([("source", "store".into())], numbers.engine.reads_stored);
        },
    },
    Metric {
        name: "quorate_read_repair_total",
        kind: Kind::Counter,
        labels: &["step"],
        help: "Requests of readers that found a slot open: to send its vote on (`help`), or to complete it (`settle`).",
        watch: "A large share of the reads: keys are read while they are written, which costs a second round; `settle` \
                alone: writers vanish in the middle of their writes.",
        read: |numbers, samples| {
            for op in [Op::Help, Op::Settle] {
                samples.labelled([("step", op.name().into())], numbers.requests.of(op, Outcome::Ok));
            }
        },
    },
    Metric {
        name: "quorate_overloaded_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Requests refused since the node had too much under way, or its store has no room.",
        watch: "It rises: compare `quorate_queue_depth` with `quorate_queue_limit`, and `quorate_lmdb_used_bytes` with \
                `quorate_lmdb_map_bytes`. Fewer clients, a faster disk, or a higher bound.",
        read: |numbers, samples| samples.count(numbers.engine.overloaded),
    },
    Metric {
        name: "quorate_answers_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Attempts at a write that the drivers answered.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.engine.counters.answers),
    },
    Metric {
        name: "quorate_expired_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Attempts at a write taken back at their deadline.",
        watch: "It rises: as for `quorate_unknown_outcomes_total`; those that were never proposed are surely not applied.",
        read: |numbers, samples| samples.count(numbers.engine.counters.expired),
    },
];

fn requests(numbers: &Numbers, samples: &mut Samples) {
    for op in Op::ALL {
        for outcome in op.outcomes() {
            let labels = [
                ("op", op.name().into()),
                ("consistency", op.consistency().name().into()),
                ("outcome", outcome.name().into()),
            ];
            samples.labelled(labels, numbers.requests.of(op, *outcome));
        }
    }
}

fn durations(numbers: &Numbers, samples: &mut Samples) {
    for (op, seconds) in numbers.requests.seconds() {
        samples.distribution([("op", op.name().into())], seconds);
    }
}
