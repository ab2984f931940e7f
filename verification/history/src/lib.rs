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
//! Histories come as our own recordings, Jepsen's logs of etcd, and the text form of porcupine's tests
//! ([`Recording`]). A counterexample is told as text and drawn ([`Timeline`]).
//!
//! Nothing here needs anything but the standard library and `quorate-spec`, and nothing here is a rule of the
//! protocol: whoever has a history can judge it, a node's own `bench --verify` included.
#![forbid(unsafe_code)]

mod asked;
mod counterexample;
mod entries;
mod events;
mod facts;
pub mod fold;
mod format;
mod gaps;
mod hints;
mod jepsen;
mod noted;
mod operation;
mod parse_error;
mod part;
mod porcupine;
mod problem;
mod report;
mod search;
mod shrink;
mod step;
mod symbol;
mod synthetic;
mod text;
mod text_chunks;
mod timeline;
mod until;
mod versions;
mod visited;
mod window;

pub use asked::Asked;
pub use counterexample::{Counterexample, Left, LeftValue};
pub use format::{Format, Recording};
pub use gaps::{Gap, GapWatch, gaps};
pub use operation::{HistoryError, Key, Operation, Outcome, Value, Version};
pub use parse_error::{ParseError, ParseErrorKind};
pub use report::{Bound, Checker, KeyReport, Report, Verdict, check};
pub use synthetic::{Load, Random, Store};
pub use text::{HEADER, parse, show, write};
pub use text_chunks::parse_bytes;
pub use timeline::Timeline;
pub use until::until;
pub use versions::{VersionFault, check_versions};
