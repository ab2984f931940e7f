//! What packages name is there: options of the command, variables, exit codes, files.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use quorate_node::cli::Exit;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const UNIT: &str = include_str!("../../ops/systemd/quorate.service");
const DEFAULTS: &str = include_str!("../../ops/debian/quorate.default");
const CONTAINER: &str = include_str!("../../ops/container/Containerfile");
const POSTRM: &str = include_str!("../../ops/debian/postrm");
const POSTINST: &str = include_str!("../../ops/debian/postinst");
const BUILD: &str = include_str!("../../ops/debian/build");
const MANIFEST: &str = include_str!("../Cargo.toml");

fn help(arguments: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_quorate")).args(arguments).arg("--help").output().unwrap();
    assert!(out.status.success(), "{arguments:?}: {out:?}");
    String::from_utf8(out.stdout).unwrap()
}

fn setting<'a>(unit: &'a str, name: &str) -> &'a str {
    let found: Vec<&str> = unit.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('=')).collect();
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found[0]
}

#[test]
fn the_service_runs_a_command_that_there_is() {
    assert_eq!(setting(UNIT, "Type"), "notify");
    let words: Vec<&str> = setting(UNIT, "ExecStart").split(' ').collect();
    assert_eq!(words[0], "/usr/bin/quorate");
    assert!(MANIFEST.contains("[\"target/release/quorate\", \"usr/bin/\", \"755\"]"));
    assert!(help(&words[1..2]).contains(words[2]), "{words:?}");
    let never = [Exit::Usage, Exit::Refused, Exit::Corruption].map(|exit| (exit as u8).to_string());
    assert_eq!(setting(UNIT, "RestartPreventExitStatus"), never.join(" "));
    let allowed: u64 = setting(UNIT, "TimeoutStopSec").trim_end_matches('s').parse().unwrap();
    let stop = quorate_node::config::BOUNDS.iter().find(|bound| bound.name == "stop_timeout_ms").unwrap();
    assert!(allowed * 1000 > stop.max, "systemd would kill a node that stops as it was told to");
}

#[test]
fn variables_are_those_of_the_command() {
    let known = help(&["serve"]) + &help(&["status"]);
    let mut named = BTreeSet::new();
    for text in [DEFAULTS, CONTAINER] {
        let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
        named.extend(words.filter(|word| word.starts_with("QUORATE_")));
    }
    assert!(named.len() >= 5, "{named:?}");
    assert!(named.iter().all(|name| known.contains(name)), "{named:?}");
    let check = CONTAINER.lines().find_map(|line| line.split_once("CMD [\"/usr/bin/quorate\", ")).unwrap().1;
    let words: Vec<&str> =
        check.split('"').filter(|word| !word.contains([',', ']'])).filter(|w| !w.is_empty()).collect();
    assert!(words.contains(&"status"), "{words:?}");
    help(&words);
}

#[test]
fn what_is_packed_is_there() {
    let node = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packed: Vec<&str> = MANIFEST.split("[\"../").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let (generated, kept): (Vec<&str>, Vec<&str>) = packed.into_iter().partition(|file| file.starts_with("target/"));
    assert!(kept.len() >= 8, "{kept:?}");
    for file in generated {
        let made = file.strip_prefix("target/generated/").unwrap().split('/').next().unwrap();
        assert!(BUILD.contains(&format!("$made/{made}")), "{file} is not made by ops/debian/build");
    }
    for file in kept {
        let path = node.join("..").join(file.replace("*.yml", "quorate.rules.yml").replace("*.md", "packages.md"));
        assert!(path.is_file(), "{}", path.display());
    }
}

#[test]
fn scripts_of_the_package_touch_no_data() {
    for script in [POSTINST, POSTRM] {
        assert!(script.contains("#DEBHELPER#") && script.contains("set -e"));
        for word in ["rm ", "rmdir", "mv ", "chown", "deluser", "quorate init"] {
            let commands = script.lines().filter(|line| !line.trim_start().starts_with('#'));
            assert!(commands.into_iter().all(|line| !line.contains(word)), "{word} in {script}");
        }
    }
}
