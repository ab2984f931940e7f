//! What commands print: each format, in a pipe and on a terminal, data apart from words.

use crate::cluster::{BINARY, Cluster, code, text};
use crate::terminal::OnTerminal;
use serde_json::{Value, json};
use std::process::Command;

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The document of a command that must end with this exit code.
fn document(cluster: &Cluster, exit: i32, arguments: &[&str]) -> Value {
    let line = cluster.expect(exit, &[&["-o", "ndjson"], arguments].concat());
    assert_eq!(line.lines().count(), 1, "one line: {line}");
    let document = parsed(&line);
    assert_eq!(document["schema"], 1, "{document}");
    let indented = cluster.expect(exit, &[arguments, &["--output=json"]].concat());
    assert!(indented.lines().count() > 1, "{indented}");
    document
}

#[test]
fn documents_name_outcome_version_and_value() {
    let cluster = Cluster::start("documents");
    let put = parsed(&cluster.expect(0, &["put", "tea", "green", "-o", "ndjson"]));
    assert_eq!(put, json!({ "schema": 1, "outcome": "written", "key": "tea", "version": "1.0" }));
    let got = document(&cluster, 0, &["get", "tea"]);
    assert_eq!(got, json!({"schema": 1, "outcome": "found", "key": "tea", "value": "green", "version": "1.0"}));
    let absent = document(&cluster, 1, &["get", "coffee"]);
    assert_eq!((&absent["outcome"], &absent["key"]), (&json!("absent"), &json!("coffee")));
    assert!(absent["message"].as_str().is_some_and(|words| words.contains("no value")), "{absent}");
    let mismatch = document(&cluster, 1, &["cas", "tea", "--absent", "white"]);
    assert_eq!((&mismatch["outcome"], &mismatch["found_version"]), (&json!("mismatch"), &json!("1.0")));
    let applied = parsed(&cluster.expect(0, &["-o", "ndjson", "cas", "tea", "--if-value", "green", "black"]));
    assert_eq!(applied["outcome"], "applied");
    assert_eq!(document(&cluster, 0, &["incr", "cups", "0"])["value"], 0);
    assert_eq!(document(&cluster, 1, &["incr", "tea"])["outcome"], "not_a_number");
    assert_eq!(parsed(&cluster.expect(0, &["del", "tea", "-o", "ndjson"]))["outcome"], "deleted");
    assert_eq!(document(&cluster, 1, &["del", "tea"])["outcome"], "absent");

    let status = document(&cluster, 0, &["status"]);
    assert_eq!((&status["outcome"], &status["cluster"]), (&json!("available"), &json!(cluster.id)));
    assert_eq!(status["nodes"].as_array().map(Vec::len), Some(3), "{status}");
    assert!(status["nodes"][0]["counters"]["quorate_commits_total"].is_u64(), "{status}");
    let inspected = document(&cluster, 0, &["key", "inspect", "cups"]);
    assert_eq!(inspected["replicas"][0]["state"], "record", "{inspected}");
    assert!(inspected["replicas"][0]["promised"]["round"].is_u64(), "{inspected}");
    assert_eq!(document(&cluster, 1, &["key", "inspect", "none"])["outcome"], "absent");

    // The environment says it as well as the flag.
    let mut command = Command::new(BINARY);
    command.args(["get", "cups", "--endpoints", &cluster.endpoints()]).env("QUORATE_OUTPUT", "json");
    assert_eq!(parsed(&text(&command.output().unwrap().stdout))["value"], "0");
}

#[test]
fn errors_are_documents_too_with_the_exit_code_unchanged() {
    let cluster = Cluster::init("error-documents");
    let failed = |arguments: &[&str]| {
        let mut command = Command::new(BINARY);
        let out = command.args(["--timeout", "200ms", "--endpoints", &cluster.endpoints()]).args(arguments).output();
        out.unwrap()
    };
    let plain = failed(&["get", "tea"]);
    assert_eq!(code(&plain), 3, "{plain:?}");
    assert!(text(&plain.stderr).starts_with("quorate: ") && text(&plain.stderr).contains("--endpoints"), "{plain:?}");
    for (arguments, exit, outcome) in [
        (&["-o", "ndjson", "get", "tea"][..], 3, "unavailable"),
        (&["get", "-o", "ndjson"], 2, "usage"),
        (&["--output", "ndjson", "frobnicate"], 2, "usage"),
        (&["-ondjson", "put", "--hex", "0", "00"], 3, "unavailable"),
    ] {
        let out = failed(arguments);
        assert_eq!(code(&out), exit, "{arguments:?}: {out:?}");
        assert!(out.stdout.is_empty(), "errors go to stderr: {out:?}");
        let document = parsed(&text(&out.stderr));
        assert_eq!((&document["schema"], &document["outcome"]), (&json!(1), &json!(outcome)), "{document}");
        assert_eq!(document["exit"], exit);
    }
    let init = Command::new(BINARY).args(["init", "-o", "ndjson", "--out"]).arg(&cluster.directory).output().unwrap();
    assert_eq!(code(&init), 2);
    assert!(parsed(&text(&init.stderr))["hint"].as_str().is_some_and(|hint| hint.contains("--out")), "{init:?}");
    let fresh = cluster.directory.join("fresh");
    let init = Command::new(BINARY).args(["init", "-o", "json", "--out"]).arg(&fresh).output().unwrap();
    let made = parsed(&text(&init.stdout));
    assert_eq!((made["nodes"].as_array().map(Vec::len), made["cluster"].as_str().map(str::len)), (Some(3), Some(32)));
}

#[test]
fn keys_and_values_are_bytes_in_every_encoding() {
    let cluster = Cluster::start("encodings");
    let all: Vec<u8> = (0..=255).collect();
    let put = cluster.run_with(&["put", "--hex", "00ff", "-"], b"0a\n");
    assert_eq!(code(&put), 0, "{put:?}");
    assert_eq!(cluster.expect(0, &["get", "--hex", "00FF"]), "0a");
    assert_eq!(cluster.expect(0, &["get", "--base64", "AP8="]), "Cg==");
    assert_eq!(cluster.run_with(&["get", "-"], b"\x00\xff").stdout, b"\n", "a key from standard input");
    assert_eq!(cluster.run_with(&["--base64", "get", "-"], b"AP8=\n").stdout, b"Cg==");
    let got = document(&cluster, 0, &["get", "--hex", "00ff"]);
    assert_eq!((&got["key"], &got["value"]), (&json!({ "hex": "00ff" }), &json!({ "hex": "0a" })));
    assert_eq!(code(&cluster.run_with(&["put", "all", "-"], &all)), 0);
    assert_eq!(cluster.run(&["get", "all"]).stdout, all);
    let got = document(&cluster, 0, &["get", "all"]);
    let base64 = cluster.expect(0, &["get", "--base64", "YWxs"]);
    assert_eq!(got["value"], json!({ "base64": base64 }), "no text, so not a string");
    let swapped = cluster.run_with(&["cas", "all", "--if-value", "-", "text"], &all);
    assert_eq!(code(&swapped), 0, "{swapped:?}");
    assert_eq!(document(&cluster, 0, &["get", "all"])["value"], "text");
    for wrong in [&["get", "--hex", "0"][..], &["get", "--base64", "AP8"], &["put", "-", "-"]] {
        let out = cluster.run(wrong);
        assert_eq!((code(&out), out.stdout.is_empty()), (2, true), "{wrong:?}: {out:?}");
    }
}

#[test]
fn a_terminal_gets_tables_and_a_pipe_bare_values() {
    let mut cluster = Cluster::start("terminal");
    cluster.expect(0, &["put", "tea", "gr\u{1b}[2Jeen"]);
    let endpoints = cluster.endpoints();
    let shown = |arguments: &[&str], environment: &[(&str, &str)]| {
        let arguments = [&["--timeout", "20s", "--endpoints", &endpoints], arguments].concat();
        OnTerminal::start(&arguments, environment).finish()
    };
    let table = "value    gr\\u{1b}[2Jeen\nversion  1.0\n".to_owned();
    assert_eq!(shown(&["get", "tea"], &[]), (table.clone(), 0), "no value plays with the terminal");
    assert_eq!(cluster.expect(0, &["get", "tea", "-o", "table"]), table);
    assert_eq!(shown(&["get", "tea", "-o", "raw"], &[]), ("gr\u{1b}[2Jeen\n".to_owned(), 0));
    assert_eq!(cluster.expect(0, &["get", "tea"]), "gr\u{1b}[2Jeen");
    assert_eq!(shown(&["get", "coffee"], &[]), (String::new(), 1));
    assert!(cluster.stop_node(3).success());
    let (status, _) = shown(&["status"], &[]);
    assert!(status.contains("\u{1b}[32mup\u{1b}[0m") && status.contains("\u{1b}[31mdown"), "{status:?}");
    for (arguments, environment) in [
        (&["status", "--no-color"][..], &[][..]),
        (&["status"], &[("NO_COLOR", "1")]),
        (&["status"], &[("TERM", "dumb")]),
    ] {
        let (status, _) = shown(arguments, environment);
        assert!(status.contains("down: ") && !status.contains('\u{1b}'), "{status:?}");
    }
    assert!(!cluster.expect(0, &["status"]).contains('\u{1b}'), "no colour in a pipe");
}
