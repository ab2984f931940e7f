//! The text form of key-value histories that the porcupine checker is tested with.
//!
//! ```text
//! {:process 0, :type :invoke, :f :append, :key "1", :value "x 0 1 y"}
//! {:process 0, :type :ok, :f :append, :key "1", :value "x 0 1 y"}
//! {:process 0, :type :invoke, :f :get, :key "1", :value nil}
//! {:process 0, :type :ok, :f :get, :key "1", :value "x 0 1 y"}
//! ```
//!
//! One map a line, the entries in any order. Each key holds the empty string at first. `:fail` says that
//! nothing was done, `:info` leaves the outcome unknown.

use crate::events::Events;
use crate::text::clip;
use crate::{Asked, Operation, Outcome, ParseError, ParseErrorKind, Value};

/// Reads a history.
pub(crate) fn parse(text: &str) -> Result<Vec<Operation>, ParseError> {
    let mut events = Events::default();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if !text.is_empty() {
            event(&mut events, line, text).map_err(|kind| ParseError { line, kind })?;
        }
    }
    Ok(events.into_history())
}

/// The entries of a map.
#[derive(Default)]
struct Map<'a> {
    process: Option<u64>,
    kind: Option<&'a str>,
    function: Option<&'a str>,
    key: Option<Value>,
    value: Option<Value>,
}

fn event(events: &mut Events, time: u64, text: &str) -> Result<(), ParseErrorKind> {
    let Map { process, kind, function, key, value } = map(text)?;
    let process = process.ok_or(ParseErrorKind::Missing(":process"))?;
    let kind = kind.ok_or(ParseErrorKind::Missing(":type"))?;
    let function = function.ok_or(ParseErrorKind::Missing(":f"))?;
    let key = key.ok_or(ParseErrorKind::Missing(":key"))?;
    let written = |value: Option<Value>| value.ok_or(ParseErrorKind::Missing("a value to write"));
    let asked = |value| match function {
        ":get" => Ok(Asked::Get),
        ":put" => Ok(Asked::Put(written(value)?)),
        ":append" => Ok(Asked::Append(written(value)?)),
        _ => Err(malformed(":get, :put or :append", function)),
    };
    match kind {
        ":invoke" => events.call(time, process, &key, asked(value)?),
        ":ok" => events.told(time, process, |called| match (&called.op, function) {
            _ if called.key != key => Err(malformed("the key of the call", &String::from_utf8_lossy(&key))),
            (Asked::Get, ":get") => Ok(Outcome::Read { value: Some(written(value)?), version: None }),
            (Asked::Put(_), ":put") | (Asked::Append(_), ":append") => Ok(Outcome::Done { version: None, value: None }),
            _ => Err(malformed("the operation that was called", function)),
        }),
        ":fail" => events.told(time, process, |_| Ok(Outcome::NotApplied)),
        ":info" => events.told(time, process, |_| Ok(Outcome::Unknown)),
        _ => Err(malformed(":invoke, :ok, :fail or :info", kind)),
    }
}

fn map(text: &str) -> Result<Map<'_>, ParseErrorKind> {
    let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    let mut rest = inner.ok_or_else(|| malformed("a map", text))?.trim_start();
    let mut map = Map::default();
    while !rest.is_empty() {
        let (name, after) = word(rest);
        rest = after.trim_start();
        match name {
            ":key" => (map.key, rest) = text_or_nil(rest)?,
            ":value" => (map.value, rest) = text_or_nil(rest)?,
            _ => {
                let (found, after) = word(rest);
                rest = after;
                match name {
                    ":process" => map.process = Some(found.parse().map_err(|_| malformed("a process", found))?),
                    ":type" => map.kind = Some(found),
                    ":f" => map.function = Some(found),
                    _ => return Err(malformed(":process, :type, :f, :key or :value", name)),
                }
            }
        }
        rest = rest.trim_start_matches([',', ' ', '\t']);
    }
    Ok(map)
}

/// What comes before the next separator, and the rest.
fn word(text: &str) -> (&str, &str) {
    let end = text.find([' ', ',', '\t']).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// A quoted text or `nil`, and the rest.
fn text_or_nil(text: &str) -> Result<(Option<Value>, &str), ParseErrorKind> {
    if let Some(rest) = text.strip_prefix("nil") {
        return Ok((None, rest));
    }
    let quoted = text.strip_prefix('"').ok_or_else(|| malformed("a quoted text or nil", text))?;
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return Ok((Some(value.into_bytes()), quoted.get(place + 1..).unwrap_or_default())),
            '\\' => value.push(match characters.next() {
                Some((_, 'n')) => '\n',
                Some((_, 't')) => '\t',
                Some((_, 'r')) => '\r',
                Some((_, escaped @ ('"' | '\\'))) => escaped,
                _ => return Err(malformed("one of \\n \\t \\r \\\" \\\\", text)),
            }),
            plain => value.push(plain),
        }
    }
    Err(ParseErrorKind::Missing("the closing quote"))
}

fn malformed(wanted: &'static str, found: &str) -> ParseErrorKind {
    ParseErrorKind::Malformed { wanted, found: clip(found) }
}
