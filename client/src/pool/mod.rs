//! Connections to the replicas, one each, and how they have behaved.

mod health;
mod replica;

pub(crate) use health::Kind;
pub(crate) use replica::{CallError, Replica};

use std::time::Duration;

/// A random duration between half of `around` and one and a half of it. Jitter decides nothing that
/// must be hard to guess, so a failing generator costs only the jitter.
pub(crate) fn jittered(around: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    around / 2 + around.mul_f64(f64::from(random) / f64::from(u32::MAX))
}
