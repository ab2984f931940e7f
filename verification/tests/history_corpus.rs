//! Sixty histories of an etcd register that Jepsen recorded, with porcupine's verdicts.

mod history_support;

use quorate_spec::Expect;
use quorate_verification::history::{Asked, Bound, Operation, Outcome, Verdict, check};
use std::collections::HashMap;
use std::path::Path;

/// One line: `INFO  jepsen.util - PROCESS :KIND :OPERATION VALUE`, separated by tabs.
fn line(text: &str) -> (u64, &str, &str, &str) {
    let event = text.split_once(" - ").expect("a Jepsen line").1;
    let mut fields = event.split('\t').map(str::trim);
    let mut field = || fields.next().expect("four fields");
    (field().parse().expect("a process"), field(), field(), field())
}

fn asked(operation: &str, value: &str) -> Asked {
    let bytes = |text: &str| text.as_bytes().to_vec();
    match operation {
        ":read" => Asked::Get,
        ":write" => Asked::Put(bytes(value)),
        ":cas" => {
            let pair = value.strip_prefix('[').and_then(|v| v.strip_suffix(']')).expect("a pair");
            let (old, new) = pair.split_once(' ').expect("a pair");
            Asked::CompareAndSet { expect: Expect::Value(bytes(old)), new: Some(bytes(new)) }
        }
        other => panic!("{other}"),
    }
}

fn parse(text: &str) -> Vec<Operation> {
    let mut history: Vec<Operation> = Vec::new();
    let mut open: HashMap<u64, usize> = HashMap::new();
    for (time, text) in (0..).zip(text.lines()) {
        let (process, kind, operation, value) = line(text);
        if kind == ":invoke" {
            let op = asked(operation, value);
            open.insert(process, history.len());
            let outcome = Outcome::Unknown;
            history.push(Operation { process, key: b"register".to_vec(), call: time, ret: None, op, outcome });
            continue;
        }
        let called = open.remove(&process).and_then(|place| history.get_mut(place)).expect("a call before");
        called.ret = Some(time);
        called.outcome = match (kind, operation) {
            (":ok", ":read") => {
                let value = (value != "nil").then(|| value.as_bytes().to_vec());
                Outcome::Read { value, version: None }
            }
            (":ok", _) => Outcome::Done { version: None, value: None },
            (":fail", ":cas") => Outcome::Refused { found: None },
            (":info", _) => Outcome::Unknown,
            other => panic!("{other:?}"),
        };
    }
    history
}

#[test]
fn verdicts_are_those_of_porcupine() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora/jepsen-etcd");
    let Ok(expected) = std::fs::read_to_string(folder.join("expected.tsv")) else {
        println!("SKIPPED: the corpus of Jepsen histories is not on this machine");
        return;
    };
    let mut checked = 0;
    for row in expected.lines() {
        let (file, verdict) = row.split_once('\t').expect("file and verdict");
        let history = parse(&std::fs::read_to_string(folder.join(file)).expect("a history"));
        assert!(history.len() > 50, "{file}: {} operations", history.len());
        let report = check(&history, Bound::default()).expect("possible operations");
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
