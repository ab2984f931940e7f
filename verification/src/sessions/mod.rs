//! Models of sessions: shipped `PaxosLog`s of two keys, and sessions that write, read at any level, and hand what they
//! have seen on, with the shipped `Seen` and `SessionRead`. The rule is told in `docs/protocol/consistency.md`.

mod actions;
mod audit;
mod calm;
mod catalogue;
mod cluster;
mod command;
mod coverage;
mod events;
mod scenario;
mod state;
mod story;

pub use catalogue::{catalogue, find};
pub use cluster::Cluster;
pub use command::{check, run};
pub use coverage::{Branch, Coverage};
pub use scenario::{Bounds, Op, Scenario};
pub use state::{Action, Doing, Key, KeyState, Session, State};

/// Properties that no other model checks.
pub const CHECKED: [quorate_spec::Property; 2] =
    [quorate_spec::Property::NeverUnseen, quorate_spec::Property::Convergence];
