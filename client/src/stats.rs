//! Counters of one client.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a client has done since it was built. A snapshot; the counters of one moment need not fit each
/// other exactly while operations run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Reads that returned.
    pub reads: u64,
    /// Of these, the ones whose first question was enough.
    pub reads_one_round: u64,
    /// Of the reads, the causal and eventual ones that were not made as linearizable ones.
    pub reads_weak: u64,
    /// Reads that failed.
    pub reads_failed: u64,
    /// Writes that have an outcome, negative ones and resolves included.
    pub writes: u64,
    /// Of these, the ones whose answer was negative.
    pub writes_negative: u64,
    /// Writes that were surely not applied.
    pub writes_not_applied: u64,
    /// Writes whose outcome is unknown.
    pub writes_unknown: u64,
    /// Attempts of writes beyond their first.
    pub write_retries: u64,
    /// Slots asked for as the base of a write.
    pub base_questions: u64,
    /// Times that patience with a replica ran out.
    pub timeouts: u64,
    /// Keys that were refreshed in the background after a read of one replica. What that asks is in no other counter
    /// of reads.
    pub refreshes: u64,
    /// Connections opened.
    pub connections: u64,
}

macro_rules! counters {
    ($($name:ident),* $(,)?) => {
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: Counter,)*
        }

        impl Counters {
            pub(crate) fn snapshot(&self) -> Stats {
                Stats { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counters!(
    reads,
    reads_one_round,
    reads_weak,
    reads_failed,
    writes,
    writes_negative,
    writes_not_applied,
    writes_unknown,
    write_retries,
    base_questions,
    timeouts,
    refreshes,
    connections,
);

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
