//! Traces as files: torn, flipped, cut, and nonsense.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod trace_support;

use quorate_protocol::trace::{Event, FRAME_BYTES_MAX, SEGMENT_MARK, Start, frame_head};
use quorate_verification::trace::{Fault, Options, ReadError, Report, SegmentReader, check_directories};
use std::path::PathBuf;
use trace_support::{Cluster, Recorded, bytes};

/// A directory for one test, gone at its end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("trace-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(format!("{name}.qtrace")), bytes).unwrap();
    }

    fn check(&self) -> Report {
        check_directories(std::slice::from_ref(&self.0), Options::default()).unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The first `events` of a stream as its first segment, the rest as its second.
fn split(stream: &Recorded, events: usize) -> [Vec<u8>; 2] {
    let (one, other) = stream.events.split_at(events);
    let second = Start { segment: 1, ..stream.start.clone() };
    let segment = |start: &Start, events: &[Event]| bytes(&Recorded { start: start.clone(), events: events.to_vec() });
    [segment(&stream.start, one), segment(&second, other)]
}

#[test]
fn segments_follow_one_another() {
    let streams = Cluster::busy().end();
    let directory = Directory::new("segments");
    for (number, stream) in streams.iter().enumerate() {
        let [one, other] = split(stream, 20);
        directory.put(&format!("a{number}"), &one);
        directory.put(&format!("b{number}"), &other);
    }
    let report = directory.check();
    assert!(report.is_explained() && report.torn == 0 && report.nodes == 3, "{report}");
    // Read once for a few bytes, with a part of the logs each time: the same.
    let again = check_directories(std::slice::from_ref(&directory.0), Options { pass_bytes: 4000 }).unwrap();
    let counts = |r: &Report| (r.events, r.steps, r.issued, r.logs, r.slots_in_full, r.chosen, r.learned, r.failed);
    assert_eq!(counts(&again), counts(&report));
    std::fs::remove_file(directory.0.join("a1.qtrace")).unwrap();
    assert!(matches!(directory.check().failures[0].fault, Fault::MissingSegment(0)));
}

/// A kill leaves any prefix of the bytes: every one is accepted, as the end of that run.
#[test]
fn a_torn_tail_is_accepted_at_the_end_alone() {
    let streams = Cluster::busy().end();
    let directory = Directory::new("torn");
    for (number, stream) in streams.iter().enumerate() {
        directory.put(&number.to_string(), &bytes(stream));
    }
    let whole = bytes(&streams[1]);
    let end = whole.len();
    for length in (0..end).step_by(7).chain(end - 12..end) {
        directory.put("1", &whole[..length]);
        let report = directory.check();
        assert!(report.is_explained(), "{length} of {end} bytes: {report}");
        assert!(report.torn == 1 || report.nodes == 2, "{length} of {end} bytes: {report}");
        assert_eq!(report.gaps, 0);
    }
    let [one, other] = split(&streams[1], 20);
    directory.put("1", &one[..one.len() - 3]);
    directory.put("1b", &other);
    let report = directory.check();
    assert!(matches!(report.failures[0].fault, Fault::Read(ReadError::Torn)), "torn within: {report}");
}

#[test]
fn a_flipped_bit_is_found() {
    let streams = Cluster::busy().end();
    let directory = Directory::new("flipped");
    let whole = bytes(&streams[0]);
    for at in (0..whole.len()).step_by(29) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        directory.put("0", &flipped);
        let report = directory.check();
        // A length that now reaches beyond the file's end looks like a tear.
        let torn = report.is_explained() && (report.torn == 1 || report.streams == 0);
        let read = report.failures.first().is_some_and(|failure| matches!(failure.fault, Fault::Read(_)));
        assert!(torn || read, "byte {at}: {report}");
        assert!(report.steps < 60, "nothing behind it is believed: {report}");
    }
}

#[test]
fn garbage_never_panics() {
    let directory = Directory::new("garbage");
    let mut random = 11_u64;
    let mut next = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33).to_le_bytes()[0]
    };
    for round in 0..150_u32 {
        let mut garbage: Vec<u8> = (0..round).map(|_| next()).collect();
        if round % 2 == 0 {
            garbage.splice(0..0, SEGMENT_MARK);
        }
        directory.put("0", &garbage);
        // Sound frames around nonsense: what postcard makes of it reaches the checker.
        let mut framed = bytes(&Cluster::busy().streams()[0]);
        let body: Vec<u8> =
            std::iter::once(round.to_le_bytes()[0] % 9).chain((0..round % 60).map(|_| next())).collect();
        let length = u32::try_from(body.len()).unwrap();
        framed.extend(frame_head(length, crc32c::crc32c_append(crc32c::crc32c(&length.to_le_bytes()), &body)));
        framed.extend(&body);
        directory.put("1", &framed);
        let _ = directory.check().to_string();
    }
    let mut huge = SEGMENT_MARK.to_vec();
    huge.extend(frame_head(FRAME_BYTES_MAX + 1, 0));
    let mut reader = SegmentReader::new(&huge[..]).unwrap();
    assert!(matches!(reader.next_event(), Err(ReadError::Length(_))), "before any memory is taken for it");
}
