//! Models of coming back after a disk loss: shipped `PaxosLog`s, the shipped `Rejoin` and `Forgotten`, and
//! an event that takes all that a node ever wrote. The rule is told in `docs/protocol/rejoin.md`.

mod audit;
mod catalogue;
mod cluster;
mod coverage;
mod events;
mod parts;
mod returning;
mod run;
mod scenario;
mod state;
mod told;

pub use catalogue::{catalogue, find};
pub use cluster::{Action, Cluster};
pub use coverage::{Branch, Coverage};
pub use run::run;
pub use scenario::{Bounds, Scenario};
pub use state::{Node, Role, Sent, State};
