//! A flipped bit in a record: that log neither votes nor answers on that node, and everything else goes on.

use crate::cluster::{Cluster, flip};

const VALUE: &str = "a value that stands nowhere else in the file 5d41402abc4b2a76b9719d911017c592";

#[test]
fn a_flipped_bit_costs_one_log_on_one_node() {
    let mut cluster = Cluster::start("flipped");
    cluster.expect(0, &["put", "victim", VALUE]);
    cluster.expect(0, &["put", "victim", VALUE]);
    cluster.expect(0, &["put", "bystander", "well"]);
    // Every replica has it on disk before one is stopped: a write needs only two.
    while cluster.expect(0, &["key", "inspect", "victim"]).matches("\"a value that").count() < 3 {
        cluster.expect(0, &["put", "victim", VALUE]);
    }
    assert!(cluster.stop_node(1).success());
    assert!(flip(&cluster.data_file(1), VALUE.as_bytes()) > 0, "the value is in the file");
    cluster.start_node(1, &[]);
    cluster.wait_ready(1);

    let inspected = cluster.expect(0, &["key", "inspect", "victim"]);
    assert!(line(&inspected, 1).contains("CORRUPT"), "{inspected}");
    assert!(!line(&inspected, 2).contains("CORRUPT") && !line(&inspected, 3).contains("CORRUPT"), "{inspected}");
    assert_eq!(cluster.expect(0, &["get", "victim"]), VALUE, "the others serve it");
    cluster.expect(0, &["put", "victim", "mended by two"]);
    assert_eq!(cluster.expect(0, &["get", "victim"]), "mended by two");
    let inspected = cluster.expect(0, &["key", "inspect", "victim"]);
    assert!(line(&inspected, 1).contains("CORRUPT"), "it takes nothing in: {inspected}");

    let status = cluster.expect(0, &["status"]);
    assert!(status.contains("node 1 has 1 corrupt: victim"), "{status}");
    assert_eq!(cluster.metric(1, "quorate_corrupt_logs"), 1);
    assert_eq!(cluster.metric(2, "quorate_corrupt_logs"), 0);

    // With another node gone, the other logs still have a majority. This one has not: node 1 does not count.
    assert!(cluster.stop_node(2).success());
    assert_eq!(cluster.expect(0, &["get", "bystander"]), "well");
    cluster.expect(0, &["put", "bystander", "still well"]);
    cluster.expect(3, &["--timeout=2s", "get", "victim"]);
}

fn line(table: &str, node: usize) -> &str {
    table.lines().nth(node).unwrap_or_default()
}
