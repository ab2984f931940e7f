//! A seeded simulator: three shipped [`Driver`](quorate_node::driver::Driver)s over disks, a network and a clock that
//! are simulated, and clients that run the shipped `WriteAttempt` and `QuorumRead`.
//!
//! Everything that happens is drawn from one seed, so a run can be had again. Disks lose what was not yet durable;
//! the network loses, repeats, delays and reorders; nodes crash, freeze and are cut off. After each event the
//! [`Audit`] compares what left a replica with what its disk holds and with what was chosen; at the end the faults
//! stop, progress is required, and what the clients were told is checked for linearizability.

mod audit;
mod call;
mod client;
mod config;
mod digest;
mod disk;
mod draw;
mod effects;
mod faults;
mod happening;
mod history;
mod node;
mod report;
mod simulation;
mod traces;
mod workload;

pub use audit::Audit;
pub use config::SimConfig;
pub use disk::{Disk, DiskView};
pub use report::{Failure, Report};
pub use simulation::run;
