//! The client's versions and conditions in the judge's terms.

use crate::{Expect, Version};
use quorate_history::Version as Told;
use quorate_spec::Expect as Expected;

/// A version.
pub fn version(version: Version) -> Told {
    Told { slot: version.slot.0, position: u32::from(version.position) }
}

/// A condition.
pub fn expected(expect: &Expect) -> Expected<Vec<u8>, Told> {
    match expect {
        Expect::Absent => Expected::Absent,
        Expect::Version(found) => Expected::Version(version(*found)),
        Expect::Value(value) => Expected::Value(value.to_vec()),
    }
}
