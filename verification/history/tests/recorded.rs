//! Histories recorded by our own nodes, good ones and ones broken by hand, and some in other forms: see
//! `corpora/README.md`.

use quorate_history::{Asked, Checker, Format, Recording, Timeline, Verdict, check_versions};
use std::path::Path;

/// What a history is found to be.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    format: String,
    operations: String,
    verdict: String,
    versions: String,
}

fn find(path: &Path) -> Found {
    let recording = Recording::read(&std::fs::read(path).expect("a history"), 2).expect("a sound form");
    let checker = Checker { threads: 2, initial: recording.initial.clone(), ..Checker::default() };
    let report = checker.check(&recording.operations).expect("possible operations");
    assert_eq!(report.undecided(), 0, "{path:?}");
    for (key, why) in report.violations() {
        assert!(why.smallest && why.minimal, "{path:?}: {why}");
        // Increments say what they came to, so each leans on the one before: of a counter that fell back,
        // the whole chain is what no operation can be left out of.
        let counted = why.window.iter().any(|operation| matches!(operation.op, Asked::Increment(_)));
        let most = if counted { 100 } else { 8 };
        assert!(why.window.len() <= most, "{path:?}: {} operations are no explanation: {why}", why.window.len());
        let drawn = Timeline::new(key, why, &recording.operations).to_string();
        assert_eq!(drawn.matches("class=\"blocked\"").count(), 1, "{path:?}");
        assert_eq!(drawn.matches("class=\"window\"").count(), why.window.len() - 1, "{path:?}");
    }
    let versions = match check_versions(&recording.operations) {
        _ if recording.format != Format::Quorate => "not-stated",
        Ok(()) => "in-order",
        Err(_) => "out-of-order",
    };
    let good = report.keys.values().all(|key| key.verdict == Verdict::Linearizable);
    Found {
        format: recording.format.to_string(),
        operations: recording.operations.len().to_string(),
        verdict: if good { "linearizable" } else { "not-linearizable" }.to_owned(),
        versions: versions.to_owned(),
    }
}

#[test]
fn committed_histories_are_found_to_be_what_they_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora");
    let expected = std::fs::read_to_string(folder.join("expected.tsv")).expect("what is expected");
    let mut checked = Vec::new();
    for row in expected.lines().filter(|row| !row.starts_with('#')) {
        let fields: Vec<String> = row.split('\t').map(str::to_owned).collect();
        let [file, format, operations, verdict, versions] = <[String; 5]>::try_from(fields).expect("five fields");
        assert_eq!(find(&folder.join(&file)), Found { format, operations, verdict, versions }, "{file}");
        checked.push(file);
    }
    let files = std::fs::read_dir(&folder).expect("a folder").map(|file| file.expect("a file").file_name());
    let mut histories: Vec<String> = files.filter_map(|name| name.into_string().ok()).collect();
    histories.retain(|name| name != "README.md" && name != "expected.tsv");
    histories.sort();
    checked.sort();
    assert_eq!(histories, checked, "every history has a row");
}
