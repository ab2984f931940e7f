//! Coming back after a disk loss ("forgetting is a fault").
//!
//! A node whose record of a log is gone must not vote in it as if it had never promised or voted. Until
//! [`Rejoin`] says that it may, it learns only: no vote, no promise and no read reply leaves it.
//! [`Forgotten`] is what every voter keeps durably about such nodes, and what it refuses because of it.
//! The rule, why it is safe and what each part of it is for: `docs/protocol/rejoin.md`.

mod forgotten;
mod left_out;
mod machine;

pub use forgotten::Forgotten;
#[cfg(feature = "mutants")]
pub use left_out::{RejoinPart, leave_out};
pub use machine::{Rejoin, RejoinStep};
