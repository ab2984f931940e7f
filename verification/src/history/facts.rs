//! Which operations hang on which, so that some can be left out of a history and nothing be claimed of
//! the rest that the whole does not say.

#![expect(clippy::indexing_slicing, reason = "places among the parts are made here")]

use super::problem::{Part, TakenAs};
use super::{Asked, Outcome};
use quorate_spec::Expect;
use std::collections::BTreeSet;

/// Some value of the key; `None` is absence.
type Bytes<'a> = Option<&'a [u8]>;

/// What an operation left, or had to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fact<'a> {
    /// Nothing: it is no write, or it minds no value.
    Nothing,
    /// This.
    Value(Bytes<'a>),
    /// Something, which this operation does not say.
    Something,
}

/// Marks in `gone`, besides what is marked, all that may hang on it. In an order of the whole, what is
/// not marked then found nothing that a marked write left, so the order without the marked ones is an
/// order of the others.
pub(crate) fn close(parts: &[Part<'_>], gone: &mut [bool]) {
    let mut left: BTreeSet<Bytes<'_>> = BTreeSet::new();
    let (mut some_left, mut all_left) = (false, false);
    let mut counted = vec![false; parts.len()];
    loop {
        let mut grown = false;
        for (i, part) in parts.iter().enumerate() {
            let hangs = match finds(part) {
                Fact::Nothing => false,
                Fact::Something => some_left,
                Fact::Value(value) => all_left || left.contains(&value),
            };
            gone[i] |= hangs;
            if gone[i] && !counted[i] {
                (counted[i], grown) = (true, true);
                match leaves(part) {
                    Fact::Nothing => {}
                    Fact::Something => (some_left, all_left) = (true, true),
                    Fact::Value(value) => {
                        some_left = true;
                        left.insert(value);
                    }
                }
            }
        }
        if !grown {
            return;
        }
    }
}

fn leaves<'a>(part: &Part<'a>) -> Fact<'a> {
    if matches!(part.operation.outcome, Outcome::Refused { .. }) && !part.is_open() {
        return Fact::Nothing;
    }
    match &part.operation.op {
        Asked::Get => Fact::Nothing,
        Asked::Put(value) => Fact::Value(Some(value)),
        Asked::Delete => Fact::Value(None),
        Asked::CompareAndSet { new, .. } => Fact::Value(new.as_deref()),
        Asked::Increment(_) | Asked::Append(_) => Fact::Something,
    }
}

fn finds<'a>(part: &Part<'a>) -> Fact<'a> {
    match (&part.operation.op, &part.operation.outcome) {
        (_, Outcome::Refused { .. }) if !part.is_open() => Fact::Something,
        (Asked::Get, Outcome::Read { value, .. }) => Fact::Value(value.as_deref()),
        (Asked::CompareAndSet { expect: Expect::Value(value), .. }, _) => Fact::Value(Some(value)),
        (Asked::CompareAndSet { expect: Expect::Absent, .. }, _) => Fact::Value(None),
        (Asked::Delete, _) if part.taken_as == TakenAs::Clear => Fact::Nothing,
        (Asked::Get | Asked::Put(_), _) => Fact::Nothing,
        (Asked::CompareAndSet { .. } | Asked::Delete | Asked::Increment(_) | Asked::Append(_), _) => Fact::Something,
    }
}
