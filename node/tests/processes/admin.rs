//! The admin port of a running node.

use crate::cluster::Cluster;

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
    assert!(sum("quorate_prepares_total") >= 10, "the first write of a key takes a prepare");
    assert!(sum("quorate_envelopes_in_total") >= 20 && sum("quorate_envelopes_out_total") >= 20);
    assert_eq!(sum("quorate_unknown_outcomes_total"), 0);
    let page = cluster.http(1, "/metrics");
    assert!(page.contains("quorate_peer_up{peer=\"2\"} 1") && page.contains("quorate_peer_up{peer=\"3\"} 0"), "{page}");
    let written =
        |node| cluster.http(node, "/metrics").contains("quorate_requests_total{op=\"write\",outcome=\"ok\"} 0");
    assert!(!(written(1) && written(2)), "somebody answered the writes");

    let log = std::fs::read_to_string(cluster.directory.join("node2.log")).unwrap();
    assert!(log.lines().all(|line| line.starts_with('{') && line.ends_with('}')), "{log}");
    assert!(cluster.stop_node(2).success());
    while cluster.http(1, "/readyz").contains(" 200 OK") {
        std::thread::yield_now();
    }
}
