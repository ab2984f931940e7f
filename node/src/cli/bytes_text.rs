use super::Failure;
use super::format::Encoding;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;

/// Reads the keys and values of one command.
#[derive(Debug)]
pub(crate) struct Arguments {
    encoding: Encoding,
    /// Whether `-` may still be read: standard input has one reader, and at a prompt none.
    stdin: bool,
}

impl Arguments {
    /// For arguments in this encoding; `stdin`: whether `-` stands for standard input.
    pub(crate) fn new(encoding: Encoding, stdin: bool) -> Self {
        Self { encoding, stdin }
    }

    /// The bytes of one argument. `-` stands for all of standard input, of which little more than `max` bytes are read;
    /// whether they are too many is for the client to say.
    ///
    /// # Errors
    /// The text is not in the encoding, or standard input cannot be read, or was read already.
    pub(crate) fn bytes(&mut self, argument: &OsStr, max: usize) -> Result<Bytes, Failure> {
        if argument != "-" {
            return self.encoding.decode(argument.as_bytes());
        }
        if !std::mem::replace(&mut self.stdin, false) {
            let message = "standard input cannot be read here; - stands for it once in a command, and not at a prompt";
            return Err(Failure::usage(message).hint("Write the bytes themselves; --hex 2d is the byte -."));
        }
        let mut bytes = Vec::new();
        std::io::stdin()
            .take(self.encoding.text_max(max))
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::usage(format!("cannot read standard input: {error}")))?;
        if self.encoding == Encoding::Plain { Ok(bytes.into()) } else { self.encoding.decode(bytes.trim_ascii_end()) }
    }
}

impl Encoding {
    /// The bytes that this text stands for.
    ///
    /// # Errors
    /// It is not in this encoding.
    pub(crate) fn decode(self, text: &[u8]) -> Result<Bytes, Failure> {
        match self {
            Self::Plain => Ok(Bytes::copy_from_slice(text)),
            Self::Hex => parse_hex(text).ok_or_else(|| {
                Failure::usage("with --hex, keys and values are two digits a byte").hint("The byte 10 is 0a, say.")
            }),
            Self::Base64 => STANDARD.decode(text).map(Bytes::from).map_err(|error| {
                Failure::usage(format!("with --base64, keys and values are in base64, padded: {error}"))
                    .hint("`base64 < FILE` writes it; without --base64, bytes are taken as they stand.")
            }),
        }
    }

    /// The text that stands for these bytes.
    pub(crate) fn encode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Plain => bytes.to_vec(),
            Self::Hex => to_hex(bytes).into_bytes(),
            Self::Base64 => STANDARD.encode(bytes).into_bytes(),
        }
    }

    /// Bytes in a JSON document. A string is always the bytes of its own UTF-8; anything else, and whatever was asked
    /// for in another encoding, is an object with the encoding's name.
    pub(crate) fn json(self, bytes: &[u8]) -> Value {
        match (self, std::str::from_utf8(bytes)) {
            (Self::Hex, _) => json!({ "hex": to_hex(bytes) }),
            (Self::Plain, Ok(text)) => json!(text),
            _ => json!({ "base64": STANDARD.encode(bytes) }),
        }
    }

    /// The longest text to read for `max` bytes: enough to see that there are more.
    fn text_max(self, max: usize) -> u64 {
        let max = u64::try_from(max).unwrap_or(u64::MAX);
        match self {
            Self::Plain => max.saturating_add(1),
            Self::Hex | Self::Base64 => max.saturating_mul(2).saturating_add(16),
        }
    }
}

/// Two hexadecimal digits a byte.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes for people: what is printable as it is, the rest escaped, at most `max` characters.
pub(crate) fn excerpt(bytes: &[u8], max: usize) -> String {
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

/// The bytes of a value in a JSON document.
#[cfg(test)]
pub(crate) fn from_json(value: &Value) -> Option<Bytes> {
    match value {
        Value::String(text) => Some(Bytes::copy_from_slice(text.as_bytes())),
        Value::Object(one) => {
            let (name, text) = one.iter().next()?;
            let encoding = if name == "hex" { Encoding::Hex } else { Encoding::Base64 };
            encoding.decode(text.as_str()?.as_bytes()).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::quickcheck;

    const ALL: [Encoding; 3] = [Encoding::Plain, Encoding::Hex, Encoding::Base64];

    quickcheck! {
        fn any_bytes_survive_every_encoding(bytes: Vec<u8>) -> bool {
            ALL.iter().all(|encoding| encoding.decode(&encoding.encode(&bytes)).is_ok_and(|back| back == bytes))
        }

        fn any_bytes_survive_a_document(bytes: Vec<u8>) -> bool {
            ALL.iter().all(|encoding| {
                let text = encoding.json(&bytes).to_string();
                let read = serde_json::from_str::<Value>(&text).ok();
                read.as_ref().and_then(from_json).is_some_and(|back| back == bytes)
            })
        }

        fn decoding_is_total(text: Vec<u8>) -> bool {
            // Two texts of one value would make a key ambiguous; hexadecimal digits differ in case alone.
            ALL.iter().all(|encoding| encoding.decode(&text).map_or(true, |bytes| {
                encoding.encode(&bytes).eq_ignore_ascii_case(&text)
            }))
        }
    }

    #[test]
    fn near_misses_are_refused() {
        for wrong in ["0", "0g", "0 ", "+1"] {
            assert!(Encoding::Hex.decode(wrong.as_bytes()).is_err(), "{wrong}");
        }
        for wrong in ["a", "YQ", "YQ=", "YR==", "Y Q=", "YQ==\n"] {
            assert!(Encoding::Base64.decode(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert_eq!(Encoding::Plain.decode(b"0g").unwrap(), "0g");
    }

    #[test]
    fn bytes_in_a_document_are_told_apart() {
        assert_eq!(Encoding::Plain.json(b"{\"base64\":\"YQ==\"}"), json!("{\"base64\":\"YQ==\"}"));
        assert_eq!(Encoding::Plain.json(b"\xff"), json!({ "base64": "/w==" }));
        assert_eq!(Encoding::Hex.json(b"a"), json!({ "hex": "61" }));
        assert_eq!(Encoding::Base64.json(b"a"), json!({ "base64": "YQ==" }));
    }

    #[test]
    fn at_a_prompt_there_is_no_standard_input() {
        let mut arguments = Arguments::new(Encoding::Plain, false);
        assert!(arguments.bytes(OsStr::new("-"), 1).is_err());
        assert_eq!(arguments.bytes(OsStr::new("x"), 1).unwrap(), "x");
    }

    #[test]
    fn excerpts() {
        assert_eq!(excerpt(b"tea", 10), "tea");
        assert_eq!(excerpt(b"\x00\xff", 10), "\\x00\\xff");
        assert_eq!(excerpt(b"0123456789abc", 10), "0123456789... (13 bytes)");
    }
}
