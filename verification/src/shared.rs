//! Parts of a model's state that many states share.

use quorate_history::fold::Fold;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A value with its digest. Copies share the value, and hashing a state hashes digests: a step pays for
/// the one part it changes.
pub struct Shared<T>(Arc<(u64, T)>);

/// The value alone: the digest follows from it.
impl<T: serde::Serialize> serde::Serialize for Shared<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.1.serialize(serializer)
    }
}

impl<'de, T: serde::Deserialize<'de> + Hash> serde::Deserialize<'de> for Shared<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

impl<T: Hash> Shared<T> {
    /// Takes the digest once.
    pub fn new(value: T) -> Self {
        Self(Arc::new((digest(&value), value)))
    }
}

/// The digest that [`Shared::new`] takes.
pub fn digest<T: Hash>(value: &T) -> u64 {
    let mut hasher = Fold::default();
    value.hash(&mut hasher);
    hasher.finish()
}

impl<T> Shared<T> {
    /// The digest; equal values have equal ones.
    pub fn digest(&self) -> u64 {
        self.0.0
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> std::ops::Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.1
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.digest() == other.digest() && **self == **other)
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.0.hash(state);
    }
}

/// A word spread over all bits.
pub fn mixed(word: u64) -> u64 {
    let mut hasher = Fold::default();
    hasher.write_u64(word);
    hasher.finish()
}
