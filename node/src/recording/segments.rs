use quorate_protocol::trace::{
    Event, FRAME_BYTES_MAX, FRAME_HEAD_BYTES, SEGMENT_EXTENSION, SEGMENT_MARK, Start, frame_head,
};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Streams of one start at most.
const AGAIN_MAX: u32 = 1000;

/// Writes a stream into files of bounded size.
#[derive(Debug)]
pub(super) struct Segments {
    directory: PathBuf,
    start: Start,
    /// How many streams of this start are there already: more than none if a node was started under an incarnation
    /// that it had used, which a checker will not let pass.
    again: u32,
    file: BufWriter<File>,
    /// Bytes of a segment at which the next one begins.
    segment_bytes: u64,
    /// Bytes in the present segment.
    filled: u64,
    /// Bytes that may still be written to the directory by this stream.
    left: u64,
    /// A frame: its head, then its body.
    frame: Vec<u8>,
}

/// Why a stream ends early.
#[derive(Debug, thiserror::Error)]
pub(super) enum Full {
    /// The bound on the directory.
    #[error("the recording has as many bytes as it may")]
    Bound,
    /// An event that is larger than any can be.
    #[error("an event cannot be encoded: {0}")]
    Encode(#[from] postcard::Error),
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Segments {
    /// Begins the first segment. No file is ever overwritten.
    pub(super) fn create(directory: &Path, start: Start, segment_bytes: u64, left: u64) -> Result<Self, Full> {
        let mut again = 0;
        let file = loop {
            match open(directory, &start, again) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && again < AGAIN_MAX => again += 1,
                opened => break opened?,
            }
        };
        let frame = vec![0; FRAME_HEAD_BYTES + usize::try_from(FRAME_BYTES_MAX).unwrap_or(usize::MAX)];
        let mut segments =
            Self { directory: directory.to_path_buf(), start, again, file, segment_bytes, filled: 0, left, frame };
        segments.begin()?;
        Ok(segments)
    }

    /// Appends an event; it is with the kernel after the next [`Self::flush`].
    pub(super) fn append(&mut self, event: &Event) -> Result<(), Full> {
        if self.filled >= self.segment_bytes {
            self.file.flush()?;
            self.start.segment += 1;
            self.file = open(&self.directory, &self.start, self.again)?;
            self.filled = 0;
            self.begin()?;
        }
        self.write(event)
    }

    pub(super) fn flush(&mut self) -> Result<(), Full> {
        Ok(self.file.flush()?)
    }

    /// Bytes that may still be written.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    fn begin(&mut self) -> Result<(), Full> {
        self.file.write_all(&SEGMENT_MARK)?;
        self.write(&Event::Start(self.start.clone()))
    }

    fn write(&mut self, event: &Event) -> Result<(), Full> {
        let Some((head, body)) = self.frame.split_first_chunk_mut::<FRAME_HEAD_BYTES>() else { return Ok(()) };
        let body = &*postcard::to_slice(event, body)?;
        let bytes = FRAME_HEAD_BYTES.saturating_add(body.len());
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        *head = frame_head(length, crc32c::crc32c_append(crc32c::crc32c(&length.to_le_bytes()), body));
        let count = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(count).ok_or(Full::Bound)?;
        self.filled += count;
        Ok(self.file.write_all(self.frame.get(..bytes).unwrap_or_default())?)
    }
}

/// Bytes of the segments in a directory.
pub(super) fn bytes_in(directory: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for file in fs::read_dir(directory)? {
        let file = file?;
        if file.path().extension().is_some_and(|extension| extension == SEGMENT_EXTENSION) {
            bytes += file.metadata()?.len();
        }
    }
    Ok(bytes)
}

fn open(directory: &Path, start: &Start, again: u32) -> io::Result<BufWriter<File>> {
    let Start { me, shard, segment, .. } = start;
    let (node, incarnation) = (me.node.0, me.incarnation.0);
    let again = if again > 0 { format!("-again{again}") } else { String::new() };
    let name = format!("node{node}-start{incarnation:06}-shard{shard}{again}-{segment:06}.{SEGMENT_EXTENSION}");
    let file = File::options().write(true).create_new(true).open(directory.join(name))?;
    Ok(BufWriter::with_capacity(256 << 10, file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quorate_protocol::{Config, ConfigEpoch, Incarnation, NodeId, Owner};

    fn start() -> Start {
        let (node, incarnation) = (NodeId(3), Incarnation(7));
        let config = Config::new(ConfigEpoch(1), [node]).unwrap();
        let me = Owner { node, incarnation };
        Start { me, shard: 0, segment: 0, epoch: config.epoch(), voters: config.voters().to_vec() }
    }

    #[test]
    fn segments_are_bounded_and_so_is_their_directory() {
        let directory = std::env::temp_dir().join(format!("quorate-segments-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let mut segments = Segments::create(&directory, start(), 200, 1000).unwrap();
        let full = (0..1000).find_map(|number| segments.append(&Event::Evicted { log: number }).err());
        assert!(matches!(full, Some(Full::Bound)));
        segments.flush().unwrap();
        let bytes = bytes_in(&directory).unwrap();
        let again = Segments::create(&directory, start(), 200, 1000).map(|segments| segments.again);
        let mut names: Vec<_> = fs::read_dir(&directory).unwrap().map(|file| file.unwrap().file_name()).collect();
        let sizes = fs::read_dir(&directory).unwrap().map(|file| file.unwrap().metadata().unwrap().len());
        let largest = sizes.max().unwrap();
        fs::remove_dir_all(&directory).unwrap();
        names.sort();
        assert_eq!(names.first().unwrap(), "node3-start000007-shard0-000000.qtrace");
        assert!(names.len() >= 5 && bytes > 900, "{bytes} bytes in {names:?}");
        assert!(bytes <= 1000 + 8 * names.len() as u64 && largest < 250, "{bytes}, {largest}");
        assert_eq!(again.ok(), Some(1), "no file is overwritten");
    }
}
