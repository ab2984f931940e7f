//! Every command in README.md and in the book is run here, or named in [`elsewhere`] with who runs it. Every block of
//! Rust in them is a doc test of `quorate-client`.
//!
//! A page is a session of a shell of its own: its commands run in the order in which they stand, in one directory, so
//! what a page says has to work from its first line on. `cargo run --release -- ...` is the checker that this test was
//! built with, so nothing is compiled twice; nodes listen on ports that are free rather than on those of the text.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod elsewhere;
mod page;
mod session;
mod shims;

use page::{Kind, Page};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[test]
fn every_command_runs_or_is_run_elsewhere() {
    let shims = shims::Shims::make(&root());
    let mut failures = Vec::new();
    let mut ran = 0;
    for page in Page::all(&root()) {
        let commands: Vec<_> = page.commands().into_iter().filter(|one| elsewhere::find(&one.text).is_none()).collect();
        if commands.is_empty() {
            continue;
        }
        println!("{}: {} commands", page.name, commands.len());
        ran += commands.len();
        if let Err(failure) = session::run(&page.name, &commands, &shims) {
            failures.push(failure);
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(ran > 20, "{ran} commands: the reader of pages finds hardly any");
}

#[test]
fn what_is_run_elsewhere_is() {
    let pages = Page::all(&root());
    let ci = std::fs::read_to_string(root().join(".ci/run")).unwrap().replace("\\\"", "\"");
    for entry in elsewhere::ENTRIES {
        let stands = pages.iter().flat_map(Page::commands).any(|command| entry.covers(&command.text));
        assert!(stands, "no page has the command '{}' any more", entry.begins);
        match entry.by {
            elsewhere::By::Ci(step) => assert!(ci.contains(step), ".ci/run lacks '{step}', for '{}'", entry.begins),
            elsewhere::By::Hand(reason) => println!("not run: {}: {reason}", entry.begins),
        }
    }
}

#[test]
fn every_block_says_what_it_is() {
    for page in Page::all(&root()) {
        for block in &page.blocks {
            assert!(block.kind != Kind::Unnamed, "{} line {}: a fence without a name", page.name, block.line);
        }
    }
}

#[test]
fn every_block_of_rust_is_a_doc_test() {
    let client = std::fs::read_to_string(root().join("client/src/doc_tests.rs")).unwrap();
    let with_rust = Page::all(&root()).into_iter().filter(|page| page.blocks.iter().any(|one| one.kind == Kind::Rust));
    let names: BTreeSet<String> = with_rust.map(|page| page.name).collect();
    assert!(names.contains("README.md"));
    for name in names {
        assert!(client.contains(&format!("../../{name}\"")), "client/src/doc_tests.rs lacks {name}");
    }
}
