//! Any bytes into each parser: an answer, never a panic, and no more memory than the input is worth.

mod support;

use quorate_history::{Bound, Checker, Format, Recording, Timeline, parse};
use std::path::Path;
use support::Random;

const FORMATS: [Format; 3] = [Format::Quorate, Format::Jepsen, Format::Porcupine];

/// Reads it every way there is, and checks what is a history.
fn feed(bytes: &[u8]) {
    let ours = parse(bytes).ok();
    let both = Format::Quorate.read(bytes, 1).ok().map(|recording| recording.operations);
    assert_eq!(ours, both, "two readers of one form: {:?}", String::from_utf8_lossy(bytes));
    let _ = Recording::read(bytes, 2);
    for recording in FORMATS.iter().filter_map(|format| format.read(bytes, 2).ok()) {
        // A line that says something is longer than this, so nobody can ask for memory by a few bytes.
        assert!(recording.operations.len() <= bytes.len() / 12, "{} of {}", recording.operations.len(), bytes.len());
        let checker = Checker { bound: Bound(2_000), threads: 1, initial: recording.initial.clone() };
        let Ok(report) = checker.check(&recording.operations) else { continue };
        assert!(!report.to_string().is_empty());
        for (key, why) in report.violations() {
            assert!(Timeline::new(key, why, &recording.operations).to_string().ends_with("</svg>\n"));
        }
    }
}

fn place(random: &mut Random, length: usize) -> usize {
    usize::try_from(random.below(length as u64 + 1)).unwrap_or(0)
}

/// One to four changes: a byte, a piece taken out, doubled, or put elsewhere, a word of some form put in.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    let words: [&[u8]; 14] = [
        b"\n",
        b" ",
        b"-",
        b":",
        b"%",
        b"%F",
        b"\xff",
        b"18446744073709551616",
        b"nil",
        b"\"",
        b"\\",
        b":invoke",
        b"append :x",
        b"\t",
    ];
    for _ in 0..=random.below(4) {
        let from = place(random, bytes.len());
        let to = (from + place(random, 40)).min(bytes.len());
        match random.below(4) {
            0 => bytes.splice(from..to, []).for_each(drop),
            1 => {
                let piece: Vec<u8> = bytes.get(from..to).unwrap_or_default().to_vec();
                let at = place(random, bytes.len());
                bytes.splice(at..at, piece).for_each(drop);
            }
            2 => {
                let byte = u8::try_from(random.below(256)).unwrap_or(0);
                bytes.get_mut(from).into_iter().for_each(|found| *found = byte);
            }
            _ => {
                let word = words.get(place(random, words.len() - 1)).copied().unwrap_or_default();
                bytes.splice(from..from, word.iter().copied()).for_each(drop);
            }
        }
    }
}

#[test]
fn noise_is_refused() {
    let mut random = Random(1);
    for _ in 0..5_000 {
        let length = random.below(200);
        feed(&(0..length).map(|_| u8::try_from(random.below(256)).unwrap_or(0)).collect::<Vec<u8>>());
    }
}

#[test]
fn broken_histories_are_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora");
    let mut random = Random(2);
    let names = ["broken-counter.txt", "killed-all.txt", "porcupine-form-bad.txt", "jepsen-form-bad.log"];
    for name in names {
        let whole = std::fs::read(folder.join(name)).expect("a history");
        for _ in 0..2_000 {
            // A dozen lines or so, with the first.
            let mut lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
            lines.truncate(3 + place(&mut random, 20));
            let mut bytes = lines.concat();
            mutate(&mut bytes, &mut random);
            feed(&bytes);
        }
    }
}

#[test]
fn chunks_read_as_the_whole_does() {
    let header = b"quorate-history 1\n".as_slice();
    let line = b"1 2 3 :some-key put :some-value-that-takes-room => done 1.0 -\n".as_slice();
    let mut bytes = [header, &line.repeat(60_000)].concat();
    let whole = Format::Quorate.read(&bytes, 1).expect("sound");
    assert_eq!(whole.operations.len(), 60_000);
    assert_eq!(Format::Quorate.read(&bytes, 5).expect("sound"), whole);
    bytes.extend_from_slice(b"1 2 3 :k put\n");
    let error = Format::Quorate.read(&bytes, 3).expect_err("a line is short");
    assert_eq!(error.line, 60_002);
    assert_eq!(parse(bytes.as_slice()).expect_err("a line is short"), error);
}
