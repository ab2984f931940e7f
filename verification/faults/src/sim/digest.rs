use std::hash::{DefaultHasher, Hash, Hasher};

/// A running hash of everything that happened, to tell whether two runs were the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Digest(DefaultHasher);

impl Digest {
    pub(super) fn add(&mut self, what: &impl Hash) {
        what.hash(&mut self.0);
    }

    pub(super) fn value(&self) -> u64 {
        self.0.finish()
    }
}
