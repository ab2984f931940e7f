//! An operation, as the search needs it.

use crate::part::{Part, TakenAs};
use crate::symbol::{Revision, Revisions, Symbol, Symbols};
use crate::{Asked, Outcome};
use quorate_spec::{Expect, Operation as Plain};

/// An operation, as the search needs it. Two with the same act and claim asked and were told the same.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub(crate) act: Act<'a>,
    pub(crate) claim: Claim,
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
pub(crate) enum Claim {
    /// It wrote, under this version, and left this value, as far as it was told.
    Done(Option<Revision>, Option<Symbol>),
    /// It read this value, of this version.
    Read(Option<Symbol>, Option<Revision>),
    /// It was refused, on this version.
    Refused(Option<Revision>),
    /// Nothing: it may come anywhere, or never.
    Open,
}

/// What an operation does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act<'a> {
    /// Something that the register of `quorate-spec` does.
    Plain(Plain<Symbol, Revision>),
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

impl<'a> Step<'a> {
    /// Of an operation whose values and versions have these symbols and ranks.
    pub(crate) fn new(part: Part<'a>, symbols: &Symbols<'a>, revisions: &Revisions) -> Self {
        let (operation, open) = (part.operation, part.is_open());
        let act = match &operation.op {
            _ if part.taken_as == TakenAs::Clear => Act::Clear,
            Asked::Append(bytes) => Act::Append(bytes),
            Asked::Get => Act::Plain(Plain::Get),
            Asked::Put(value) => Act::Plain(Plain::Put(symbols.of(value))),
            Asked::Delete => Act::Plain(Plain::Delete),
            Asked::Increment(by) => Act::Plain(Plain::Increment(*by)),
            Asked::CompareAndSet { expect, new } => Act::Plain(Plain::CompareAndSet {
                expect: match expect {
                    Expect::Absent => Expect::Absent,
                    Expect::Value(value) => Expect::Value(symbols.of(value)),
                    Expect::Version(version) => Expect::Version(revisions.of(*version)),
                },
                new: new.as_ref().map(|value| symbols.of(value)),
            }),
        };
        let symbol = |value: &Option<Vec<u8>>| value.as_ref().map(|value| symbols.of(value));
        let revision = |version: &Option<_>| version.map(|version| revisions.of(version));
        let claim = match &operation.outcome {
            _ if open => Claim::Open,
            Outcome::Done { version, value } => Claim::Done(revision(version), symbol(value)),
            Outcome::Read { value, version } => Claim::Read(symbol(value), revision(version)),
            Outcome::Refused { found } => Claim::Refused(revision(found)),
            Outcome::Unknown | Outcome::NotApplied => Claim::Open,
        };
        let end = if claim == Claim::Open { None } else { operation.ret };
        Self { act, claim, call: operation.call, end, open: 0, hint: (0, 0) }
    }

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
