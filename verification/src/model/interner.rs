//! Values that many states share, kept once.

use crate::shared::digest;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Mutex;

const SHARDS: usize = 64;

/// The name of an interned value: two of one interner are equal if and only if their values are.
pub struct Id<T> {
    index: u32,
    of: PhantomData<fn() -> T>,
}

/// All values of one kind that a run has met. A state holds [`Id`]s, so it is small, copies in a few
/// words, and a step that was computed once is found again by its ids.
///
/// The digest of a value depends on the value alone, so states hash alike in every run, whatever order
/// the threads met them in. Two values with one digest would end the run loudly.
#[derive(Debug)]
pub struct Interner<T> {
    values: boxcar::Vec<(u64, T)>,
    index: Vec<Mutex<HashMap<u64, u32>>>,
}

impl<T> Id<T> {
    fn new(index: u32) -> Self {
        Self { index, of: PhantomData }
    }

    /// A number that tells it from the others of its interner.
    pub(crate) fn code(self) -> u32 {
        self.index
    }
}

impl<T: Hash + Eq> Interner<T> {
    /// Nothing yet.
    pub fn new() -> Self {
        let index = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { values: boxcar::Vec::new(), index }
    }

    /// The name of a value.
    ///
    /// # Panics
    /// Two values have one digest, or there are 2^32 of them: the run would say something false.
    pub fn intern(&self, value: T) -> Id<T> {
        let digest = digest(&value);
        let shard = usize::try_from(digest >> 48).unwrap_or_default() % SHARDS;
        let shard = self.index.get(shard).expect("a shard for each digest");
        let mut shard = shard.lock().expect("no thread panics while it holds this");
        if let Some(known) = shard.get(&digest) {
            let known = Id::new(*known);
            assert!(*self.get(known) == value, "two parts of states share a 64-bit digest");
            return known;
        }
        let index = u32::try_from(self.values.push((digest, value))).expect("fewer than 2^32 parts of states");
        shard.insert(digest, index);
        Id::new(index)
    }

    /// The value.
    pub fn get(&self, id: Id<T>) -> &T {
        &self.entry(id).1
    }

    /// Its digest.
    pub fn digest(&self, id: Id<T>) -> u64 {
        self.entry(id).0
    }

    fn entry(&self, id: Id<T>) -> &(u64, T) {
        self.values.get(id.index as usize).expect("an id of this interner")
    }
}

impl<T: Hash + Eq> Default for Interner<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.index.cmp(&other.index)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.index);
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}
