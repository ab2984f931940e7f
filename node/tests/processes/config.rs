//! `config check` and `config print-effective`: what a node would run with, and where each value comes from.

use crate::cluster::{BINARY, Cluster, code, text};
use serde_json::Value;
use std::process::{Command, Output};

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(BINARY).args(arguments).envs(environment.iter().copied()).output().unwrap()
}

#[test]
fn each_value_with_its_origin() {
    let cluster = Cluster::init("effective");
    let file = cluster.config(1).display().to_string();
    let environment = [("QUORATE_LOG", "warn"), ("QUORATE_INBOX", "77")];
    let flags = ["config", "print-effective", &file, "--listen", "127.0.0.1:1", "-o", "ndjson"];
    let out = run(&flags, &environment);
    assert_eq!(code(&out), 0, "{out:?}");
    let document: Value = serde_json::from_str(&text(&out.stdout)).unwrap();
    let setting = |name: &str| {
        let all = document["settings"].as_array().unwrap();
        let found = all.iter().find(|setting| setting["key"] == name).unwrap_or_else(|| panic!("no {name}"));
        (found["value"].as_str().unwrap().to_owned(), found["origin"].as_str().unwrap().to_owned())
    };
    let pair = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
    assert_eq!(setting("cluster"), pair(&cluster.id, "file, line 2"));
    assert_eq!(setting("listen"), pair("127.0.0.1:1", "flag --listen"));
    assert_eq!(setting("log"), pair("warn", "variable QUORATE_LOG"));
    assert_eq!(setting("limits.inbox"), pair("77", "variable QUORATE_INBOX"));
    assert_eq!(setting("limits.outbox").1, "default");
    assert_eq!(setting("epoch"), pair("1", "default"));
    assert!(setting("members.3").1.starts_with("file, line "));
    // A flag stands above the variable.
    let out = run(&["config", "print-effective", &file, "--log", "info"], &environment);
    assert!(
        text(&out.stdout).lines().any(|line| line.starts_with("log ") && line.ends_with("info   flag --log")
            || line.starts_with("log ") && line.contains("flag --log")),
        "{out:?}"
    );
    let good = run(&["config", "check", &file], &[]);
    assert_eq!((code(&good), text(&good.stdout).contains("node 1 of 3")), (0, true), "{good:?}");
}

#[test]
fn what_was_meant_is_said() {
    let cluster = Cluster::init("meant");
    let file = cluster.config(1).display().to_string();
    let original = std::fs::read_to_string(&file).unwrap();
    let refused = |content: &str, words: &[&str]| {
        std::fs::write(&file, content).unwrap();
        let out = run(&["config", "check", &file], &[]);
        assert_eq!((code(&out), out.stdout.is_empty()), (2, true), "{out:?}");
        let said = text(&out.stderr);
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    };
    refused(&format!("lisen = \"a:1\"\n{original}"), &["unknown field `lisen`", "did you mean `listen`?", "line 1"]);
    refused(&format!("{original}\n[limits]\nconections = 1\n"), &["did you mean `connections`?"]);
    refused(&original.replace("node = 1", "node = 9"), &["does not name this node, 9", "[members]"]);
    refused(&format!("log = \"=,=\"\n{original}"), &["log filter"]);
    std::fs::write(&file, original).unwrap();
    let out = run(&["config", "chek", &file], &[]);
    assert_eq!((code(&out), text(&out.stderr).contains("'check'")), (2, true), "{out:?}");
    let out = run(&["version", "--ouput", "json"], &[]);
    assert_eq!((code(&out), text(&out.stderr).contains("'--output'")), (2, true), "{out:?}");
    let out = run(&["version"], &[("QUORATE_ENDPOINT", "x")]);
    let said = text(&out.stderr);
    assert_eq!(code(&out), 0);
    assert!(said.contains("QUORATE_ENDPOINT,") && said.contains("did you mean QUORATE_ENDPOINTS?"), "{said}");
    let out = run(&["version", "-o", "json"], &[("QUORATE_ENDPOINT", "x")]);
    assert!(serde_json::from_slice::<Value>(&out.stderr).is_ok_and(|warning| warning["outcome"] == "warning"));
    assert!(run(&["version"], &[("QUORATE_ENDPOINTS", "x")]).stderr.is_empty());
}
