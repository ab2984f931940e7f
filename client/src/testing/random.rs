use quorate_driver::SplitMix64;
use std::sync::{Arc, Mutex, PoisonError};

/// Random numbers of one client, from a seed; clones draw from the same sequence.
#[derive(Clone, Debug)]
pub(crate) struct Seeded(Arc<Mutex<SplitMix64>>);

impl Seeded {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(SplitMix64::new(seed))))
    }

    pub(crate) fn next_u64(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }

    pub(crate) fn next_u32(&self) -> u32 {
        u32::try_from(self.next_u64() >> 32).unwrap_or(u32::MAX)
    }
}
