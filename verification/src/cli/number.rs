//! Numbers on the command line.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The number that an option was given.
///
/// # Errors
/// It is none, or out of range; in a line.
pub(crate) fn number<T: FromStr + PartialOrd + Display>(
    option: &str,
    text: &str,
    within: RangeInclusive<T>,
) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| within.contains(number));
    number.ok_or_else(|| format!("{option} takes a number from {} to {}, not '{text}'", within.start(), within.end()))
}
