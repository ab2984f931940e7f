//! Version, completions, manual pages; a watch of the cluster; an explanation of a request.

use crate::cluster::{BINARY, Cluster, code, signal, text};
use crate::terminal::OnTerminal;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).output().unwrap()
}

#[test]
fn version_completions_and_manual_pages() {
    let version: Value = serde_json::from_slice(&run(&["version", "-o", "json"]).stdout).unwrap();
    assert_eq!((&version["version"], &version["schema"]), (&json!(env!("CARGO_PKG_VERSION")), &json!(1)));
    assert!(version["wire"]["max"].is_u64() && version["record"].is_u64() && version["features"].is_array());
    assert!(text(&run(&["version"]).stdout).starts_with("quorate "));
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]);
        assert!(code(&script) == 0 && text(&script.stdout).contains("print-effective"), "{shell}");
    }
    let script = run(&["completions", "bash"]).stdout;
    if let Ok(mut bash) = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn() {
        std::io::Write::write_all(&mut bash.stdin.take().unwrap(), &script).unwrap();
        assert!(bash.wait().unwrap().success(), "bash takes its completions");
    }
    let out = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("man-{}", std::process::id()));
    let written = run(&["man", "--out", &out.display().to_string()]);
    assert_eq!(code(&written), 0, "{written:?}");
    for page in ["quorate.1", "quorate-get.1", "quorate-config-check.1"] {
        let page = std::fs::read_to_string(out.join(page)).unwrap();
        assert!(page.starts_with(".ie") && page.contains(".SH SYNOPSIS"), "{page}");
    }
    std::fs::remove_dir_all(&out).unwrap();
    assert_eq!(code(&run(&["completions", "cmd.exe"])), 2);
}

#[test]
fn a_watch_in_a_pipe_is_a_document_a_line_and_sees_nodes_go_and_come() {
    let mut cluster = Cluster::start("watch");
    let mut command = Command::new(BINARY);
    command.args(["status", "--watch", "--interval", "50ms", "--endpoints", &cluster.endpoints()]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!((&next()["rates"], &next()["outcome"]), (&json!([]), &json!("available")), "the first has no rates");
    cluster.expect(0, &["put", "tea", "green"]);
    while next()["rates"].as_array().unwrap().iter().all(|node| node["writes_per_s"].as_f64().unwrap() <= 0.0) {}
    assert!(cluster.stop_node(3).success());
    while next()["changes"] != json!(["node 3 is gone"]) {}
    cluster.start_node(3, &[]);
    while next()["changes"] != json!(["node 3 is back, start 2"]) {}
    signal(&child, Signal::INT);
    assert!(child.wait().unwrap().success(), "an interrupt ends it as it should end");
}

#[test]
fn a_watch_on_a_terminal_repaints() {
    let cluster = Cluster::start("repaint");
    let arguments = ["status", "--watch", "--interval", "50ms", "--endpoints", &cluster.endpoints()];
    let mut watch = OnTerminal::start(&arguments, &[]);
    let mut seen = String::new();
    while seen.matches("\u{1b}[H").count() < 3 {
        let some = watch.read();
        assert!(!some.is_empty(), "it ended: {seen}");
        seen.push_str(&some);
    }
    assert!(seen.contains("commits/s") && seen.matches("\u{1b}[2J").count() == 1, "{seen:?}");
    signal(&watch.child, Signal::INT);
    assert_eq!(watch.finish().1, 0);
}

#[test]
fn a_request_explains_itself() {
    let cluster = Cluster::start("explain");
    let explained = |exit: i32, arguments: &[&str]| -> Value {
        let out = cluster.run(&[&["-o", "ndjson"], arguments, &["--explain"]].concat());
        assert_eq!(code(&out), exit, "{out:?}");
        let document = if exit > 1 { out.stderr } else { out.stdout };
        serde_json::from_slice::<Value>(&document).unwrap()["explanation"].clone()
    };
    let put = explained(0, &["put", "tea", "green"]);
    assert_eq!((&put["path"], &put["fast_path"]), (&json!("base asked first"), &json!(false)), "{put}");
    // The owner of the last entry needs no prepare.
    let put = explained(0, &["put", "tea", "black"]);
    assert!(put["fast_path"] == json!(true) && put["ballot"]["round"] == 0, "{put}");
    let write = put["exchanges"].as_array().unwrap().iter().find(|one| one["asked"]["kind"] == "write").unwrap();
    assert_eq!((&write["said"]["kind"], &write["said"]["version"]), (&json!("written"), &json!("2.0")), "{put}");
    let put = explained(0, &["put", "milk", "white", "--session", "new"]);
    assert!(put["ballot"]["round"].is_u64() && put["exchanges"].is_array(), "{put}");
    assert_eq!(explained(0, &["get", "milk", "--session", "new"])["exchanges"][0]["said"]["kind"], "read");
    let get = explained(0, &["get", "tea"]);
    assert!(get["exchanges"].as_array().unwrap().len() >= 2 && get["took_us"].is_u64(), "{get}");
    assert_eq!(explained(1, &["get", "coffee"])["exchanges"][0]["said"]["kind"], "read");
    // In a pipe the value stays bare; the words are on the side.
    let out = cluster.run(&["get", "tea", "--explain"]);
    assert_eq!((text(&out.stdout), code(&out)), ("black".to_owned(), 0));
    assert!(text(&out.stderr).contains("asked at") && text(&out.stderr).contains("1 round trip,"), "{out:?}");
    // What failed is explained as well.
    cluster.signal_node(2, Signal::STOP);
    cluster.signal_node(3, Signal::STOP);
    let failed = explained(3, &["--timeout=300ms", "get", "tea"]);
    cluster.signal_node(2, Signal::CONT);
    cluster.signal_node(3, Signal::CONT);
    assert!(
        failed["exchanges"].as_array().is_some_and(|all| all.iter().any(|one| one["late_us"].is_u64())),
        "{failed}"
    );
}
