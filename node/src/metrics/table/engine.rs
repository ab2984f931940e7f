use crate::metrics::{Kind, Metric, Numbers, Samples};

pub(super) const TABLE: &[Metric] = &[
    Metric {
        name: "quorate_engine_commit_duration_seconds",
        kind: Kind::Histogram,
        labels: &[],
        help: "A commit of the store, from its first record to its last sync.",
        watch: "Much above `quorate_engine_fsync_duration_seconds`: the processor, or pages read from a data file that \
                memory does not hold.",
        read: |numbers, samples| samples.distribution([], &numbers.engine.commit_seconds),
    },
    Metric {
        name: "quorate_engine_fsync_duration_seconds",
        kind: Kind::Histogram,
        labels: &[],
        help: "The part of a commit that writes pages and syncs them: one fdatasync of the data, and one synced write of \
               the meta page. LMDB does not tell the two apart.",
        watch: "p99 above some 50 ms: the disk is slow or shared. One slow disk of three costs the writes nothing; two do.",
        read: |numbers, samples| samples.distribution([], &numbers.engine.sync_seconds),
    },
    Metric {
        name: "quorate_engine_batch_size",
        kind: Kind::Histogram,
        labels: &[],
        help: "Records in a commit.",
        watch: "",
        read: |numbers, samples| samples.distribution([], &numbers.engine.batch_records),
    },
    Metric {
        name: "quorate_commits_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Commits of the store; each synced the disk.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.engine.commits),
    },
    Metric {
        name: "quorate_records_written_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Records that those commits wrote.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.engine.records_written),
    },
    Metric {
        name: "quorate_queue_depth",
        kind: Kind::Gauge,
        labels: &["queue"],
        help: "What waits: events for the drivers (`inbox`), turns of the drivers for the writer (`commits`), attempts at \
               a write for their answer (`attempts`), clients' connections that are open (`clients`).",
        watch: "One stays near its `quorate_queue_limit`: requests are refused beyond it. `commits`: the disk; `inbox`: \
                the processor; `attempts`: no majority answers; `clients`: raise `connections`.",
        read: depths,
    },
    Metric {
        name: "quorate_queue_limit",
        kind: Kind::Gauge,
        labels: &["queue"],
        help: "The bound of each queue; `outbox` is that of the messages for one peer.",
        watch: "",
        read: limits,
    },
    Metric {
        name: "quorate_logs",
        kind: Kind::Gauge,
        labels: &[],
        help: "Keys with a record, deleted ones included.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.engine.logs),
    },
    Metric {
        name: "quorate_logs_in_memory",
        kind: Kind::Gauge,
        labels: &[],
        help: "Keys that the drivers hold.",
        watch: "At `logs_in_memory`, with many of `quorate_log_loads_total`: raise that bound.",
        read: |numbers, samples| samples.count(numbers.engine.hosted),
    },
    Metric {
        name: "quorate_log_loads_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Keys that the drivers read from the store, absent ones included.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.engine.counters.loads),
    },
    Metric {
        name: "quorate_lmdb_used_bytes",
        kind: Kind::Gauge,
        labels: &[],
        help: "Bytes of the data file in use, free pages inside it included; it never shrinks.",
        watch: "Above 80 % of `quorate_lmdb_map_bytes`: raise `map_gib` and restart, and see that the disk has the room.",
        read: |numbers, samples| samples.count(numbers.engine.used_bytes),
    },
    Metric {
        name: "quorate_lmdb_map_bytes",
        kind: Kind::Gauge,
        labels: &[],
        help: "Bytes that the data file may grow to; writes are refused from 95 % on.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.engine.map_bytes),
    },
    Metric {
        name: "quorate_lmdb_readers",
        kind: Kind::Gauge,
        labels: &[],
        help: "Slots of LMDB's reader table that were ever in use at a time. A read transaction lasts as long as copying \
               one record out, and LMDB's binding does not tell its age.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.engine.readers),
    },
    Metric {
        name: "quorate_recorded_events_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Events written to the recording, if there is one.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.recording.events),
    },
    Metric {
        name: "quorate_recorded_bytes_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Bytes written to the recording.",
        watch: "",
        read: |numbers, samples| samples.count(numbers.recording.bytes),
    },
    Metric {
        name: "quorate_record_dropped_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Events that the recording lacks, since writing it was too slow, had failed or had reached its bound.",
        watch: "Above 0: the recording cannot be replayed past its first gap; raise `record_mib`, or take a faster disk.",
        read: |numbers, samples| samples.count(numbers.recording.dropped),
    },
];

fn depths(numbers: &Numbers, samples: &mut Samples) {
    let engine = &numbers.engine;
    let queues = [
        ("inbox", engine.inbox),
        ("commits", engine.commit_queue),
        ("attempts", engine.waiting),
        ("clients", numbers.server.clients),
    ];
    for (queue, depth) in queues {
        samples.labelled([("queue", queue.into())], depth);
    }
}

fn limits(numbers: &Numbers, samples: &mut Samples) {
    let limits = &numbers.engine.limits;
    let queues = [
        ("inbox", limits.inbox),
        ("commits", limits.commits),
        ("attempts", limits.attempts),
        ("clients", numbers.server.clients_max),
        ("outbox", limits.outbox),
    ];
    for (queue, limit) in queues {
        samples.labelled([("queue", queue.into())], limit);
    }
}
