use quorate_protocol::trace::{Event, FRAME_BYTES_MAX, FRAME_HEAD_BYTES, SEGMENT_MARK, parse_frame_head};
use std::io::{self, BufRead, Read};

/// Where an event is: which segment of its stream, at which byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The segment, from 0.
    pub segment: u32,
    /// Bytes from its beginning.
    pub offset: u64,
}

/// Why a segment cannot be read on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file ends within a frame, or within its mark: whoever wrote it was killed.
    #[error("the file ends within a frame")]
    Torn,
    /// It does not begin as a segment of this version does.
    #[error("this is no trace, or one of another version")]
    Mark,
    /// A frame that is longer than any can be.
    #[error("a frame of {0} bytes")]
    Length(u32),
    /// Bytes have changed since they were written.
    #[error("a frame's checksum is wrong")]
    Checksum,
    /// A sound frame that holds no event.
    #[error("a frame holds no event")]
    Event,
    /// The file cannot be read.
    #[error("cannot read: {0}")]
    Io(#[from] io::Error),
}

/// Reads the events of one segment. Bytes from outside: any give events or an error, and memory for one frame at
/// most.
#[derive(Debug)]
pub struct SegmentReader<R> {
    input: R,
    offset: u64,
    body: Vec<u8>,
}

impl<R: BufRead> SegmentReader<R> {
    /// Reads the mark.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn new(mut input: R) -> Result<Self, ReadError> {
        let mut mark = [0; SEGMENT_MARK.len()];
        let read = fill(&mut input, &mut mark)?;
        if mark.get(..read) != SEGMENT_MARK.get(..read) {
            return Err(ReadError::Mark);
        }
        if read < mark.len() {
            return Err(ReadError::Torn);
        }
        Ok(Self { input, offset: SEGMENT_MARK.len() as u64, body: Vec::new() })
    }

    /// Goes on at a frame that begins at this byte, in an input that stands there.
    pub fn at(input: R, offset: u64) -> Self {
        Self { input, offset, body: Vec::new() }
    }

    /// The byte at which the next frame begins.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The next event; `None` where the file ends after a frame.
    ///
    /// # Errors
    /// [`ReadError`]; nothing after it can be read.
    pub fn next_event(&mut self) -> Result<Option<Event>, ReadError> {
        let mut head = [0; FRAME_HEAD_BYTES];
        match fill(&mut self.input, &mut head)? {
            0 => return Ok(None),
            FRAME_HEAD_BYTES => {}
            _ => return Err(ReadError::Torn),
        }
        let (length, sum) = parse_frame_head(head);
        if length > FRAME_BYTES_MAX {
            return Err(ReadError::Length(length));
        }
        self.body.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
        if fill(&mut self.input, &mut self.body)? < self.body.len() {
            return Err(ReadError::Torn);
        }
        if crc32c::crc32c_append(crc32c::crc32c(&length.to_le_bytes()), &self.body) != sum {
            return Err(ReadError::Checksum);
        }
        let (event, rest) = postcard::take_from_bytes(&self.body).map_err(|_| ReadError::Event)?;
        if !rest.is_empty() {
            return Err(ReadError::Event);
        }
        self.offset += FRAME_HEAD_BYTES as u64 + u64::from(length);
        Ok(Some(event))
    }
}

/// Reads until the buffer is full or the input ends; how many bytes.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
