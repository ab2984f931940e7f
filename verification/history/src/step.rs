//! An operation, as the search needs it.

use crate::noted::{NotedValues, NotedVersions, ValueNumber, VersionNumber};
use crate::part::{Part, TakenAs};
use crate::symbol::{Revision, Symbol};
use crate::{Asked, Outcome};
use quorate_spec::{Expect, Operation as Plain};

/// An operation, as the search needs it. Two with the same act and claim asked and were told the same.
#[derive(Debug)]
pub(crate) struct Step<'a, V = Symbol, R = Revision> {
    pub(crate) act: Act<'a, V, R>,
    pub(crate) claim: Claim<V, R>,
    /// When it was called.
    pub(crate) call: u64,
    /// When it was over at the latest; `None` if it may come at any time, or never.
    pub(crate) end: Option<u64>,
    /// Its place among those that never end.
    pub(crate) open: u32,
    /// Where to look for it first; see `hints.rs`.
    pub(crate) hint: (u8, u64),
}

/// What an operation's outcome says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Claim<V = Symbol, R = Revision> {
    /// It wrote, under this version, and left this value, as far as it was told.
    Done(Option<R>, Option<V>),
    /// It read this value, of this version.
    Read(Option<V>, Option<R>),
    /// It was refused, on this version.
    Refused(Option<R>),
    /// Nothing: it may come anywhere, or never.
    Open,
}

/// What an operation does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act<'a, V = Symbol, R = Revision> {
    /// Something that the register of `quorate-spec` does.
    Plain(Plain<V, R>),
    /// It appends these bytes.
    Append(&'a [u8]),
    /// It leaves nothing, whatever was there.
    Clear,
}

impl Act<'_> {
    /// The one value that the act leaves if it is done.
    pub(crate) fn leaves(&self) -> Option<Symbol> {
        match self {
            Self::Plain(Plain::Put(value)) => Some(*value),
            Self::Plain(Plain::CompareAndSet { new, .. }) => *new,
            Self::Plain(Plain::Get | Plain::Delete | Plain::Increment(_)) | Self::Append(_) | Self::Clear => None,
        }
    }
}

/// An operation whose values and versions have numbers, and no symbols and ranks yet.
pub(crate) type NotedStep<'a> = Step<'a, ValueNumber, VersionNumber>;

impl<'a> NotedStep<'a> {
    /// Of an operation; its values and versions are noted, and which values it reads or expects.
    pub(crate) fn new(part: Part<'a>, values: &mut NotedValues<'a>, versions: &mut NotedVersions) -> Self {
        let (operation, open) = (part.operation, part.is_open());
        let act = match &operation.op {
            _ if part.taken_as == TakenAs::Clear => Act::Clear,
            Asked::Append(bytes) => Act::Append(bytes),
            Asked::Get => Act::Plain(Plain::Get),
            Asked::Put(value) => Act::Plain(Plain::Put(values.note(value))),
            Asked::Delete => Act::Plain(Plain::Delete),
            Asked::Increment(by) => Act::Plain(Plain::Increment(*by)),
            Asked::CompareAndSet { expect, new } => Act::Plain(Plain::CompareAndSet {
                expect: match expect {
                    Expect::Absent => Expect::Absent,
                    Expect::Value(value) => Expect::Value(values.see(value)),
                    Expect::Version(version) => Expect::Version(versions.note(*version)),
                },
                new: new.as_ref().map(|value| values.note(value)),
            }),
        };
        let mut value = |value: &'a Option<Vec<u8>>| value.as_ref().map(|value| values.see(value));
        let mut version = |version: &Option<_>| version.map(|version| versions.note(version));
        let claim = match &operation.outcome {
            _ if open => Claim::Open,
            Outcome::Done { version: under, value: left } => Claim::Done(version(under), value(left)),
            Outcome::Read { value: found, version: of } => Claim::Read(value(found), version(of)),
            Outcome::Refused { found } => Claim::Refused(version(found)),
            Outcome::Unknown | Outcome::NotApplied => Claim::Open,
        };
        let end = if claim == Claim::Open { None } else { operation.ret };
        Self { act, claim, call: operation.call, end, open: 0, hint: (0, 0) }
    }

    /// The same with the symbols and ranks that stand for the numbers.
    pub(crate) fn named(
        self,
        symbol: impl Fn(ValueNumber) -> Symbol,
        revision: impl Fn(VersionNumber) -> Revision,
    ) -> Step<'a> {
        let act = match self.act {
            Act::Append(bytes) => Act::Append(bytes),
            Act::Clear => Act::Clear,
            Act::Plain(plain) => Act::Plain(match plain {
                Plain::Get => Plain::Get,
                Plain::Put(value) => Plain::Put(symbol(value)),
                Plain::Delete => Plain::Delete,
                Plain::Increment(by) => Plain::Increment(by),
                Plain::CompareAndSet { expect, new } => Plain::CompareAndSet {
                    expect: match expect {
                        Expect::Absent => Expect::Absent,
                        Expect::Value(value) => Expect::Value(symbol(value)),
                        Expect::Version(version) => Expect::Version(revision(version)),
                    },
                    new: new.map(&symbol),
                },
            }),
        };
        let claim = match self.claim {
            Claim::Done(version, value) => Claim::Done(version.map(revision), value.map(symbol)),
            Claim::Read(value, version) => Claim::Read(value.map(symbol), version.map(revision)),
            Claim::Refused(version) => Claim::Refused(version.map(revision)),
            Claim::Open => Claim::Open,
        };
        Step { act, claim, call: self.call, end: self.end, open: self.open, hint: self.hint }
    }
}

impl Step<'_> {
    /// The value that the operation surely found.
    pub(crate) fn finds(&self) -> Option<Symbol> {
        match (&self.act, self.claim) {
            (_, Claim::Read(value, _)) => value,
            (Act::Plain(Plain::CompareAndSet { expect: Expect::Value(value), .. }), Claim::Done(..)) => Some(*value),
            _ => None,
        }
    }

    /// Whether the operation may come where an unread value is, and perhaps not elsewhere, and leave or show
    /// something else than that.
    pub(crate) fn minds_what_is_there(&self) -> bool {
        match (&self.act, self.claim) {
            (_, Claim::Refused(_)) => true,
            (_, Claim::Read(..)) | (Act::Plain(Plain::Get | Plain::Put(_)) | Act::Clear, _) => false,
            (Act::Plain(Plain::CompareAndSet { expect, .. }), _) => matches!(expect, Expect::Version(_)),
            (Act::Plain(Plain::Delete | Plain::Increment(_)) | Act::Append(_), _) => true,
        }
    }
}
