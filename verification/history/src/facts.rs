//! Which operations hang on which, so that some can be left out of a history and nothing be claimed of
//! the rest that the whole does not say.

#![expect(clippy::indexing_slicing, reason = "places among the parts are made here")]

use crate::part::{Part, TakenAs};
use crate::{Asked, Operation, Outcome, Value};
use quorate_spec::{Expect, RegisterValue};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Some value of the key, numbers in their plain form; `None` is absence.
type Bytes<'a> = Option<Cow<'a, [u8]>>;

/// What an operation left, or had to find.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fact<'a> {
    /// Nothing: it is no write, or it minds no value.
    Nothing,
    /// This.
    Value(Bytes<'a>),
    /// Something, which this operation does not say.
    Something,
}

/// What marked writes left, each with the call of the first that left it.
#[derive(Default)]
struct Left<'a> {
    values: BTreeMap<Bytes<'a>, u64>,
    any: Option<u64>,
    unsaid: Option<u64>,
}

/// Marks in `gone`, besides what is marked, all that may hang on it. In an order of the whole, what is
/// not marked then found nothing that a marked write left, so the order without the marked ones is an
/// order of the others.
pub(crate) fn close(parts: &[Part<'_>], gone: &mut [bool]) {
    let mut left = Left::default();
    let mut counted = vec![false; parts.len()];
    loop {
        let mut grown = false;
        for (i, part) in parts.iter().enumerate() {
            gone[i] |= left.may_be_found_by(part);
            if gone[i] && !counted[i] {
                (counted[i], grown) = (true, true);
                left.add(part);
            }
        }
        if !grown {
            return;
        }
    }
}

impl<'a> Left<'a> {
    fn add(&mut self, part: &Part<'a>) {
        let call = part.operation.call;
        let earlier = |known: Option<u64>| Some(known.map_or(call, |known| known.min(call)));
        match leaves(part) {
            Fact::Nothing => return,
            Fact::Something => self.unsaid = earlier(self.unsaid),
            Fact::Value(value) => {
                let known = self.values.entry(value).or_insert(call);
                *known = call.min(*known);
            }
        }
        self.any = earlier(self.any);
    }

    /// Only what was called before an operation was over can have left what that found.
    fn may_be_found_by(&self, part: &Part<'_>) -> bool {
        let over = part.operation.ret.filter(|_| !part.is_open()).unwrap_or(u64::MAX);
        let before = |call: Option<u64>| call.is_some_and(|call| call <= over);
        match finds(part) {
            Fact::Nothing => false,
            Fact::Something => before(self.any),
            Fact::Value(value) => before(self.unsaid) || before(self.values.get(&value).copied()),
        }
    }
}

/// One value, in whatever form a number is spelled: a sum does not say how its parts were.
fn value(bytes: Option<&[u8]>) -> Fact<'_> {
    let plain = |bytes| match Value::increment(Some(&Value::from(bytes)), 0) {
        Ok(plain) if plain != bytes => Cow::Owned(plain),
        _ => Cow::Borrowed(bytes),
    };
    Fact::Value(bytes.map(plain))
}

/// The value before an increment that left `sum`; absence counts as 0, so a 0 may have been either.
fn before<'a>(sum: &[u8], by: i64) -> Option<Fact<'a>> {
    let sum: i64 = core::str::from_utf8(sum).ok()?.parse().ok()?;
    let before = sum.checked_sub(by).filter(|before| *before != 0)?;
    Some(Fact::Value(Some(Cow::Owned(before.to_string().into_bytes()))))
}

fn leaves<'a>(part: &Part<'a>) -> Fact<'a> {
    let Operation { op, outcome, .. } = part.operation;
    match (op, outcome) {
        (_, Outcome::Refused { .. }) if !part.is_open() => Fact::Nothing,
        (Asked::Get, _) => Fact::Nothing,
        (Asked::Put(put), _) => value(Some(put)),
        (Asked::Delete, _) => Fact::Value(None),
        (Asked::CompareAndSet { new, .. }, _) => value(new.as_deref()),
        (Asked::Increment(_), Outcome::Done { value: Some(sum), .. }) if !part.is_open() => value(Some(sum)),
        (Asked::Increment(_) | Asked::Append(_), _) => Fact::Something,
    }
}

fn finds<'a>(part: &Part<'a>) -> Fact<'a> {
    let Operation { op, outcome, .. } = part.operation;
    match (op, outcome) {
        (_, Outcome::Refused { .. }) if !part.is_open() => Fact::Something,
        (Asked::Get, Outcome::Read { value: read, .. }) => value(read.as_deref()),
        (Asked::CompareAndSet { expect: Expect::Value(expected), .. }, _) => value(Some(expected)),
        (Asked::CompareAndSet { expect: Expect::Absent, .. }, _) => Fact::Value(None),
        (Asked::Delete, _) if part.taken_as == TakenAs::Clear => Fact::Nothing,
        (Asked::Get | Asked::Put(_), _) => Fact::Nothing,
        (Asked::Increment(by), Outcome::Done { value: Some(sum), .. }) if !part.is_open() => {
            before(sum, *by).unwrap_or(Fact::Something)
        }
        (Asked::CompareAndSet { .. } | Asked::Delete | Asked::Increment(_) | Asked::Append(_), _) => Fact::Something,
    }
}
