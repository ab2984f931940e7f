//! Which branches a run took: the guard against models that hold since nothing happens in them.

use std::sync::atomic::{AtomicU64, Ordering};

/// Something that a model is expected to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Branch {
    /// A causal read was done with its first answer.
    FirstAnswer,
    /// A causal read asked the rest, since the first answer was not late enough.
    Widened,
    /// A causal read counted votes to prove a slot chosen that no voter knew chosen.
    Counted,
    /// A causal read was made as a linearizable one, nothing being known of its key.
    ReadFresh,
    /// An eventual read returned less than its session had seen.
    Older,
    /// A session read what another had seen and handed on.
    ReadHandedOn,
    /// A token became full.
    Full,
    /// A session's write was answered.
    Written,
    /// A reader had a vote sent on, or a slot completed.
    Repaired,
    /// A node crashed that knew a slot chosen in memory alone.
    Forgot,
}

/// How often each branch was taken, over all generated states.
#[derive(Debug, Default)]
pub struct Coverage([AtomicU64; 10]);

impl Coverage {
    /// Counts a branch.
    pub fn hit(&self, branch: Branch) {
        if let Some(count) = self.0.get(branch as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often it was taken.
    pub fn count(&self, branch: Branch) -> u64 {
        self.0.get(branch as usize).map_or(0, |count| count.load(Ordering::Relaxed))
    }
}
