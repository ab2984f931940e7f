//! The admin port of a running node.

use crate::cluster::Cluster;
use crate::openmetrics::{self, Family};

type Page = std::collections::BTreeMap<String, Family>;

#[test]
fn probes_follow_the_majority_and_metrics_count() {
    let mut cluster = Cluster::init("admin");
    cluster.start_node(1, &[]);
    assert!(cluster.http(1, "/livez").contains(" 200 OK"));
    let alone = cluster.http(1, "/readyz");
    assert!(alone.contains(" 503 ") && alone.contains("1 of 3 voters reachable, 2 needed"), "{alone}");
    cluster.start_node(2, &["--log-format", "json"]);
    cluster.wait_ready(1);
    cluster.wait_ready(2);

    let before = cluster.metric(1, "quorate_commits_total") + cluster.metric(2, "quorate_commits_total");
    (0..10).for_each(|key| drop(cluster.expect(0, &["put", &format!("key{key}"), "value"])));
    (0..10).for_each(|key| drop(cluster.expect(0, &["get", &format!("key{key}")])));
    let sum = |name: &str| cluster.metric(1, name) + cluster.metric(2, name);
    // Each put is a vote of both nodes that run; each read is answered by both.
    assert!(sum("quorate_commits_total") >= before + 20);
    assert!(sum("quorate_records_written_total") >= 20);
    assert!(sum("quorate_reads_answered_total") >= 20);
    assert!(sum("quorate_paxos_prepares_total") >= 10, "the first write of a key takes a prepare");
    assert!(sum("quorate_envelopes_in_total") >= 20 && sum("quorate_envelopes_out_total") >= 20);
    assert_eq!(sum("quorate_unknown_outcomes_total"), 0);
    let page = cluster.http(1, "/metrics");
    assert!(page.contains("quorate_peer_up{peer=\"2\"} 1") && page.contains("quorate_peer_up{peer=\"3\"} 0"), "{page}");
    let body = |node| cluster.http(node, "/metrics").split_once("\r\n\r\n").unwrap().1.to_owned();
    let pages = [body(1), body(2)].map(|page| openmetrics::parse(&page).unwrap());
    let sum_of = |family: &str, sample: &str, label: (&str, &str)| {
        let samples = pages.iter().flat_map(|page| &page[family].samples);
        let chosen =
            samples.filter(|(name, labels, _)| name == sample && labels.get(label.0).is_some_and(|v| v == label.1));
        chosen.map(|(_, _, value)| *value).sum::<f64>()
    };
    let seconds = "quorate_request_duration_seconds";
    assert!(sum_of("quorate_requests", "quorate_requests_total", ("op", "put")) >= 10.0);
    assert!(sum_of(seconds, &format!("{seconds}_count"), ("op", "put")) >= 10.0);
    assert!(sum_of(seconds, &format!("{seconds}_sum"), ("op", "read")) > 0.0);
    let rtt = "quorate_peer_rtt_seconds";
    assert!(sum_of(rtt, &format!("{rtt}_count"), ("peer", "2")) >= 1.0, "node 1 sends to node 2");
    for page in &pages {
        let count = |family: &str| page[family].samples.iter().find(|(name, ..)| name.ends_with("_count")).unwrap().2;
        assert!(count("quorate_engine_fsync_duration_seconds") >= 10.0, "a commit for each put at least");
        assert_eq!(count("quorate_engine_batch_size"), count("quorate_engine_commit_duration_seconds"));
    }
    let rounds =
        |page: &Page| page["quorate_paxos_rounds"].samples.iter().find(|(n, ..)| n.ends_with("_count")).unwrap().2;
    assert!(pages.iter().map(rounds).sum::<f64>() >= 10.0, "somebody proposed the writes");

    let log = std::fs::read_to_string(cluster.directory.join("node2.log")).unwrap();
    assert!(log.lines().all(|line| line.starts_with('{') && line.ends_with('}')), "{log}");
    assert!(cluster.stop_node(2).success());
    while cluster.http(1, "/readyz").contains(" 200 OK") {
        std::thread::yield_now();
    }
}
