//! The values and versions of a key's operations, numbered as they come.
//!
//! What a symbol or a rank is depends on the whole history of the key, and its operations lie far apart in memory. So
//! each is looked at once, and what it says is noted by number; the symbols and ranks take the numbers' places when all
//! has been seen.

#![expect(clippy::indexing_slicing, reason = "the numbers are made here")]

use crate::Version;
use crate::fold::FoldMap;

/// The number of a value, in the order of first mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ValueNumber(pub(crate) u32);

/// The number of a version, in the order of first mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VersionNumber(pub(crate) u32);

/// Values, and which of them are read or expected.
#[derive(Debug, Default)]
pub(crate) struct NotedValues<'a> {
    pub(crate) places: FoldMap<&'a [u8], u32>,
    /// By number.
    pub(crate) values: Vec<&'a [u8]>,
    /// By number.
    pub(crate) seen: Vec<bool>,
}

/// Versions.
#[derive(Debug, Default)]
pub(crate) struct NotedVersions {
    pub(crate) places: FoldMap<Version, u32>,
}

impl<'a> NotedValues<'a> {
    /// For so many operations: every other one says something new, more or less.
    pub(crate) fn with_room(operations: usize) -> Self {
        let room = operations / 2;
        Self {
            places: FoldMap::with_capacity_and_hasher(room, Default::default()),
            values: Vec::with_capacity(room),
            seen: Vec::with_capacity(room),
        }
    }

    /// Takes in a value; it may have come before.
    pub(crate) fn note(&mut self, value: &'a [u8]) -> ValueNumber {
        let next = u32::try_from(self.values.len()).expect("fewer than 2^32 values");
        ValueNumber(*self.places.entry(value).or_insert_with(|| {
            self.values.push(value);
            self.seen.push(false);
            next
        }))
    }

    /// Takes in a value that is read or expected.
    pub(crate) fn see(&mut self, value: &'a [u8]) -> ValueNumber {
        let number = self.note(value);
        self.seen[number.0 as usize] = true;
        number
    }
}

impl NotedVersions {
    /// For so many operations, as with values.
    pub(crate) fn with_room(operations: usize) -> Self {
        Self { places: FoldMap::with_capacity_and_hasher(operations / 2, Default::default()) }
    }

    /// Takes in a version; it may have come before.
    pub(crate) fn note(&mut self, version: Version) -> VersionNumber {
        let next = u32::try_from(self.places.len()).expect("fewer than 2^32 versions");
        VersionNumber(*self.places.entry(version).or_insert(next))
    }
}
