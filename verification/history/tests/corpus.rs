//! Sixty histories of an etcd register that Jepsen recorded, with porcupine's verdicts.

use quorate_history::{Checker, Format, Recording, Verdict};
use std::path::Path;

#[test]
fn verdicts_are_those_of_porcupine() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/jepsen-etcd");
    let Ok(expected) = std::fs::read_to_string(folder.join("expected.tsv")) else {
        println!("SKIPPED: the corpus of Jepsen histories is not on this machine");
        return;
    };
    let mut checked = 0;
    for row in expected.lines() {
        let (file, verdict) = row.split_once('\t').expect("file and verdict");
        let recording = Recording::read(&std::fs::read(folder.join(file)).expect("a history"), 1).expect("sound");
        assert_eq!(recording.format, Format::Jepsen, "{file}");
        assert!(recording.operations.len() > 50, "{file}: {} operations", recording.operations.len());
        let report = Checker::default().check(&recording.operations).expect("possible operations");
        let found = match &report.keys.values().next().expect("one key").verdict {
            Verdict::Linearizable => "linearizable",
            Verdict::NotLinearizable(_) => "not-linearizable",
            Verdict::Undecided => "undecided",
        };
        assert_eq!(found, verdict, "{file}");
        checked += 1;
    }
    assert_eq!(checked, 60);
}
