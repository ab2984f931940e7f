//! A commit is durable because the disk was told to sync: the calls are counted from outside the process.

use crate::cluster::{Cluster, NODES, first_line};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// How often node 1 called fdatasync from start to end, and how many commits it said it made, with `puts` puts between.
fn count(name: &str, puts: usize) -> Option<(u64, u64)> {
    let mut cluster = Cluster::init(name);
    let trace = cluster.directory.join("trace");
    let serve = cluster.serve(1, &[]);
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", "trace=fdatasync", "-o"]).arg(&trace);
    command.arg(serve.get_program()).args(serve.get_args());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut traced = command.spawn().ok()?;
    if !first_line(&mut traced).starts_with("ready ") {
        let _ = traced.wait();
        return None;
    }
    (2..=NODES).for_each(|node| cluster.start_node(node, &[]));
    (1..=NODES).for_each(|node| cluster.wait_ready(node));
    (0..puts).for_each(|put| drop(cluster.expect(0, &["put", &format!("key{}", put % 5), "value"])));
    // Nothing is under way once the number stands still; the others' resends have long been answered by then.
    let mut commits = cluster.metric(1, "quorate_commits_total");
    loop {
        std::thread::sleep(std::time::Duration::from_millis(1500));
        let later = cluster.metric(1, "quorate_commits_total");
        if later == commits {
            break;
        }
        commits = later;
    }
    // The end of its stdin stops it; strace ends with it.
    drop(traced.stdin.take());
    assert!(traced.wait().unwrap().success());
    Some((calls(&trace), commits))
}

/// Calls that returned 0, whole lines and resumed ones.
fn calls(trace: &Path) -> u64 {
    let trace = fs::read_to_string(trace).unwrap();
    let done = trace.lines().filter(|line| line.contains("fdatasync") && line.trim_end().ends_with("= 0"));
    u64::try_from(done.count()).unwrap()
}

#[test]
fn every_commit_is_a_call_of_fdatasync() {
    let (Some((idle_calls, idle_commits)), Some((calls, commits))) = (count("syncs-idle", 0), count("syncs-puts", 12))
    else {
        eprintln!("not counted: strace is absent, or may not trace here");
        return;
    };
    assert!(idle_calls >= idle_commits && idle_commits > 0, "{idle_calls} calls, {idle_commits} commits");
    assert!(commits >= idle_commits + 12, "each of 12 puts, one after the other, needs a vote: {commits} commits");
    // What differs from commit to call is what opening the store does, and that is the same in both runs.
    assert_eq!(calls - commits, idle_calls - idle_commits, "{calls} calls for {commits} commits");
}
