//! `quorate bench`: a load on a cluster, measured, and judged if asked.
//!
//! A closed loop: each client sends its next operation when its last is answered. It finds out how much a cluster can
//! do, and hides how long people wait: while the cluster stalls, nothing is sent, so one slow answer stands for many. An
//! open loop (`--rate`): operations arrive by a schedule that nothing holds up, and each has waited since it was to
//! begin.

mod arrivals;
mod class;
mod command;
mod counters;
mod gaps;
mod hdr;
mod json;
mod keys;
mod live;
mod load;
mod material;
mod pace;
mod record;
mod report;
mod seen;
mod tally;
mod verdict;
mod workload;
mod zipf;

pub use arrivals::{Arrivals, Spacing};
pub use class::Class;
pub(crate) use command::Bench;
pub use gaps::{LongestGaps, Side};
pub use keys::{Keys, Spread};
pub use material::{KEY_SIZE_MIN, Material, TOLD_SIZE_MIN};
pub use pace::Planned;
pub use seen::Seen;
pub use tally::Tally;
pub use workload::{Kind, Workload};
pub use zipf::{Zipf, unit};
