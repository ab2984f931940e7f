use super::SEGMENT_BYTES;
use super::memory::start_of;
use super::queue::EventQueue;
use super::recorder::LogRecorder;
use super::segments::{Full, Segments, bytes_in};
use super::writer;
use crate::driver::Recorder;
use quorate_protocol::Replica;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long the end of a node waits for its trace.
const END_WAIT: Duration = Duration::from_secs(5);

/// The recording of one start of a node: a stream and a thread for each shard.
#[derive(Debug)]
pub struct Recording {
    directory: PathBuf,
    bytes_max: u64,
    streams: Mutex<Vec<Stream>>,
}

#[derive(Debug)]
struct Stream {
    queue: Arc<EventQueue>,
    thread: JoinHandle<()>,
}

/// What recording came to so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordingStats {
    /// Events written.
    pub events: u64,
    /// Events left out, since the thread was behind or writing had failed.
    pub dropped: u64,
    /// Bytes written.
    pub bytes: u64,
}

impl Recording {
    /// Records into `directory`, which is made if it is not there, until its segments, those of earlier starts among
    /// them, have `bytes_max` bytes.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn new(directory: &Path, bytes_max: u64) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Self { directory: directory.to_path_buf(), bytes_max, streams: Mutex::default() })
    }

    /// Starts the stream of one shard. The stream ends when what this returns is dropped.
    ///
    /// # Errors
    /// A file cannot be created, or exists; or the thread cannot be started.
    pub fn recorder(&self, shard: u16, replica: &Replica) -> io::Result<Box<dyn Recorder>> {
        let left = self.bytes_max.saturating_sub(bytes_in(&self.directory)?);
        let segments =
            Segments::create(&self.directory, start_of(replica, shard), SEGMENT_BYTES, left).map_err(|error| {
                match error {
                    Full::Io(error) => error,
                    error => io::Error::other(error),
                }
            })?;
        let queue = Arc::new(EventQueue::new());
        let writing = Arc::clone(&queue);
        let name = format!("recorder-{shard}");
        let thread = thread::Builder::new().name(name).spawn(move || writer::run(&writing, segments))?;
        let recorder = LogRecorder::new(Arc::clone(&queue));
        self.lock().push(Stream { queue, thread });
        Ok(Box::new(recorder))
    }

    /// What it came to so far.
    pub fn stats(&self) -> RecordingStats {
        self.lock().iter().fold(RecordingStats::default(), |stats, Stream { queue, .. }| RecordingStats {
            events: stats.events + queue.counts.events.load(Ordering::Relaxed),
            dropped: stats.dropped + queue.counts.dropped.load(Ordering::Relaxed),
            bytes: stats.bytes + queue.counts.bytes.load(Ordering::Relaxed),
        })
    }

    /// Waits, for a bounded time, until all is written that drivers told before they ended. Blocks.
    pub fn finish(&self) {
        let deadline = Instant::now() + END_WAIT;
        while self.lock().iter().any(|stream| !stream.thread.is_finished()) {
            if Instant::now() >= deadline {
                tracing::warn!("the recording was not finished in time");
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Stream>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
