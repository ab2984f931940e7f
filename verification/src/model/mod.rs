//! Models over the shipped core: three replicas of one log, a network that duplicates, reorders and
//! never delivers, disks whose unsynced writes a crash takes, and the clients' own machines.

mod action;
pub(crate) mod audit;
mod catalogue;
mod cluster;
mod coverage;
mod drawn;
mod effect;
mod explore;
mod ghost;
mod happen;
mod healing;
mod interner;
mod ladder;
mod memo;
mod node;
pub(crate) mod opening;
mod reader;
mod reduction;
mod refinement;
mod scenario;
mod shown;
mod state;
mod told;
pub mod transitions;
mod writer;

pub use action::Action;
pub use catalogue::{catalogue, find};
pub use cluster::Cluster;
pub use coverage::{Branch, Coverage};
pub use ghost::{Ghost, Vote};
pub use interner::{Id, Interner};
pub use node::Node;
pub use reader::Reader;
pub use scenario::{Abstraction, Bounds, Scenario, Script};
pub use shown::Shown;
pub use state::{NODES_MAX, Network, Nodes, READERS_MAX, State};
pub use told::WrittenAction;
pub use writer::Writer;
