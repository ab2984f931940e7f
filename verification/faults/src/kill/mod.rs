//! Faults against real `quorate serve` processes with their data on a real disk, under load, with everything that
//! clients saw recorded and judged.
//!
//! [`run`] starts three nodes from a binary, eight clients (by default) that ask in a closed loop, and a nemesis that
//! sends the signals of a [`Plan`] to the nodes it started, and to nothing else. When all of it has ended, every key
//! is read, and the history goes to the checker. SIGKILL says nothing of fsync, since the kernel keeps what a process
//! wrote: lost writes of that kind are the simulator's business.

mod binary;
mod client;
mod error;
mod final_reads;
mod gaps;
mod judge;
mod nemesis;
mod nodes;
mod noise;
mod outcome;
mod plan;
mod run;
mod sessions;
mod table;

pub use binary::find_binary;
pub use error::KillError;
pub use gaps::{Gap, Gaps, NOTICEABLE};
pub use noise::{Noise, Stalls};
pub use outcome::{Latencies, Outcome, Tally};
pub use plan::{Fault, Plan};
pub use run::run;
pub use sessions::Sessions;
