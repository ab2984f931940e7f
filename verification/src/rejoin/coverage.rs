//! Which branches a run took: the guard against models that hold since nothing happens in them.

use std::sync::atomic::{AtomicU64, Ordering};

/// Something that a model is expected to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Branch {
    /// A disk was lost with a vote on it.
    VoteLost,
    /// A disk was lost with a promise of a round of 1 or more on it.
    PromiseLost,
    /// A node came back.
    Returned,
    /// A node that came back voted.
    VotedAgain,
    /// A slot was chosen with a vote of a node that came back.
    ChosenWithIt,
    /// A node that comes back found a slot open, and had it completed.
    OpenFound,
    /// A message of a lost incarnation was refused.
    OldRefused,
    /// A proposal under a lost incarnation's ballot was taken out of a message.
    OldProposal,
    /// A node crashed while it was coming back.
    CrashedReturning,
    /// A read returned after a node came back.
    ReadAfter,
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
