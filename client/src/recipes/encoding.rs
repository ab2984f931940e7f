//! How recipes write their values: which recipe, which version of its format, which state, what it holds.
//!
//! Numbers are big-endian. `docs/formats.md` has the table.

use super::{Fence, Foreign};
use bytes::Bytes;

/// The version of every recipe's format so far.
const VERSION: u8 = 1;
/// Bytes before what a state holds.
const HEADER: usize = 3;
/// Bytes that a recipe's value has beside names and results, at most.
pub(super) const OVERHEAD_MAX: usize = HEADER + 2 * size_of::<u64>();

/// Which recipe a value belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Kind {
    Lock = b'L',
    Election = b'E',
    Fenced = b'F',
    Idempotency = b'I',
}

/// A value in the making.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new(kind: Kind, state: u8) -> Self {
        Self(vec![kind as u8, VERSION, state])
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    /// A fence, or 0 for "the version of this very write".
    pub(super) fn fence(self, fence: Option<Fence>) -> Self {
        self.number(fence.map_or(0, Fence::number))
    }

    /// What is left of the value.
    pub(super) fn rest(mut self, bytes: &[u8]) -> Bytes {
        self.0.extend_from_slice(bytes);
        self.0.into()
    }
}

/// A value being read.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The state, and what follows.
    pub(super) fn new(kind: Kind, value: &'a [u8]) -> Result<(u8, Self), Foreign> {
        match value {
            [theirs, version, ..] if *theirs == kind as u8 && *version != VERSION => Err(Foreign::Version(*version)),
            [theirs, _, state, rest @ ..] if *theirs == kind as u8 => Ok((*state, Self(rest))),
            _ => Err(Foreign::Kind),
        }
    }

    pub(super) fn number(&mut self) -> Result<u64, Foreign> {
        let (number, rest) = self.0.split_first_chunk().ok_or(Foreign::Malformed)?;
        self.0 = rest;
        Ok(u64::from_be_bytes(*number))
    }

    pub(super) fn fence(&mut self) -> Result<Option<Fence>, Foreign> {
        self.number().map(Fence::from_number)
    }

    pub(super) fn rest(self) -> Bytes {
        Bytes::copy_from_slice(self.0)
    }

    /// Nothing may follow.
    pub(super) fn end(self) -> Result<(), Foreign> {
        if self.0.is_empty() { Ok(()) } else { Err(Foreign::Malformed) }
    }
}
