//! Recorded traces of nodes: their segments, and the replay of what they say.

use super::Source as Choices;
use quorate_protocol::trace::{Event, FRAME_BYTES_MAX, SEGMENT_MARK, Start, frame_head};
use quorate_verification::trace::{Checker, Fault, Part, Position, SegmentReader, Source};

const FRAMES_MAX: usize = 200;

/// A segment of any bytes, and one of sound frames around bodies of any kind. What decodes encodes to what decodes to
/// the same; a replay of it ends in a report, whatever it says.
pub(super) fn trace(data: &[u8]) {
    let _ = events(data);
    let _ = events(&[&SEGMENT_MARK, data].concat());
    let bodies = bodies(data);
    let framed = bodies.iter().flat_map(|body| [&head(body)[..], body].concat());
    let segment: Vec<u8> = SEGMENT_MARK.into_iter().chain(framed).collect();
    let events = events(&segment);
    for event in &events {
        let body = postcard::to_allocvec(event).expect("every event encodes");
        assert_eq!(postcard::from_bytes::<Event>(&body).as_ref(), Ok(event));
        assert!(body.len() <= FRAME_BYTES_MAX as usize);
    }
    replay(events);
}

/// Bodies, each behind its length in two bytes.
fn bodies(data: &[u8]) -> Vec<&[u8]> {
    let (mut bodies, mut rest) = (Vec::new(), data);
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let (body, others) = after.split_at(usize::from(Choices::new(length).u16()).min(after.len()));
        bodies.push(body);
        rest = others;
        if bodies.len() == FRAMES_MAX {
            break;
        }
    }
    bodies
}

fn head(body: &[u8]) -> [u8; 8] {
    let length = u32::try_from(body.len()).expect("a short body");
    frame_head(length, crc32c::crc32c_append(crc32c::crc32c(&length.to_le_bytes()), body))
}

/// The events of a segment, up to the first thing that is none.
fn events(segment: &[u8]) -> Vec<Event> {
    let mut events = Vec::new();
    if let Ok(mut reader) = SegmentReader::new(segment) {
        while let Ok(Some(event)) = reader.next_event() {
            assert!(reader.offset() <= segment.len() as u64);
            events.push(event);
        }
    }
    events
}

fn replay(events: Vec<Event>) {
    let Some(Event::Start(start)) = events.first().cloned() else { return };
    let mut checker = Checker::new(Part { index: 0, of: 1 });
    checker.replay(&mut Events { start, events, next: 1 });
    let report = checker.finish();
    assert_eq!(report.is_explained(), report.failures.is_empty());
    assert!(!report.to_string().is_empty());
}

/// A stream in memory.
struct Events {
    start: Start,
    events: Vec<Event>,
    next: usize,
}

impl Source for Events {
    fn start(&self) -> &Start {
        &self.start
    }

    fn next_event(&mut self) -> Result<Option<(Position, Event)>, Fault> {
        let at = Position { segment: 0, offset: self.next as u64 };
        self.next += 1;
        match self.look_up(at) {
            Some(Event::Start(_)) => Err(Fault::Misplaced("a stream starts twice")),
            event => Ok(event.map(|event| (at, event))),
        }
    }

    fn look_up(&self, at: Position) -> Option<Event> {
        self.events.get(usize::try_from(at.offset).ok()?).cloned()
    }

    fn place(&self, at: Position) -> String {
        format!("event {}", at.offset)
    }
}
