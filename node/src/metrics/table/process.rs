use crate::metrics::{Kind, Metric};

pub(super) const TABLE: &[Metric] = &[
    Metric {
        name: "quorate_build_info",
        kind: Kind::Gauge,
        labels: &["version", "arch", "os"],
        help: "Always 1; its labels say what runs.",
        watch: "Nodes differ for long: a rolling upgrade that was not finished.",
        read: |_, samples| {
            let labels = [
                ("version", env!("CARGO_PKG_VERSION").into()),
                ("arch", std::env::consts::ARCH.into()),
                ("os", std::env::consts::OS.into()),
            ];
            samples.labelled(labels, 1);
        },
    },
    Metric {
        name: "quorate_node_info",
        kind: Kind::Gauge,
        labels: &["node", "cluster", "epoch"],
        help: "Always 1; its labels say which node of which cluster this is.",
        watch: "",
        read: |numbers, samples| {
            let identity = &numbers.identity;
            let labels = [
                ("node", identity.node.to_string().into()),
                ("cluster", identity.cluster.clone().into()),
                ("epoch", identity.epoch.to_string().into()),
            ];
            samples.labelled(labels, 1);
        },
    },
    Metric {
        name: "quorate_incarnation",
        kind: Kind::Gauge,
        labels: &[],
        help: "The number of this start; it rises by one at each.",
        watch: "It rises and nobody restarted the node: it stopped by itself; its log and its exit code say why.",
        read: |numbers, samples| samples.count(u64::from(numbers.identity.incarnation)),
    },
    Metric {
        name: "quorate_uptime_seconds",
        kind: Kind::Gauge,
        labels: &[],
        help: "How long the node has run.",
        watch: "",
        read: |numbers, samples| samples.number(numbers.uptime.as_secs_f64()),
    },
    Metric {
        name: "process_start_time_seconds",
        kind: Kind::Gauge,
        labels: &[],
        help: "When the process started, in seconds since 1970, by its machine's clock.",
        watch: "",
        read: |numbers, samples| numbers.process.started.into_iter().for_each(|at| samples.number(at)),
    },
    Metric {
        name: "process_cpu_seconds_total",
        kind: Kind::Counter,
        labels: &[],
        help: "Processor time.",
        watch: "As many seconds a second as there are processors: the node is bound by them.",
        read: |numbers, samples| numbers.process.cpu_seconds.into_iter().for_each(|seconds| samples.number(seconds)),
    },
    Metric {
        name: "process_resident_memory_bytes",
        kind: Kind::Gauge,
        labels: &[],
        help: "Bytes in memory; pages of the data file that are mapped count, and can be given back.",
        watch: "",
        read: |numbers, samples| numbers.process.resident_bytes.into_iter().for_each(|bytes| samples.count(bytes)),
    },
    Metric {
        name: "process_open_fds",
        kind: Kind::Gauge,
        labels: &[],
        help: "Descriptors that are open.",
        watch: "Near `process_max_fds`: connections will fail; raise the limit, or lower `connections`.",
        read: |numbers, samples| numbers.process.open_fds.into_iter().for_each(|open| samples.count(open)),
    },
    Metric {
        name: "process_max_fds",
        kind: Kind::Gauge,
        labels: &[],
        help: "How many descriptors may be open.",
        watch: "",
        read: |numbers, samples| numbers.process.max_fds.into_iter().for_each(|most| samples.count(most)),
    },
];
