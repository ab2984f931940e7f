//! Parts of a model's state that many states share.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A value with its digest. Copies share the value, and hashing a state hashes digests: a step pays for
/// the one part it changes.
pub struct Shared<T>(Arc<(u64, T)>);

impl<T: Hash> Shared<T> {
    /// Takes the digest once.
    pub fn new(value: T) -> Self {
        Self(Arc::new((digest(&value), value)))
    }
}

/// The digest that [`Shared::new`] takes.
pub fn digest<T: Hash>(value: &T) -> u64 {
    let mut hasher = Fold(SEED);
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
    let mut hasher = Fold(SEED);
    hasher.mix(word);
    hasher.finish()
}

/// A hash table whose keys come from no outsider.
pub type FoldMap<K, V> = std::collections::HashMap<K, V, std::hash::BuildHasherDefault<Fold>>;

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const MULTIPLIER: u64 = 0xd6e8_feb8_6659_fd93;

/// A 64-bit hash by folded multiplication (the step of wyhash): the same in every run, and several times
/// as fast as SipHash on the few words that a part of a state is.
pub struct Fold(u64);

impl Default for Fold {
    fn default() -> Self {
        Self(SEED)
    }
}

impl Fold {
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(MULTIPLIER);
        // The two halves of the product.
        #[allow(clippy::cast_possible_truncation)]
        let (low, high) = (product as u64, (product >> 64) as u64);
        self.0 = (low ^ high).rotate_left(29).wrapping_add(SEED);
    }
}

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.mix(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, word: u8) {
        self.mix(u64::from(word));
    }

    fn write_u16(&mut self, word: u16) {
        self.mix(u64::from(word));
    }

    fn write_u32(&mut self, word: u32) {
        self.mix(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        self.mix(word);
    }

    fn write_usize(&mut self, word: usize) {
        self.mix(word as u64);
    }

    fn finish(&self) -> u64 {
        let mut last = Self(self.0);
        last.mix(MULTIPLIER);
        last.0
    }
}
