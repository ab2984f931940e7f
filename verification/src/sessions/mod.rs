//! Models of sessions: shipped `PaxosLog`s of two keys, and sessions that write, read at any level, and hand what they
//! have seen on, with the shipped `Seen` and `SessionRead`. The rule is told in `docs/protocol/consistency.md`.

mod actions;
mod audit;
mod calm;
mod catalogue;
mod cluster;
mod coverage;
mod events;
mod run;
mod scenario;
mod state;
mod told;

pub use catalogue::{catalogue, find};
pub use cluster::Cluster;
pub use coverage::{Branch, Coverage};
pub use run::run;
pub use scenario::{Bounds, Op, Scenario};
pub use state::{Action, Doing, Key, KeyState, Session, State};

/// Properties that no other model checks.
pub const CHECKED: [quorate_spec::Property; 2] =
    [quorate_spec::Property::NeverUnseen, quorate_spec::Property::Convergence];
