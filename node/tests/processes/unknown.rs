//! An outcome that nobody can tell: exit code 4, and the command that finds out.

use crate::cluster::{BINARY, Cluster, code, text};
use rustix::process::Signal;
use std::process::Command;

#[test]
fn an_unknown_outcome_prints_the_command_that_resolves_it() {
    let cluster = Cluster::start("unknown");
    cluster.expect(0, &["put", "a key", "before"]);
    // Two nodes freeze: whoever has the request can neither get it chosen nor take it back.
    cluster.signal_node(2, Signal::STOP);
    cluster.signal_node(3, Signal::STOP);
    let out = Command::new(BINARY)
        .args(["--timeout", "2s", "--endpoints", &cluster.endpoints(), "put", "a key", "after"])
        .output()
        .unwrap();
    cluster.signal_node(2, Signal::CONT);
    cluster.signal_node(3, Signal::CONT);
    assert_eq!(code(&out), 4, "{out:?}");
    assert!(out.stdout.is_empty(), "{out:?}");
    let said = text(&out.stderr);
    let resolve = said.lines().map(str::trim).find(|line| line.starts_with("quorate resolve ")).unwrap_or_default();
    let resolve = resolve.strip_prefix("quorate ").unwrap_or_else(|| panic!("no command in {said}"));
    // As a shell would run it: the key has a space, so it is quoted.
    assert!(resolve.contains("'a key'"), "{resolve}");
    let shell =
        Command::new("sh").arg("-c").arg(format!("\"$0\" --timeout 20s {resolve}")).arg(BINARY).output().unwrap();
    let value = cluster.expect(0, &["get", "a key"]);
    let answer = (code(&shell), text(&shell.stdout));
    match answer.0 {
        0 => assert!(answer.1.starts_with("applied ") && value == "after", "{answer:?}, {value}"),
        1 => assert!(answer.1 == "not-applied\n" && value == "before", "{answer:?}, {value}"),
        _ => panic!("{answer:?}: {}", text(&shell.stderr)),
    }
}
