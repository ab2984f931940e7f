//! Models over the shipped core: three replicas of one log, a network that duplicates, reorders and
//! never delivers, disks whose unsynced writes a crash takes, and the clients' own machines.

mod action;
mod audit;
mod catalogue;
mod cluster;
mod coverage;
mod explore;
mod ghost;
mod reader;
mod scenario;
mod writer;

pub use action::Action;
pub use catalogue::{catalogue, find};
pub use cluster::{Cluster, Node, State};
pub use coverage::{Branch, Coverage};
pub use ghost::Ghost;
pub use reader::Reader;
pub use scenario::{Bounds, Scenario, Script};
pub use writer::Writer;
