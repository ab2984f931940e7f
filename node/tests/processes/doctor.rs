//! `doctor`: what it finds, that it writes nothing, and its exit code.

use crate::cluster::{BINARY, Cluster, NODES, code, flip, text};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const VALUE: &str = "a value that stands nowhere else in the file 7d793037a0760186574b0282f2f435e7";

/// The findings and the exit code of a doctor that is told these flags.
fn findings(cluster: &Cluster, arguments: &[&str]) -> (Vec<Value>, i32) {
    let out = Command::new(BINARY)
        .args(["doctor", "-o", "ndjson", "--endpoints", &cluster.endpoints(), "--timeout", "5s"])
        .args(arguments)
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|error| panic!("{error}: {out:?}"));
    assert_eq!(document["schema"], 1);
    (document["findings"].as_array().unwrap().clone(), code(&out))
}

/// The levels of the findings of one check.
fn levels<'a>(findings: &'a [Value], check: &str) -> Vec<&'a str> {
    findings.iter().filter(|one| one["check"] == check).map(|one| one["level"].as_str().unwrap()).collect()
}

/// Every file of a directory with its bytes.
fn content(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

#[test]
fn a_cluster_that_runs_and_a_directory_in_use() {
    let mut cluster = Cluster::start("doctor-runs");
    let config = cluster.config(1).display().to_string();
    let (found, exit) = findings(&cluster, &["--config", &config]);
    assert_eq!(levels(&found, "records"), ["unmeasured"], "its node runs: {found:?}");
    for check in ["sync latency", "free disk", "file descriptors", "swap", "file system"] {
        assert_eq!(levels(&found, check).len(), 1, "{check}: {found:?}");
    }
    for check in ["versions", "epochs", "starts"] {
        assert_eq!(levels(&found, check), ["ok"], "{check}: {found:?}");
    }
    assert!(levels(&found, "clocks").contains(&"unmeasured"), "the time of day is not known: {found:?}");
    let bad = found.iter().filter(|one| one["level"] == "warning" || one["level"] == "error");
    let bad: Vec<_> = bad.collect();
    assert_eq!(exit, i32::from(!bad.is_empty()), "{bad:?}");
    assert!(bad.iter().all(|one| one["cause"] != "" && one["cure"] != ""), "each has cause and cure: {bad:?}");

    assert!(cluster.stop_node(2).success());
    let (found, exit) = findings(&cluster, &[]);
    assert_eq!((exit, levels(&found, "nodes").contains(&"warning")), (1, true), "{found:?}");
    assert_eq!(levels(&found, "data directory"), ["unmeasured"], "{found:?}");
}

#[test]
fn a_flipped_bit_is_found_while_the_node_is_down_and_nothing_is_written() {
    let mut cluster = Cluster::start("doctor-scrub");
    (0..2).for_each(|_| drop(cluster.expect(0, &["put", "victim", VALUE])));
    cluster.expect(0, &["put", "bystander", "well"]);
    while cluster.expect(0, &["key", "inspect", "victim"]).matches("\"a value that").count() < usize::from(NODES) {
        cluster.expect(0, &["put", "victim", VALUE]);
    }
    assert!(cluster.stop_node(1).success());
    let data = cluster.directory.join("node1");
    let config = cluster.config(1).display().to_string();
    let before = content(&data);
    let (found, _) = findings(&cluster, &["--config", &config, "--offline"]);
    assert_eq!(levels(&found, "records"), ["ok"], "{found:?}");
    assert_eq!(levels(&found, "identity"), ["ok"], "{found:?}");
    assert_eq!(levels(&found, "cluster"), ["unmeasured"], "{found:?}");
    assert!(content(&data) == before, "not a byte differs, and no file was left");

    assert!(flip(&cluster.data_file(1), VALUE.as_bytes()) > 0);
    let before = content(&data);
    let (found, exit) = findings(&cluster, &["--data", &data.display().to_string(), "--offline"]);
    assert_eq!((exit, levels(&found, "records")), (1, vec!["error"]), "{found:?}");
    let records = found.iter().find(|one| one["check"] == "records").unwrap();
    assert!(records["found"].as_str().is_some_and(|words| words.contains("1 of 2 are corrupt: victim")), "{records}");
    assert!(content(&data) == before);

    // Another node's directory is not what the configuration means.
    assert!(cluster.stop_node(2).success());
    let two = cluster.config(2).display().to_string();
    let words = std::fs::read_to_string(&two).unwrap().replace("\"node2\"", "\"node1\"");
    std::fs::write(&two, words).unwrap();
    let (found, exit) = findings(&cluster, &["--config", &two, "--offline"]);
    assert_eq!((exit, levels(&found, "identity")), (1, vec!["error"]), "{found:?}");
    // No directory of a node.
    let empty = cluster.directory.join("empty");
    std::fs::create_dir(&empty).unwrap();
    let (found, exit) = findings(&cluster, &["--data", &empty.display().to_string(), "--offline"]);
    assert_eq!((exit, levels(&found, "identity")), (1, vec!["error"]), "{found:?}");
    assert_eq!(std::fs::read_dir(&empty).unwrap().count(), 0);
}

#[test]
fn words_for_people() {
    let cluster = Cluster::init("doctor-words");
    let data = cluster.directory.join("node3").display().to_string();
    let out = Command::new(BINARY).args(["doctor", "--offline", "--data", &data]).output().unwrap();
    let said = text(&out.stdout);
    assert!(said.contains("sync latency") && said.contains("not measured: ") && said.contains("identity"), "{said}");
    let out = Command::new(BINARY).args(["doctor", "--offline", "--data", "/nowhere/at/all"]).output().unwrap();
    assert_eq!((code(&out), text(&out.stdout).contains("cure: ")), (1, true), "{out:?}");
    let out = Command::new(BINARY).args(["doctor", "--config", "/nowhere.toml"]).output().unwrap();
    assert_eq!(code(&out), 2, "{out:?}");
}
