//! Is what clients saw linearizable? (P15)
//!
//! [`check`] takes the operations of a run, each with the times of its call and its return, what it
//! asked and what it was told, and decides for each key whether some order of them explains all of it.
//! Keys are separate objects, so a verdict a key is a verdict on the whole (Herlihy and Wing 1990,
//! locality). The search is that of Wing and Gong (1993) with Lowe's memoisation ("Testing for
//! Linearizability", 2017); `search.rs` says what is pruned and why nothing is lost by it.
//!
//! Operations of unknown outcome stay open: each takes effect once at any time after its call, or never.
//! The versions that operations state are held against the register (a read that states a version read
//! what the write of that version left), and serve as a hint for the search; their order decides
//! nothing. Whether versions themselves are sound (P12) is a question of its own: [`check_versions`].
//!
//! Nothing here needs anything but the standard library and `quorate-spec`.

mod counterexample;
mod entries;
mod operation;
mod parse_error;
mod problem;
mod report;
mod search;
mod shrink;
mod symbol;
mod text;
mod versions;
mod visited;

pub use counterexample::Counterexample;
pub use operation::{HistoryError, Key, Operation, Outcome, Value, Version};
pub use parse_error::{ParseError, ParseErrorKind};
pub use report::{Bound, KeyReport, Report, Verdict, check};
pub use text::{HEADER, parse, write};
pub use versions::{VersionFault, check_versions};
