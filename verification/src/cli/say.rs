//! What is printed.

use std::fmt::Display;
use std::io::Write;

/// Says it to whoever listens: a reader may have heard enough.
pub(super) fn say(what: impl Display) {
    let _ = write!(std::io::stdout(), "{what}");
}
