use super::Failure;
use bytes::Bytes;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;

/// The bytes of an argument: as given, or what its hexadecimal digits say.
///
/// # Errors
/// With `hex`, the argument is no even number of hexadecimal digits.
pub(super) fn argument(argument: &OsStr, hex: bool) -> Result<Bytes, Failure> {
    if !hex {
        return Ok(Bytes::copy_from_slice(argument.as_bytes()));
    }
    parse_hex(argument.as_bytes()).ok_or_else(|| Failure::usage("with --hex, write two hexadecimal digits a byte"))
}

/// The bytes of a value's argument; `-` stands for all of stdin, of which at most `max` + 1 bytes are read.
///
/// # Errors
/// As [`argument`], or stdin cannot be read.
pub(super) fn value(argument_: &OsStr, hex: bool, max: usize) -> Result<Bytes, Failure> {
    if argument_ != "-" {
        return argument(argument_, hex);
    }
    let mut bytes = Vec::new();
    let limit = if hex { 2 * max as u64 + 2 } else { max as u64 + 1 };
    std::io::stdin()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::usage(format!("cannot read stdin: {error}")))?;
    if hex { argument(OsStr::from_bytes(bytes.trim_ascii_end()), true) } else { Ok(bytes.into()) }
}

/// Two hexadecimal digits a byte.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes for people: what is printable as it is, the rest escaped, at most `max` characters.
pub(super) fn excerpt(bytes: &[u8], max: usize) -> String {
    let text: String = bytes.iter().take(max).flat_map(|byte| byte.escape_ascii()).map(char::from).take(max).collect();
    if bytes.len() > text.len() { format!("{text}... ({} bytes)", bytes.len()) } else { text }
}

fn parse_hex(digits: &[u8]) -> Option<Bytes> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect::<Option<Vec<u8>>>().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_both_ways() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(argument(OsStr::new(&to_hex(&all)), true).unwrap(), all);
        for wrong in ["0", "0g", "0 ", "+1"] {
            assert!(argument(OsStr::new(wrong), true).is_err(), "{wrong}");
        }
        assert_eq!(argument(OsStr::new("0g"), false).unwrap(), "0g");
    }

    #[test]
    fn excerpts() {
        assert_eq!(excerpt(b"tea", 10), "tea");
        assert_eq!(excerpt(b"\x00\xff", 10), "\\x00\\xff");
        assert_eq!(excerpt(b"0123456789abc", 10), "0123456789... (13 bytes)");
    }
}
