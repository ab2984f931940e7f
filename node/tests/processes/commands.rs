//! Each command's round trip, and its exit codes.

use crate::cluster::{BINARY, Cluster, code, text};
use std::process::Command;

#[test]
fn every_command_and_its_exit_codes() {
    let mut cluster = Cluster::start("commands");
    let first = cluster.expect(0, &["put", "tea", "green"]);
    assert_eq!(first, "1.0\n");
    assert_eq!(cluster.expect(0, &["get", "tea"]), "green", "the very bytes, no newline in a pipe");
    assert_eq!(cluster.expect(0, &["get", "--with-version", "tea"]), "1.0\ngreen");
    assert_eq!(cluster.expect(1, &["get", "coffee"]), "");

    let second = cluster.expect(0, &["cas", "tea", "--if-value", "green", "black"]);
    assert_eq!(cluster.expect(1, &["cas", "tea", "--if-version", first.trim(), "white"]), "");
    cluster.expect(1, &["cas", "tea", "--absent", "white"]);
    assert_eq!(cluster.expect(0, &["get", "tea"]), "black");
    cluster.expect(0, &["cas", "tea", "--if-version", second.trim()]);
    cluster.expect(1, &["get", "tea"]);
    cluster.expect(0, &["cas", "tea", "--absent", "oolong"]);

    assert_eq!(cluster.expect(0, &["incr", "cups"]), "1\n");
    assert_eq!(cluster.expect(0, &["incr", "cups", "-3"]), "-2\n");
    cluster.expect(1, &["incr", "tea"]);
    cluster.expect(0, &["put", "cups", &i64::MAX.to_string()]);
    cluster.expect(1, &["incr", "cups"]);

    cluster.expect(0, &["del", "tea"]);
    cluster.expect(1, &["del", "tea"]);

    let status = cluster.expect(0, &["status"]);
    assert!(status.contains(&cluster.id) && status.contains("reads    available: 3 of 3"), "{status}");
    assert!(status.contains("writes   available"), "{status}");
    let inspected = cluster.expect(0, &["key", "inspect", "cups"]);
    assert_eq!(inspected.lines().count(), 4, "a heading and three replicas:\n{inspected}");
    assert!(inspected.contains(&i64::MAX.to_string()), "{inspected}");
    cluster.expect(1, &["key", "inspect", "never written"]);

    cluster.expect(2, &["cas", "tea", "white"]);
    cluster.expect(2, &["incr", "cups", "two"]);
    cluster.expect(2, &["frobnicate"]);
    cluster.expect(5, &["--cluster", "1", "get", "tea"]);

    // One node less: everything still works, and status says what is missing.
    assert!(cluster.stop_node(2).success());
    cluster.expect(0, &["put", "tea", "green"]);
    assert_eq!(cluster.expect(0, &["get", "tea"]), "green");
    let status = cluster.expect(0, &["status"]);
    assert!(status.contains("down: ") && status.contains("2 of 3 voters reachable"), "{status}");

    // Two less: no quorum, and nothing was applied. Reads and writes are said apart.
    assert!(cluster.stop_node(3).success());
    // Node 1 finds out by itself that node 3 is gone.
    while !cluster.expect(1, &["status"]).contains("writes   UNAVAILABLE") {}
    let status = cluster.expect(1, &["status"]);
    assert!(status.contains("reads    UNAVAILABLE: 1 of 3"), "{status}");
    let get = without_quorum(&cluster, &["get", "tea"]);
    assert_eq!(code(&get), 3, "{get:?}");

    // None left.
    assert!(cluster.stop_node(1).success());
    let put = without_quorum(&cluster, &["put", "tea", "lost"]);
    assert_eq!(code(&put), 3, "{put:?}");
    assert!(put.stdout.is_empty() && text(&put.stderr).contains("127.0.0.1"), "{put:?}");
}

fn without_quorum(cluster: &Cluster, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(BINARY);
    command.args(["--timeout", "500ms", "--endpoints", &cluster.endpoints()]).args(arguments);
    command.output().unwrap()
}

#[test]
fn data_survive_restarts_of_all_nodes() {
    let mut cluster = Cluster::start("restarts");
    (0..20).for_each(|key| drop(cluster.expect(0, &["put", &format!("key{key}"), &format!("value{key}")])));
    for node in 1..=3 {
        assert!(cluster.stop_node(node).success());
    }
    for node in 1..=3 {
        cluster.start_node(node, &[]);
    }
    for key in 0..20 {
        assert_eq!(cluster.expect(0, &["get", &format!("key{key}")]), format!("value{key}"));
        cluster.expect(0, &["put", &format!("key{key}"), "again"]);
    }
    let status = cluster.expect(0, &["status"]);
    assert!(status.lines().skip(1).take(3).all(|line| line.contains("up     2 ")), "each has started twice:\n{status}");
}

#[test]
fn init_refuses_a_directory_with_something_in_it() {
    let cluster = Cluster::init("occupied");
    let before = std::fs::read(cluster.config(1)).unwrap();
    let out = Command::new(BINARY).args(["init", "--out"]).arg(&cluster.directory).output().unwrap();
    assert_eq!(code(&out), 2, "{out:?}");
    assert_eq!(std::fs::read(cluster.config(1)).unwrap(), before);
}
