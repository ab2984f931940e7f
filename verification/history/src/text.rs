//! Histories as text: a header, then one operation a line.
//!
//! ```text
//! quorate-history 1
//! # process call return key operation => outcome
//! 3 1000 1450 :user/7 put :new%20value => done 12.0 -
//! 4 1100 - :user/7 cas version 11.0 :x => unknown
//! 5 1500 1600 :user/7 get => read :new%20value 12.0
//! ```
//!
//! Fields are separated by one space. Bytes are a colon and the bytes, all but printable ASCII and `%`
//! itself written `%XX`; `-` stands for what is absent (a time, a value, a version). Operations: `get`,
//! `put V`, `append V`, `del`, `cas absent NEW`, `cas value V NEW`, `cas version VERSION NEW`, `incr N`. Outcomes:
//! `done VERSION VALUE`, `read VALUE VERSION`, `refused FOUND`, `not-applied`, `unknown`. Empty lines and
//! lines that start with `#` say nothing.

use crate::{Asked, Operation, Outcome, ParseError, ParseErrorKind, Value, Version};
use core::fmt;
use core::str::FromStr;
use quorate_spec::Expect;
use std::io::{self, BufRead, Write};

/// The first line. The number changes with the format.
pub const HEADER: &str = "quorate-history 1";

/// Writes a whole history. To record one as it happens, write [`HEADER`] and then each operation's
/// `Display` on a line of its own.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut impl Write, history: &[Operation]) -> io::Result<()> {
    writeln!(out, "{HEADER}")?;
    history.iter().try_for_each(|operation| writeln!(out, "{operation}"))
}

/// Reads a history back.
///
/// # Errors
/// The first line that is not as the format says, or whose operation cannot be.
pub fn parse(input: impl BufRead) -> Result<Vec<Operation>, ParseError> {
    let mut history = Vec::new();
    let mut header_seen = false;
    for (line, text) in (1..).zip(input.lines()) {
        let at = |kind| ParseError { line, kind };
        let text = text.map_err(|error| at(ParseErrorKind::Io(error.kind())))?;
        if !header_seen {
            header(&text).map_err(at)?;
            header_seen = true;
        } else {
            history.extend(self::line(&text).map_err(at)?);
        }
    }
    if header_seen { Ok(history) } else { Err(ParseError { line: 1, kind: ParseErrorKind::NotAHistory }) }
}

/// The first line.
pub(crate) fn header(text: &str) -> Result<(), ParseErrorKind> {
    match text.split_once(' ') {
        _ if text == HEADER => Ok(()),
        Some(("quorate-history", version)) => Err(ParseErrorKind::UnknownFormatVersion(clip(version))),
        _ => Err(ParseErrorKind::NotAHistory),
    }
}

/// Any other line: an operation, if it says anything.
pub(crate) fn line(text: &str) -> Result<Option<Operation>, ParseErrorKind> {
    if text.is_empty() || text.starts_with('#') { Ok(None) } else { operation(text).map(Some) }
}

fn operation(text: &str) -> Result<Operation, ParseErrorKind> {
    let mut fields = Fields(Some(text));
    let operation = Operation {
        process: fields.number("a process")?,
        call: fields.number("the time of the call")?,
        ret: fields.optional("the time of the return", |text| text.parse().ok())?,
        key: fields.take("a key", bytes)?,
        op: fields.asked()?,
        outcome: fields.outcome()?,
    };
    if let Some(more) = fields.next() {
        return Err(ParseErrorKind::Trailing(clip(more)));
    }
    operation.validate().map_err(ParseErrorKind::Impossible)?;
    Ok(operation)
}

/// What an error quotes of the input: enough to find it by.
pub(crate) fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}

/// The fields of a line that are still to come.
struct Fields<'a>(Option<&'a str>);

impl<'a> Fields<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0?;
        let end = rest.bytes().position(|byte| byte == b' ');
        let (field, rest) = match end.and_then(|end| rest.split_at_checked(end)) {
            Some((field, rest)) => (field, rest.strip_prefix(' ')),
            None => (rest, None),
        };
        self.0 = rest;
        Some(field)
    }

    fn take<T>(&mut self, wanted: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<T, ParseErrorKind> {
        let found = self.word(wanted)?;
        read(found).ok_or_else(|| ParseErrorKind::Malformed { wanted, found: clip(found) })
    }

    fn optional<T>(
        &mut self,
        wanted: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ParseErrorKind> {
        self.take(wanted, |text| if text == "-" { Some(None) } else { read(text).map(Some) })
    }

    fn number<T: FromStr>(&mut self, wanted: &'static str) -> Result<T, ParseErrorKind> {
        self.take(wanted, |text| text.parse().ok())
    }

    fn word(&mut self, wanted: &'static str) -> Result<&'a str, ParseErrorKind> {
        self.next().ok_or(ParseErrorKind::Missing(wanted))
    }

    fn asked(&mut self) -> Result<Asked, ParseErrorKind> {
        let wanted = "an operation";
        Ok(match self.word(wanted)? {
            "get" => Asked::Get,
            "put" => Asked::Put(self.take("a value", bytes)?),
            "del" => Asked::Delete,
            "cas" => Asked::CompareAndSet { expect: self.expect()?, new: self.optional("a new value", bytes)? },
            "append" => Asked::Append(self.take("a value", bytes)?),
            "incr" => Asked::Increment(self.number("a number to add")?),
            found => return Err(ParseErrorKind::Malformed { wanted, found: clip(found) }),
        })
    }

    fn expect(&mut self) -> Result<Expect<Value, Version>, ParseErrorKind> {
        let wanted = "absent, value or version";
        Ok(match self.word(wanted)? {
            "absent" => Expect::Absent,
            "value" => Expect::Value(self.take("an expected value", bytes)?),
            "version" => Expect::Version(self.take("an expected version", version)?),
            found => return Err(ParseErrorKind::Malformed { wanted, found: clip(found) }),
        })
    }

    fn outcome(&mut self) -> Result<Outcome, ParseErrorKind> {
        self.take("=>", |text| (text == "=>").then_some(()))?;
        let wanted = "an outcome";
        Ok(match self.word(wanted)? {
            "done" => {
                Outcome::Done { version: self.optional("a version", version)?, value: self.optional("a value", bytes)? }
            }
            "read" => {
                Outcome::Read { value: self.optional("a value", bytes)?, version: self.optional("a version", version)? }
            }
            "refused" => Outcome::Refused { found: self.optional("a version", version)? },
            "not-applied" => Outcome::NotApplied,
            "unknown" => Outcome::Unknown,
            found => return Err(ParseErrorKind::Malformed { wanted, found: clip(found) }),
        })
    }
}

fn version(text: &str) -> Option<Version> {
    let (slot, position) = text.split_once('.')?;
    Some(Version { slot: slot.parse().ok()?, position: position.parse().ok()? })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let written = text.strip_prefix(':')?.as_bytes();
    if !written.iter().all(|byte| matches!(byte, b'!'..=b'~')) {
        return None;
    }
    if written.contains(&b'%') { unescape(written) } else { Some(written.to_vec()) }
}

fn unescape(written: &[u8]) -> Option<Vec<u8>> {
    let mut rest = written.iter();
    let mut bytes = Vec::with_capacity(written.len());
    while let Some(byte) = rest.next() {
        bytes.push(if *byte == b'%' {
            let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            u8::try_from(high * 16 + low).ok()?
        } else {
            *byte
        });
    }
    Some(bytes)
}

/// Bytes as the format writes them.
pub fn show(bytes: &[u8]) -> String {
    Shown(Some(bytes)).to_string()
}

/// Bytes, or nothing, as the format writes them.
pub(crate) struct Shown<'a>(pub(crate) Option<&'a [u8]>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(bytes) = self.0 else { return f.write_str("-") };
        f.write_str(":")?;
        bytes.iter().try_for_each(|byte| match byte {
            b'!'..=b'~' if *byte != b'%' => write!(f, "{}", char::from(*byte)),
            _ => write!(f, "%{byte:02X}"),
        })
    }
}

fn or_dash<T: fmt::Display>(f: &mut fmt::Formatter<'_>, value: Option<&T>) -> fmt::Result {
    match value {
        Some(value) => write!(f, " {value}"),
        None => f.write_str(" -"),
    }
}

/// A line of the format, without its end.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.process, self.call)?;
        or_dash(f, self.ret.as_ref())?;
        write!(f, " {} ", Shown(Some(&self.key)))?;
        match &self.op {
            Asked::Get => f.write_str("get"),
            Asked::Put(value) => write!(f, "put {}", Shown(Some(value))),
            Asked::Delete => f.write_str("del"),
            Asked::Increment(by) => write!(f, "incr {by}"),
            Asked::Append(value) => write!(f, "append {}", Shown(Some(value))),
            Asked::CompareAndSet { expect, new } => {
                match expect {
                    Expect::Absent => f.write_str("cas absent ")?,
                    Expect::Value(value) => write!(f, "cas value {} ", Shown(Some(value)))?,
                    Expect::Version(version) => write!(f, "cas version {version} ")?,
                }
                write!(f, "{}", Shown(new.as_deref()))
            }
        }?;
        write!(f, " => {}", self.outcome)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done { version, value } => {
                f.write_str("done")?;
                or_dash(f, version.as_ref())?;
                write!(f, " {}", Shown(value.as_deref()))
            }
            Self::Read { value, version } => {
                write!(f, "read {}", Shown(value.as_deref()))?;
                or_dash(f, version.as_ref())
            }
            Self::Refused { found } => {
                f.write_str("refused")?;
                or_dash(f, found.as_ref())
            }
            Self::NotApplied => f.write_str("not-applied"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}
