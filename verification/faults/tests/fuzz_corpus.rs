//! The corpus of the fuzz targets, replayed on a stable compiler, and some input of no kind beside it.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::needless_pass_by_value)]

#[path = "../../../client/tests/allocations/mod.rs"]
mod allocations;

use allocations::largest_allocation;
use quickcheck::{QuickCheck, TestResult};
use quorate_faults::fuzz::{TARGETS, Target, run};
use quorate_protocol::trace::FRAME_BYTES_MAX;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// serde reserves at most 1 MiB on a sequence's own word, and a reader of traces as much as a frame may have; nothing
/// else may ask for more on a short input.
fn allocation_max(name: &str) -> usize {
    if name == "trace" { FRAME_BYTES_MAX as usize } else { 1 << 20 }
}

fn fuzz_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort_unstable();
    files
}

fn names(directory: &str) -> BTreeSet<String> {
    let stem = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    files(&fuzz_directory().join(directory)).iter().map(stem).collect()
}

#[test]
fn every_input_of_the_corpus_holds() {
    for Target { name, .. } in TARGETS {
        let files = files(&fuzz_directory().join("corpus").join(name));
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            println!("{}", file.display()); // The last line names the input that failed.
            let data = fs::read(&file).unwrap();
            let largest = largest_allocation(|| run(name, &data));
            assert!(largest <= allocation_max(name), "{largest} bytes at once, by {}", file.display());
        }
    }
}

#[test]
fn every_target_has_its_program_and_its_corpus_and_there_are_no_others() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(targets.len(), TARGETS.len());
    assert_eq!(names("fuzz_targets"), targets);
    assert_eq!(names("corpus"), targets);
    let manifest = fs::read_to_string(fuzz_directory().join("Cargo.toml")).unwrap();
    for target in targets {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target} is not in the manifest");
    }
}

/// A corpus that nobody can read through is one that nobody looks at.
#[test]
fn the_corpus_is_small() {
    let sizes = TARGETS.iter().flat_map(|target| files(&fuzz_directory().join("corpus").join(target.name)));
    let sizes: Vec<u64> = sizes.map(|file| fs::metadata(file).unwrap().len()).collect();
    assert!(sizes.len() <= 900 && sizes.iter().sum::<u64>() <= 300_000, "{} files", sizes.len());
}

#[test]
fn any_bytes_hold() {
    fn holds(data: Vec<u8>, longer: Vec<u8>) -> TestResult {
        for Target { name, .. } in TARGETS {
            let data = if *name == "step" { [&data[..], &longer, &data].concat() } else { data.clone() };
            let largest = largest_allocation(|| run(name, &data));
            if largest > allocation_max(name) {
                return TestResult::error(format!("{largest} bytes at once, by {name}"));
            }
        }
        TestResult::passed()
    }
    QuickCheck::new().tests(2000).quickcheck(holds as fn(Vec<u8>, Vec<u8>) -> TestResult);
}
