//! What operations come to.

use bytes::Bytes;
use quorate_protocol::Version;

/// A value with the version of the write that left it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Versioned {
    /// The value.
    pub value: Bytes,
    /// Its version: what a compare-and-set may expect; grows with every write of the key.
    pub version: Version,
}

/// What a compare-and-set came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CasOutcome {
    /// It was as expected, and the new value has this version.
    Applied(Version),
    /// It was not as expected; the version found, `None` if no write ever was. The value is as it was.
    Mismatch(Option<Version>),
}

/// What a delete came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteOutcome {
    /// The value is gone; the delete has this version.
    Deleted(Version),
    /// There was none.
    Absent,
}

/// What an increment came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncrementOutcome {
    /// The sum, and its version.
    Applied {
        /// The counter's value after it.
        value: i64,
        /// The version of that value.
        version: Version,
    },
    /// The value is no decimal integer of 64 bits; it is as it was.
    NotANumber,
    /// The sum leaves the range of 64 bits; the value is as it was.
    Overflow,
}

/// What [`Client::resolve`](crate::Client::resolve) found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The write was applied, once.
    Applied {
        /// The version it left.
        version: Version,
        /// The counter's value after it, if it was an increment.
        counter: Option<i64>,
    },
    /// The write got a negative answer and changed nothing.
    Refused(Negative),
    /// The write was not applied and never will be: its id is closed.
    NotApplied,
    /// It could not be settled in time; it may be asked again.
    Open,
    /// The key has moved on so far that nobody can tell any more.
    Forgotten,
}

/// A negative answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Negative {
    /// The value was not as expected.
    Mismatch(Option<Version>),
    /// There was nothing to delete.
    Absent,
    /// The value was no number.
    NotANumber,
    /// The sum would have left the range.
    Overflow,
}
