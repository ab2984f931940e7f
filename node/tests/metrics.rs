//! The page of metrics, read as strictly as Prometheus reads it.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "support/openmetrics.rs"]
mod openmetrics;

use openmetrics::parse;
use quorate_node::metrics::{
    Histogram, Kind, Numbers, Op, Outcome, PeerNumbers, ProcessNumbers, Requests, SECONDS, SIZES, counters, metrics,
    page,
};
use std::collections::BTreeSet;
use std::time::Duration;

fn numbers() -> Numbers {
    let requests = Requests::default();
    (1..=100).for_each(|ms| requests.count(Op::Put, Outcome::Ok, Duration::from_millis(ms)));
    requests.count(Op::Read, Outcome::Refused, Duration::ZERO);
    let rtt = Histogram::new(SECONDS).read();
    let peer = |node| PeerNumbers { node, is_up: node == 2, rtt: rtt.clone(), queue: 0 };
    let mut numbers = Numbers { requests: requests.read(), peers: vec![peer(2), peer(3)], ..Numbers::default() };
    numbers.process = ProcessNumbers::read();
    numbers.engine.commits = u64::MAX;
    numbers.engine.commit_seconds = rtt.clone();
    numbers.engine.sync_seconds = rtt;
    numbers.engine.batch_records = Histogram::new(SIZES).read();
    numbers
}

#[test]
fn a_page_is_well_formed_and_holds_the_table() {
    let families = parse(&page(numbers())).unwrap();
    let table: BTreeSet<&str> = metrics().map(|metric| metric.name.trim_end_matches("_total")).collect();
    let served: BTreeSet<&str> = families.keys().map(String::as_str).collect();
    assert_eq!(served, table);
    for metric in metrics() {
        let family = &families[metric.name.trim_end_matches("_total")];
        assert_eq!((family.kind.as_str(), family.help.as_str()), (metric.kind.name(), metric.help), "{}", metric.name);
        for (_, labels, _) in &family.samples {
            let names: BTreeSet<&str> = labels.keys().map(String::as_str).filter(|name| *name != "le").collect();
            assert_eq!(names, metric.labels.iter().copied().collect(), "{}", metric.name);
        }
    }
}

#[test]
fn numbers_stand_where_they_belong() {
    let families = parse(&page(numbers())).unwrap();
    let find = |family: &str, suffix: &str, labels: &[(&str, &str)]| {
        let fits = |found: &&(String, _, f64)| {
            let (name, have, _): &(String, std::collections::BTreeMap<String, String>, f64) = found;
            name.ends_with(suffix) && labels.iter().all(|(label, value)| have.get(*label).is_some_and(|h| h == value))
        };
        families[family].samples.iter().find(fits).map(|(_, _, value)| *value)
    };
    assert_eq!(find("quorate_requests", "_total", &[("op", "put"), ("outcome", "ok")]), Some(100.0));
    assert_eq!(find("quorate_requests", "_total", &[("op", "read"), ("outcome", "refused")]), Some(1.0));
    assert_eq!(find("quorate_requests", "_total", &[("op", "read"), ("outcome", "unknown")]), None);
    let seconds = "quorate_request_duration_seconds";
    assert_eq!(find(seconds, "_bucket", &[("op", "put"), ("le", "0.05")]), Some(50.0));
    assert_eq!(find(seconds, "_count", &[("op", "put")]), Some(100.0));
    assert_eq!(find(seconds, "_sum", &[("op", "put")]), Some(5.05));
    assert_eq!(find("quorate_peer_up", "", &[("peer", "2")]), Some(1.0));
    assert_eq!(find("quorate_peer_up", "", &[("peer", "3")]), Some(0.0));
    assert_eq!(find("quorate_build_info", "", &[("version", env!("CARGO_PKG_VERSION"))]), Some(1.0));
}

#[test]
fn a_status_holds_the_counters_without_labels() {
    let held = counters(&numbers());
    let names: BTreeSet<&str> = held.iter().map(|counter| counter.name.as_str()).collect();
    let table = metrics().filter(|metric| metric.kind == Kind::Counter && metric.labels.is_empty());
    let whole = table.filter(|metric| metric.name != "process_cpu_seconds_total");
    assert_eq!(names, whole.map(|metric| metric.name).collect());
    assert!(held.iter().any(|counter| counter.name == "quorate_commits_total" && counter.value == u64::MAX));
    assert!(held.len() <= quorate_client::wire::limits::COUNTERS_MAX);
}

#[test]
fn what_prometheus_would_refuse_is_refused() {
    let good = "# HELP a A.\n# TYPE a counter\na_total 1\n# EOF\n";
    assert!(parse(good).is_ok());
    for (from, to) in [
        ("# EOF\n", ""),
        ("a_total", "a"),
        ("a_total 1", "a_total one"),
        ("a_total 1\n", "a_total 1\na_total 2\n"),
        ("a_total", "a_total{x=\"1\""),
        ("a_total", "a_total{x=\"1\",x=\"2\"}"),
        ("a_total", "a_total{x=1}"),
        ("counter", "number"),
        ("# HELP a A.\n", ""),
    ] {
        assert!(parse(&good.replacen(from, to, 1)).is_err(), "{from} for {to} was taken");
    }
    let histogram =
        "# HELP h H.\n# TYPE h histogram\nh_sum 3\nh_count 2\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\n# EOF\n";
    assert!(parse(histogram).is_ok());
    for (from, to) in [("h_count 2", "h_count 3"), ("1\"} 1", "1\"} 4"), ("+Inf", "0.5"), ("h_sum 3\n", "")] {
        assert!(parse(&histogram.replacen(from, to, 1)).is_err(), "{from} for {to} was taken");
    }
}
