//! Numbers and names in `docs/` are those of the code.
#![allow(missing_docs, clippy::indexing_slicing, clippy::unwrap_used)]

use quorate_client::SESSION_TOKEN_BYTES_MAX;
use quorate_client::explain::EXCHANGES_MAX;
use quorate_client::recipes::{NAME_BYTES_MAX, RESULT_BYTES_MAX};
use quorate_client::wire::hello::HELLO_BYTES;
use quorate_client::wire::limits::{
    CLIENT_FRAME_BYTES_MAX, CLIENT_IN_FLIGHT_MAX, CONNECT_TIMEOUT, CORRUPT_LISTED_MAX, COUNTERS_MAX, DEADLINE_MAX,
    ENVELOPE_BYTES_TARGET, ENVELOPES_MAX, HELLO_TIMEOUT, PEER_CONNECTIONS_MAX, PEER_FRAME_BYTES_MAX,
    PEER_IN_FLIGHT_MAX,
};
use quorate_client::{BATCH_BYTES_MAX, BATCH_IN_FLIGHT_MAX, BATCH_OPERATIONS_MAX, UPDATE_ATTEMPTS};
use quorate_node::admin::{ADMIN_CONNECTIONS_MAX, ADMIN_HEAD_BYTES_MAX, ADMIN_TIMEOUT};
use quorate_node::cli::Exit;
use quorate_node::config::BOUNDS;
use quorate_node::metrics::{MARKDOWN, markdown, metrics};
use quorate_node::server::SLOW_OPS_MAX;
use quorate_protocol::{
    BATCH_MAX, KEY_BYTES_MAX, PREPARES_MAX, ROUND_JUMP_MAX, SEEN_BYTES_MAX, SEEN_KEYS_MAX, SLOT_MAX, VALUE_BYTES_MAX,
    VOTERS_MAX, WAITING_MAX, WINDOW_MAX, WriteAttempt,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const LIMITS: &str = include_str!("../../docs/limits.md");
const OPERATING: &str = include_str!("../../docs/operating.md");
const README: &str = include_str!("../../README.md");

/// The cells of every table row whose first cell is a word in backticks, and that word.
fn rows(text: &str) -> Vec<(&str, Vec<&str>)> {
    let cells = text.lines().filter(|line| line.starts_with("| `")).map(|line| line.split('|').map(str::trim));
    let named = cells.map(|mut cells| (cells.nth(1).unwrap().trim_matches('`'), cells.collect()));
    named.collect()
}

fn cell<'a>(rows: &[(&str, Vec<&'a str>)], name: &str, column: usize) -> &'a str {
    let found: Vec<_> = rows.iter().filter(|(row, _)| *row == name).collect();
    assert_eq!(found.len(), 1, "docs/limits.md has {name} in {} rows", found.len());
    found[0].1[column]
}

#[test]
fn fixed_limits() {
    let fixed = [
        ("KEY_BYTES_MAX", KEY_BYTES_MAX as u64),
        ("VALUE_BYTES_MAX", VALUE_BYTES_MAX as u64),
        ("BATCH_MAX", BATCH_MAX as u64),
        ("WINDOW_MAX", WINDOW_MAX as u64),
        ("WAITING_MAX", WAITING_MAX as u64),
        ("PREPARES_MAX", u64::from(PREPARES_MAX)),
        ("VOTERS_MAX", VOTERS_MAX as u64),
        ("ROUND_JUMP_MAX", u64::from(ROUND_JUMP_MAX)),
        ("SLOT_MAX", SLOT_MAX),
        ("CLIENT_FRAME_BYTES_MAX", CLIENT_FRAME_BYTES_MAX as u64),
        ("PEER_FRAME_BYTES_MAX", PEER_FRAME_BYTES_MAX as u64),
        ("ENVELOPES_MAX", ENVELOPES_MAX as u64),
        ("ENVELOPE_BYTES_TARGET", ENVELOPE_BYTES_TARGET as u64),
        ("CLIENT_IN_FLIGHT_MAX", CLIENT_IN_FLIGHT_MAX as u64),
        ("PEER_IN_FLIGHT_MAX", PEER_IN_FLIGHT_MAX as u64),
        ("PEER_CONNECTIONS_MAX", PEER_CONNECTIONS_MAX as u64),
        ("HELLO_BYTES", HELLO_BYTES as u64),
        ("CORRUPT_LISTED_MAX", CORRUPT_LISTED_MAX as u64),
        ("COUNTERS_MAX", COUNTERS_MAX as u64),
        ("EXCHANGES_MAX", EXCHANGES_MAX as u64),
        ("DEADLINE_MAX", DEADLINE_MAX.as_secs()),
        ("HELLO_TIMEOUT", HELLO_TIMEOUT.as_secs()),
        ("CONNECT_TIMEOUT", CONNECT_TIMEOUT.as_secs()),
        ("BATCH_OPERATIONS_MAX", BATCH_OPERATIONS_MAX as u64),
        ("BATCH_BYTES_MAX", BATCH_BYTES_MAX as u64),
        ("BATCH_IN_FLIGHT_MAX", BATCH_IN_FLIGHT_MAX as u64),
        ("UPDATE_ATTEMPTS", u64::from(UPDATE_ATTEMPTS)),
        ("NAME_BYTES_MAX", NAME_BYTES_MAX as u64),
        ("RESULT_BYTES_MAX", RESULT_BYTES_MAX as u64),
        ("ADMIN_CONNECTIONS_MAX", ADMIN_CONNECTIONS_MAX as u64),
        ("ADMIN_HEAD_BYTES_MAX", ADMIN_HEAD_BYTES_MAX as u64),
        ("ADMIN_TIMEOUT", ADMIN_TIMEOUT.as_secs()),
        ("SLOW_OPS_MAX", SLOW_OPS_MAX as u64),
        ("SEEN_KEYS_MAX", SEEN_KEYS_MAX as u64),
        ("SEEN_BYTES_MAX", SEEN_BYTES_MAX as u64),
        ("SESSION_TOKEN_BYTES_MAX", SESSION_TOKEN_BYTES_MAX as u64),
        ("WriteAttempt::ATTEMPTS_MAX", u64::from(WriteAttempt::ATTEMPTS_MAX)),
    ];
    let rows = rows(LIMITS);
    for (name, value) in fixed {
        assert_eq!(cell(&rows, name, 0), value.to_string(), "{name}");
    }
    let known: BTreeSet<&str> = fixed.iter().map(|(name, _)| *name).chain(BOUNDS.iter().map(|b| b.name)).collect();
    let written: BTreeSet<&str> = rows.iter().map(|(name, _)| *name).collect();
    assert_eq!(written, known, "docs/limits.md names limits that this test does not know, or the reverse");
}

#[test]
fn configurable_limits() {
    let rows = rows(LIMITS);
    for bound in BOUNDS {
        assert_eq!(cell(&rows, bound.name, 0), bound.default.to_string(), "the default of {}", bound.name);
        assert_eq!(cell(&rows, bound.name, 1), bound.max.to_string(), "the maximum of {}", bound.name);
    }
}

#[test]
fn the_page_of_metrics_is_what_the_command_prints() {
    let page = std::fs::read_to_string(root().join(MARKDOWN)).unwrap();
    assert!(page == markdown(), "{MARKDOWN} is stale: quorate metrics --markdown > {MARKDOWN}");
}

/// Names of counters are looked up in a node's status by hand here and there.
#[test]
fn every_counter_that_code_names_is_in_the_table() {
    let mut sources = Vec::new();
    for directory in ["client", "node", "verification"] {
        collect(&root().join(directory), "rs", &mut sources);
    }
    let known: BTreeSet<&str> = metrics().map(|metric| metric.name).collect();
    let mut named = 0;
    for source in sources {
        let text = std::fs::read_to_string(&source).unwrap();
        let word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let names =
            text.split('"').filter(word).filter(|word| word.starts_with("quorate_") && word.ends_with("_total"));
        for name in names {
            named += 1;
            assert!(known.contains(name), "{} names {name}, which no node has", source.display());
        }
    }
    assert!(named > 20, "{named}");
}

#[test]
fn exit_codes() {
    for exit in
        [Exit::Ok, Exit::Negative, Exit::Usage, Exit::Unavailable, Exit::Unknown, Exit::Refused, Exit::Corruption]
    {
        let row = format!("| {} |", exit as u8);
        assert_eq!(OPERATING.lines().filter(|line| line.starts_with(&row)).count(), 1, "{exit:?}");
    }
}

#[test]
fn links_and_chapters_exist() {
    let mut pages = vec![root().join("README.md")];
    collect(&root().join("docs"), "md", &mut pages);
    assert!(pages.len() > 10);
    let summary = root().join("docs/SUMMARY.md");
    let listed = std::fs::read_to_string(&summary).unwrap();
    for page in pages {
        let chapter = page.strip_prefix(root().join("docs")).ok().filter(|_| page != summary);
        if let Some(chapter) = chapter {
            assert!(listed.contains(&format!("({})", chapter.display())), "{} is no chapter", chapter.display());
        }
        let text = std::fs::read_to_string(&page).unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').map_or((target, None), |(file, at)| (file, Some(at)));
            let path = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(path.exists(), "{} links to {target}, which is not there", page.display());
            let found = anchor.is_none_or(|anchor| anchors(&path).contains(anchor));
            assert!(found, "{} links to {target}: no such heading", page.display());
        }
    }
}

/// The names that a page's headings get: small letters, hyphens for spaces, nothing else.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(page).unwrap();
    let headings =
        text.lines().filter_map(|line| line.strip_prefix('#')).map(|rest| rest.trim_start_matches('#').trim());
    let kept = |c: char| if c == ' ' { Some('-') } else { (c.is_alphanumeric() || "-_".contains(c)).then_some(c) };
    headings.map(|heading| heading.to_lowercase().chars().filter_map(kept).collect()).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn collect(directory: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "book" && name != "target") {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

#[test]
fn the_readme_and_ci_run_the_same_tests() {
    let ci = include_str!("../../.ci/run").replace("\\\"", "\"");
    for command in [
        "cargo test --workspace",
        "RUSTFLAGS=\"--cfg loom\" cargo test --release --target-dir target/loom -p quorate-handoff --test 'loom_*'",
    ] {
        assert!(README.contains(command), "README.md lacks: {command}");
        assert!(ci.contains(command), ".ci/run lacks: {command}");
    }
}
