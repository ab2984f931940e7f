//! The table: every metric, by what it is about.

mod engine;
mod paxos;
mod peers;
mod process;
mod requests;

use super::Metric;

/// Every metric, in groups: a title, and what belongs to it.
pub const METRICS: &[(&str, &[Metric])] = &[
    ("Requests", requests::TABLE),
    ("Paxos", paxos::TABLE),
    ("Peers and connections", peers::TABLE),
    ("Engine and store", engine::TABLE),
    ("Node and process", process::TABLE),
];

/// Every metric.
pub fn metrics() -> impl Iterator<Item = &'static Metric> {
    METRICS.iter().flat_map(|(_, group)| group.iter())
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Numbers, PeerNumbers, Value};
    use super::*;
    use std::collections::BTreeSet;

    fn numbers() -> Numbers {
        Numbers { peers: vec![PeerNumbers { node: 2, ..PeerNumbers::default() }], ..Numbers::default() }
    }

    #[test]
    fn names_follow_the_conventions() {
        let mut names = BTreeSet::new();
        for metric in metrics() {
            let name = metric.name;
            assert!(names.insert(name), "{name} is there twice");
            assert!(name.starts_with("quorate_") || name.starts_with("process_"), "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
            assert_eq!(name.ends_with("_total"), metric.kind == Kind::Counter, "{name}");
            assert!(!["_bucket", "_sum", "_count", "_ms", "_us"].iter().any(|end| name.ends_with(end)), "{name}");
            assert!(metric.help.ends_with('.') && !metric.help.contains(['\n', '|', '\\']), "{name}: {}", metric.help);
            assert!(metric.watch.is_empty() || metric.watch.ends_with('.'), "{name}: {}", metric.watch);
            assert!(!metric.watch.contains(['\n', '|']), "{name}: {}", metric.watch);
        }
    }

    #[test]
    fn samples_are_of_the_kind_and_with_the_labels_that_the_table_names() {
        for metric in metrics() {
            let mut seen = BTreeSet::new();
            for sample in metric.samples(&numbers()) {
                let labels: Vec<&str> = sample.labels.iter().map(|(name, _)| *name).collect();
                assert_eq!(labels, metric.labels, "{}", metric.name);
                assert!(seen.insert(format!("{:?}", sample.labels)), "{} has a sample twice", metric.name);
                let is_distribution = matches!(sample.value, Value::Distribution(_));
                assert_eq!(is_distribution, metric.kind == Kind::Histogram, "{}", metric.name);
            }
            // What the operating system tells may be absent.
            assert!(!seen.is_empty() || metric.name.starts_with("process_"), "{} has no sample", metric.name);
        }
    }

    #[test]
    fn no_label_is_a_keys() {
        let allowed = [
            "op",
            "consistency",
            "outcome",
            "step",
            "peer",
            "queue",
            "version",
            "arch",
            "os",
            "node",
            "cluster",
            "epoch",
            "source",
        ];
        for metric in metrics() {
            assert!(metric.labels.iter().all(|label| allowed.contains(label)), "{}: {:?}", metric.name, metric.labels);
        }
    }
}
