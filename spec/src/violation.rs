//! Errors of this crate.

use crate::Property;
use core::fmt;

/// A property that did not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which property.
    pub property: Property,
    /// What was seen, for people.
    pub detail: String,
}

impl Violation {
    /// A violation of `property`, seen as `detail`.
    pub fn new(property: Property, detail: impl Into<String>) -> Self {
        Self { property, detail: detail.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} violated: {}", self.property, self.detail)
    }
}

impl core::error::Error for Violation {}

/// A model was asked for with more (or fewer) of something than its fixed arrays hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundsError {
    /// Of what: acceptors, values, ballots or slots.
    pub what: &'static str,
    /// How many were asked for.
    pub asked: u8,
    /// The most there can be; the least is 1.
    pub most: u8,
}

impl BoundsError {
    /// `asked`, if it is within `1..=most`.
    pub(crate) fn within(what: &'static str, asked: u8, most: u8) -> Result<u8, Self> {
        if (1..=most).contains(&asked) { Ok(asked) } else { Err(Self { what, asked, most }) }
    }
}

impl fmt::Display for BoundsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} asked for, 1 to {} possible", self.asked, self.what, self.most)
    }
}

impl core::error::Error for BoundsError {}
