//! Reading our own recordings on several threads.

use crate::text::{header, line};
use crate::{Operation, ParseError, ParseErrorKind};

/// Bytes that are worth a thread of their own.
const CHUNK_MIN: usize = 1 << 20;

/// Reads a history that is in memory; `threads` share it out among them.
///
/// # Errors
/// The first line that is not as the format says, or whose operation cannot be.
pub fn parse_bytes(bytes: &[u8], threads: usize) -> Result<Vec<Operation>, ParseError> {
    let head_end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (head, rest) = bytes.split_at_checked(head_end).unwrap_or((bytes, &[]));
    let head = if rest.is_empty() { head } else { head.strip_suffix(b"\r").unwrap_or(head) };
    let head = core::str::from_utf8(head).map_err(|_| ParseErrorKind::NotAHistory);
    head.and_then(header).map_err(|kind| ParseError { line: 1, kind })?;
    // What is left of the first line is empty, and counts as the line it ends.
    let chunks = split(rest, threads.min(rest.len() / CHUNK_MIN).max(1));
    // Counting is cheap; growing is not. The first part has room for all.
    let lines: Vec<usize> = chunks.iter().map(|chunk| lines_in(chunk) + 1).collect();
    let all = lines.iter().sum();
    let parsed: Vec<Result<Vec<Operation>, ParseError>> = std::thread::scope(|scope| {
        let mut chunks = chunks.iter().zip(&lines);
        let first = chunks.next();
        let helpers: Vec<_> = chunks.map(|(chunk, lines)| scope.spawn(|| parse_chunk(chunk, *lines))).collect();
        let first = first.map(|(chunk, _)| parse_chunk(chunk, all));
        let rest =
            helpers.into_iter().map(|helper| helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        first.into_iter().chain(rest).collect()
    });
    let mut history = Vec::new();
    for (place, part) in parsed.into_iter().enumerate() {
        match part {
            Ok(mut part) if history.is_empty() => history = core::mem::take(&mut part),
            Ok(part) => history.extend(part),
            Err(error) => {
                let before: usize = lines.iter().take(place).map(|lines| lines - 1).sum();
                return Err(ParseError { line: error.line + before as u64, ..error });
            }
        }
    }
    Ok(history)
}

/// Into about so many parts, each but the last ending with the end of a line.
fn split(bytes: &[u8], parts: usize) -> Vec<&[u8]> {
    let mut rest = bytes;
    let mut chunks = Vec::with_capacity(parts);
    for left in (2..=parts).rev() {
        let about = rest.len() / left;
        let end = rest.iter().skip(about).position(|byte| *byte == b'\n').map(|more| about + more + 1);
        let Some((chunk, after)) = end.and_then(|end| rest.split_at_checked(end)) else { break };
        chunks.push(chunk);
        rest = after;
    }
    chunks.push(rest);
    chunks
}

fn lines_in(chunk: &[u8]) -> usize {
    chunk.iter().filter(|byte| **byte == b'\n').count()
}

fn parse_chunk(chunk: &[u8], room: usize) -> Result<Vec<Operation>, ParseError> {
    let mut history = Vec::with_capacity(room);
    for (number, text) in (1..).zip(chunk.split_inclusive(|byte| *byte == b'\n')) {
        let at = |kind| ParseError { line: number, kind };
        // A carriage return belongs to the end of a line, as for [`parse`](crate::parse), and not to the file's.
        let text = text.strip_suffix(b"\r\n").or(text.strip_suffix(b"\n")).unwrap_or(text);
        let text = core::str::from_utf8(text).map_err(|_| at(ParseErrorKind::Io(std::io::ErrorKind::InvalidData)))?;
        history.extend(line(text).map_err(at)?);
    }
    Ok(history)
}
