//! Jepsen's logs of an etcd register.
//!
//! ```text
//! INFO  jepsen.util - 2  :invoke  :cas  [3 0]
//! INFO  jepsen.util - 2  :ok      :cas  [3 0]
//! ```
//!
//! A process, what happened, the operation and its value, separated by a tab each. `:read` has `nil` or a number,
//! `:write` a number, `:cas` a pair. `:fail` with the value of the call is a refusal (of a `:cas`), or
//! says that nothing was done; `:info`, and `:fail` of a read with anything, leave the outcome unknown.
//! Lines of other loggers and of the nemesis say nothing.

use crate::events::Events;
use crate::text::clip;
use crate::{Asked, Operation, Outcome, ParseError, ParseErrorKind, Value};
use quorate_spec::Expect;

/// What a line begins with.
pub(crate) const PREFIX: &str = "INFO  jepsen.util - ";

/// The one key.
const KEY: &[u8] = b"register";

/// Reads a log.
pub(crate) fn parse(text: &str) -> Result<Vec<Operation>, ParseError> {
    let mut events = Events::default();
    for (line, text) in (1..).zip(text.lines()) {
        event(&mut events, line, text).map_err(|kind| ParseError { line, kind })?;
    }
    Ok(events.into_history())
}

fn event(events: &mut Events, time: u64, text: &str) -> Result<(), ParseErrorKind> {
    let text = text.trim_end();
    let Some(text) = text.strip_prefix(PREFIX) else {
        let other_logger = text.is_empty() || text.starts_with("INFO ") || text.starts_with("WARN ");
        return if other_logger { Ok(()) } else { Err(malformed("a Jepsen line", text)) };
    };
    let mut fields = text.split('\t').map(str::trim);
    let mut field = |wanted| fields.next().ok_or(ParseErrorKind::Missing(wanted));
    let process = field("a process")?;
    if process == ":nemesis" {
        return Ok(());
    }
    let process = process.parse().map_err(|_| malformed("a process", process))?;
    let (kind, operation, value) = (field("what happened")?, field("an operation")?, field("a value")?);
    match kind {
        ":invoke" => events.call(time, process, KEY, asked(operation, value)?),
        ":ok" => events.told(time, process, |called| ok(called, operation, value)),
        ":fail" => events.told(time, process, |called| {
            Ok(match called.op {
                _ if asked(operation, value).as_ref() != Ok(&called.op) => Outcome::Unknown,
                Asked::CompareAndSet { .. } => Outcome::Refused { found: None },
                _ => Outcome::NotApplied,
            })
        }),
        ":info" => events.told(time, process, |_| Ok(Outcome::Unknown)),
        _ => Err(malformed(":invoke, :ok, :fail or :info", kind)),
    }
}

fn ok(called: &Operation, operation: &str, value: &str) -> Result<Outcome, ParseErrorKind> {
    match (&called.op, operation) {
        (Asked::Get, ":read") => {
            let value = if value == "nil" { None } else { Some(number(value)?) };
            Ok(Outcome::Read { value, version: None })
        }
        (op, _) if *op == asked(operation, value)? => Ok(Outcome::Done { version: None, value: None }),
        _ => Err(malformed("the operation that was called", operation)),
    }
}

fn asked(operation: &str, value: &str) -> Result<Asked, ParseErrorKind> {
    match operation {
        ":read" => Ok(Asked::Get),
        ":write" => Ok(Asked::Put(number(value)?)),
        ":cas" => {
            let pair = value.strip_prefix('[').and_then(|v| v.strip_suffix(']')).and_then(|pair| pair.split_once(' '));
            let (old, new) = pair.ok_or_else(|| malformed("a pair", value))?;
            Ok(Asked::CompareAndSet { expect: Expect::Value(number(old)?), new: Some(number(new)?) })
        }
        _ => Err(malformed(":read, :write or :cas", operation)),
    }
}

fn number(text: &str) -> Result<Value, ParseErrorKind> {
    match text.parse::<i64>() {
        Ok(_) => Ok(text.as_bytes().to_vec()),
        Err(_) => Err(malformed("a number", text)),
    }
}

fn malformed(wanted: &'static str, found: &str) -> ParseErrorKind {
    ParseErrorKind::Malformed { wanted, found: clip(found) }
}
