use super::checker::{Checker, Part, Source};
use super::failure::Fault;
use super::report::Report;
use super::segment::{Position, ReadError, SegmentReader};
use quorate_protocol::trace::{Event, SEGMENT_EXTENSION, SEGMENT_MARK, Start};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How traces are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Bytes of segments for each time that they are read, with a part of the logs each time: it bounds the memory,
    /// to about as much.
    pub pass_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { pass_bytes: 2 << 30 }
    }
}

/// Why traces could not be looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TraceError {
    /// A directory or a file cannot be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// There is nothing to look at.
    #[error("no segment of a trace in {0}")]
    Empty(String),
}

/// A stream by node, start and shard.
type StreamKey = (u16, u32, u16);

/// The segments of a stream, by their numbers.
#[derive(Debug, Default)]
struct Segments {
    files: BTreeMap<u32, PathBuf>,
}

/// Replays and judges every stream in these directories.
///
/// # Errors
/// [`TraceError`]; whatever is wrong with the traces is in the report.
pub fn check_directories(directories: &[PathBuf], options: Options) -> Result<Report, TraceError> {
    let begun = Instant::now();
    let mut bytes = 0;
    let mut streams: BTreeMap<StreamKey, (Start, Segments)> = BTreeMap::new();
    let mut unreadable = Vec::new();
    for path in files(directories)? {
        let io = |error| TraceError::Io { path: path.clone(), error };
        bytes += path.metadata().map_err(io)?.len();
        match read_start(&path) {
            Ok(start) => {
                let key = (start.me.node.0, start.me.incarnation.0, start.shard);
                let number = start.segment;
                let (_, segments) = streams.entry(key).or_insert_with(|| (start, Segments::default()));
                if segments.files.insert(number, path.clone()).is_some() {
                    unreadable.push((Fault::StartTwice, path));
                }
            }
            // Killed as it was begun: its stream ends with the segment before.
            Err(Fault::Read(ReadError::Torn)) => {}
            Err(Fault::Read(ReadError::Io(error))) => return Err(io(error)),
            Err(fault) => unreadable.push((fault, path)),
        }
    }
    if streams.is_empty() && unreadable.is_empty() {
        let names: Vec<String> = directories.iter().map(|path| path.display().to_string()).collect();
        return Err(TraceError::Empty(names.join(", ")));
    }
    let parts = bytes.div_ceil(options.pass_bytes.max(1)).max(1);
    let mut total: Option<Report> = None;
    for index in 0..parts {
        let mut checker = Checker::new(Part { index, of: parts });
        for (fault, path) in unreadable.drain(..) {
            checker.fail_stream(fault, path.display().to_string());
        }
        for (start, segments) in streams.values() {
            checker.replay(&mut StreamFiles::new(start, segments));
        }
        let report = checker.finish();
        match &mut total {
            None => total = Some(report),
            Some(total) => total.add(report),
        }
    }
    let mut report = total.unwrap_or_default();
    (report.bytes, report.time) = (bytes, begun.elapsed());
    Ok(report)
}

fn files(directories: &[PathBuf]) -> Result<Vec<PathBuf>, TraceError> {
    let mut found = Vec::new();
    for directory in directories {
        let io = |error| TraceError::Io { path: directory.clone(), error };
        for file in fs::read_dir(directory).map_err(io)? {
            let path = file.map_err(io)?.path();
            if path.extension().is_some_and(|extension| extension == SEGMENT_EXTENSION) {
                found.push(path);
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn open(path: &Path) -> Result<SegmentReader<BufReader<File>>, Fault> {
    let file = File::open(path).map_err(|error| Fault::Read(error.into()))?;
    SegmentReader::new(BufReader::with_capacity(256 << 10, file)).map_err(Fault::Read)
}

fn read_start(path: &Path) -> Result<Start, Fault> {
    match open(path)?.next_event().map_err(Fault::Read)? {
        Some(Event::Start(start)) => Ok(start),
        Some(_) => Err(Fault::Misplaced("a segment that does not begin with its start")),
        None => Err(Fault::Read(ReadError::Torn)),
    }
}

/// A stream in files.
struct StreamFiles<'a> {
    start: &'a Start,
    segments: &'a Segments,
    next: u32,
    open: Option<SegmentReader<BufReader<File>>>,
}

impl<'a> StreamFiles<'a> {
    fn new(start: &'a Start, segments: &'a Segments) -> Self {
        Self { start, segments, next: 0, open: None }
    }

    /// Opens the next segment and takes its start; false after the last one.
    fn advance(&mut self) -> Result<bool, Fault> {
        let Some(path) = self.segments.files.get(&self.next) else {
            let last = self.segments.files.keys().next_back().is_none_or(|last| *last < self.next);
            return if last { Ok(false) } else { Err(Fault::MissingSegment(self.next)) };
        };
        let mut reader = open(path)?;
        match reader.next_event().map_err(Fault::Read)? {
            Some(Event::Start(start))
                if (Start { segment: 0, ..start.clone() }) == (Start { segment: 0, ..self.start.clone() }) => {}
            _ => return Err(Fault::Misplaced("a segment of another stream")),
        }
        self.open = Some(reader);
        self.next += 1;
        Ok(true)
    }
}

impl Source for StreamFiles<'_> {
    fn start(&self) -> &Start {
        self.start
    }

    fn next_event(&mut self) -> Result<Option<(Position, Event)>, Fault> {
        loop {
            let Some(reader) = &mut self.open else {
                if self.advance()? {
                    continue;
                }
                return Ok(None);
            };
            let at = Position { segment: self.next.saturating_sub(1), offset: reader.offset() };
            match reader.next_event() {
                Ok(Some(event)) => return Ok(Some((at, event))),
                Ok(None) => self.open = None,
                // A kill leaves the last frame of the last segment so, and no other.
                Err(ReadError::Torn) if !self.segments.files.contains_key(&self.next) => {
                    self.open = None;
                    self.next = u32::MAX;
                }
                Err(error) => return Err(Fault::Read(error)),
            }
        }
    }

    fn look_up(&self, at: Position) -> Option<Event> {
        let mut file = File::open(self.segments.files.get(&at.segment)?).ok()?;
        file.seek(SeekFrom::Start(at.offset.max(SEGMENT_MARK.len() as u64))).ok()?;
        SegmentReader::at(BufReader::new(file), at.offset).next_event().ok()?
    }

    fn place(&self, at: Position) -> String {
        let file = self.segments.files.get(&at.segment).and_then(|path| path.file_name());
        format!("{} byte {}", file.unwrap_or_default().to_string_lossy(), at.offset)
    }
}
