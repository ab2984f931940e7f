//! Whose data a directory holds, and who may use it.

use crate::cluster::{Cluster, flip};
use std::process::Output;

/// A node that should not start: its exit code and what it said.
fn failed(cluster: &Cluster, node: u16, flags: &[&str]) -> (i32, String) {
    let out: Output = cluster.serve(node, flags).stderr(std::process::Stdio::piped()).output().unwrap();
    assert!(out.stdout.is_empty(), "it never was ready: {out:?}");
    (out.status.code().unwrap_or(-1), String::from_utf8_lossy(&out.stderr).into_owned())
}

const ELSEWHERE: [&str; 4] = ["--listen", "127.0.0.1:0", "--admin", "off"];

#[test]
fn one_node_to_a_directory() {
    let mut cluster = Cluster::start("locked");
    let (exit, said) = failed(&cluster, 1, &ELSEWHERE);
    assert_eq!(exit, 5, "{said}");
    assert!(said.contains("in use by another process"), "{said}");
    // The first one does not care.
    assert!(cluster.runs(1));
    cluster.expect(0, &["put", "tea", "green"]);
    // A directory whose node was killed is free at once.
    cluster.signal_node(1, rustix::process::Signal::KILL);
    while cluster.runs(1) {
        std::thread::yield_now();
    }
    cluster.start_node(1, &[]);
}

#[test]
fn directories_of_others_are_refused() {
    let (ours, theirs) = (Cluster::init("ours"), Cluster::init("theirs"));
    let directory = |cluster: &Cluster, node: u16| cluster.directory.join(format!("node{node}")).display().to_string();
    let with = |data: &str| failed(&ours, 1, &[&ELSEWHERE[..], &["--data", data]].concat());
    let (exit, said) = with(&directory(&theirs, 1));
    assert_eq!(exit, 5, "{said}");
    assert!(said.contains("belongs to cluster") && said.contains(&theirs.id), "{said}");
    let (exit, said) = with(&directory(&ours, 2));
    assert_eq!(exit, 5, "{said}");
    assert!(said.contains("belongs to node 2"), "{said}");
    let empty = ours.directory.join("empty");
    std::fs::create_dir(&empty).unwrap();
    let (exit, said) = with(&empty.display().to_string());
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains("no identity"), "{said}");
    assert_eq!(std::fs::read_dir(&empty).unwrap().count(), 0, "and it is left as it was");
}

#[test]
fn a_damaged_identity_stops_the_node() {
    let cluster = Cluster::init("damaged");
    let id = u128::from_str_radix(&cluster.id, 16).unwrap();
    assert!(flip(&cluster.data_file(1), &id.to_le_bytes()) > 0, "the identity is in the file");
    let (exit, said) = failed(&cluster, 1, &[]);
    assert_eq!(exit, 6, "{said}");
}

#[test]
fn unknown_keys_and_values_out_of_bounds_are_usage_errors() {
    let cluster = Cluster::init("config");
    let (exit, said) = failed(&cluster, 1, &["--inbox", "0"]);
    assert_eq!((exit, said.contains("limits.inbox")), (2, true), "{said}");
    let config = std::fs::read_to_string(cluster.config(1)).unwrap();
    std::fs::write(cluster.config(1), format!("lisen = \"127.0.0.1:1\"\n{config}")).unwrap();
    let (exit, said) = failed(&cluster, 1, &[]);
    assert_eq!((exit, said.contains("unknown field `lisen`")), (2, true), "{said}");
}
