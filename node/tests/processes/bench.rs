//! `quorate bench` on a real cluster: what it reports, and what it records. Nothing here is about how fast anything is.

use crate::cluster::{Cluster, code, text};
use quorate_history::{Bound, Outcome, check, parse};
use serde_json::Value;

const SHORT: [&str; 8] = ["--clients", "4", "--keys", "50", "--seconds", "1", "--warmup", "100ms"];

fn json(cluster: &Cluster, exit: i32, arguments: &[&str]) -> Value {
    serde_json::from_str(&cluster.expect(exit, &[&["bench", "--output", "json"], arguments].concat())).unwrap()
}

#[test]
fn a_short_bench_reports_its_outcomes() {
    let cluster = Cluster::start("bench");
    let flags = ["--clients", "4", "--keys", "50", "--seconds", "1", "--warmup", "100ms"];
    for workload in ["put", "get", "mixed"] {
        let report = cluster.expect(0, &[&["bench", workload], &flags[..]].concat());
        assert!(report.contains("p99.9") && report.contains("0 unknown"), "{report}");
        assert_eq!(report.contains("one-round reads"), workload != "put", "{report}");
        assert_eq!(report.contains("prepares per put"), workload != "get", "{report}");
    }
}

#[test]
fn every_mix_runs_and_a_schedule_accounts_for_each_of_its_operations() {
    let cluster = Cluster::start("bench-mixes");
    for (mix, kinds) in [("a", vec!["get", "put"]), ("d", vec!["get", "put"]), ("f", vec!["get", "update"])] {
        let report = json(&cluster, 0, &[&[mix, "--rate", "400", "--connections", "2"], &SHORT[..]].concat());
        let operations = report["operations"].as_object().unwrap();
        assert_eq!(operations.keys().collect::<Vec<_>>(), kinds, "{report}");
        let ended: u64 = operations
            .values()
            .flat_map(|kind| kind["outcomes"].as_object().unwrap().values())
            .map(|count| count.as_u64().unwrap())
            .sum();
        let open = &report["open_loop"];
        assert_eq!(open["arrived"], ended + open["never_begun"].as_u64().unwrap(), "{report}");
        assert!(report["verdict"].is_null(), "{report}");
    }
}

#[test]
fn a_rate_that_cannot_be_kept_up_is_reported_and_is_no_success() {
    let cluster = Cluster::start("bench-behind");
    let flags = ["put", "--rate", "200000", "--arrivals", "uniform", "--clients", "1", "--keys", "1"];
    let times = ["--seconds", "1", "--warmup", "1ms", "--timeout", "1s"];
    let report = json(&cluster, 3, &[&flags[..], &times[..]].concat());
    assert_eq!(report["open_loop"]["arrived"], 200_000, "{report}");
    assert!(report["open_loop"]["never_begun"].as_u64().unwrap() > 0, "{report}");
    assert!(report["open_loop"]["waited"].as_u64().unwrap() > 0, "{report}");
}

#[test]
fn a_run_is_recorded_and_judged() {
    let cluster = Cluster::start("bench-verify");
    let (history, latency) = (cluster.directory.join("history.txt"), cluster.directory.join("latency.hgrm"));
    let files = ["--keep-history", history.to_str().unwrap(), "--hdr", latency.to_str().unwrap()];
    let report = json(&cluster, 0, &[&["f", "--verify"], &SHORT[..], &files[..]].concat());
    let verdict = &report["verdict"];
    assert_eq!((&verdict["verdict"], &verdict["keys"]), (&"linearizable".into(), &50.into()), "{report}");
    let mut kept = parse(std::fs::read(&history).unwrap().as_slice()).unwrap();
    assert_eq!(verdict["operations"], kept.len(), "{report}");
    for kind in ["get", "update"] {
        assert!(cluster.directory.join(format!("latency.{kind}.hgrm")).exists(), "{kind}");
    }
    // It is a history that can be found wrong: take the last read for one that saw another key's value.
    let strange = kept.iter().find_map(|operation| match &operation.outcome {
        Outcome::Read { value, .. } if operation.key.ends_with(b"1") => value.clone(),
        _ => None,
    });
    let read = kept
        .iter_mut()
        .rev()
        .find(|operation| matches!(operation.outcome, Outcome::Read { .. }) && !operation.key.ends_with(b"1"));
    read.unwrap().outcome = Outcome::Read { value: strange, version: None };
    assert!(!check(&kept, Bound::default()).unwrap().is_linearizable());

    // A run of the same keys later is another history; a full record is the beginning of one.
    let few = ["mixed", "--verify", "--verify-keys", "7", "--verify-operations", "30"];
    let verdict = json(&cluster, 0, &[&few[..], &SHORT[..]].concat())["verdict"].clone();
    assert_eq!((&verdict["verdict"], &verdict["keys"]), (&"linearizable".into(), &7.into()), "{verdict}");
    assert!(verdict["operations"].as_u64().unwrap() <= 30 && verdict["full_at"].is_number(), "{verdict}");
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let cluster = Cluster::start("bench-usage");
    for (flags, says) in [
        (vec!["--verify", "--fill", "false"], "--fill"),
        (vec!["--verify", "--value-size", "8"], "--value-size 32"),
        (vec!["--verify-keys", "3"], "--verify"),
        (vec!["--arrivals", "uniform"], "--rate"),
        (vec!["--rate", "0"], "1..=1000000"),
        (vec!["--zipf=-1"], "from 0 to 5"),
        (vec!["e"], "possible values"),
    ] {
        let out = cluster.run(&[&["bench"], &flags[..]].concat());
        assert_eq!(code(&out), 2, "{flags:?}: {out:?}");
        assert!(text(&out.stderr).contains(says), "{flags:?}: {}", text(&out.stderr));
    }
}
