use crate::group_commit::Synced;
use crate::sync::{Arc, RwLock, read, write};
use std::collections::BTreeMap;
use std::fmt;
use std::mem;

/// What readers see of one shard's durable records, without a transaction. Cloning gives another handle for readers.
///
/// A value shows only after the sync that it rests on: [`Publisher::publish`] asks for the witness. There is one
/// publisher, and a value is replaced as a whole, so the versions that a reader sees under one key never go back, as
/// long as the publisher publishes them in order; nor is a key missed while its value is replaced. Apart from that a
/// miss says nothing: the reader asks the store.
pub struct DurableCache<K, V> {
    shared: Arc<RwLock<Records<K, V>>>,
}

/// The one writer of a [`DurableCache`]: the driver thread of the shard. It cannot be cloned.
pub struct Publisher<K, V> {
    shared: Arc<RwLock<Records<K, V>>>,
    capacity: usize,
    weight_max: usize,
    next_age: u64,
}

struct Records<K, V> {
    by_key: BTreeMap<K, Record<V>>,
    /// The same keys by the age of their last publication, oldest first.
    by_age: BTreeMap<u64, K>,
    /// The sum of the records' weights.
    weight: usize,
}

struct Record<V> {
    age: u64,
    weight: usize,
    value: Arc<V>,
}

impl<K: Ord + Clone, V> DurableCache<K, V> {
    /// An empty cache for at most `capacity` records (0 keeps it empty) that weigh at most `weight_max` together, in
    /// whatever unit the publisher weighs them, and its publisher.
    #[must_use]
    pub fn new(capacity: usize, weight_max: usize) -> (Self, Publisher<K, V>) {
        let records = Records { by_key: BTreeMap::new(), by_age: BTreeMap::new(), weight: 0 };
        let shared = Arc::new(RwLock::new(records));
        let publisher = Publisher { shared: Arc::clone(&shared), capacity, weight_max, next_age: 0 };
        (Self { shared }, publisher)
    }

    /// The newest published record of `key`, if it is in the cache. From any thread.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<Arc<V>> {
        read(&self.shared).by_key.get(key).map(|record| Arc::clone(&record.value))
    }

    /// How many records are in.
    #[must_use]
    pub fn len(&self) -> usize {
        read(&self.shared).by_key.len()
    }

    /// Whether no record is in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K: Ord + Clone, V> Publisher<K, V> {
    /// Shows a record to readers, after the sync that it rests on: `synced` is the answer to the very job that wrote
    /// it (the type cannot tell jobs apart, the caller must). While the cache holds more than it may, in number or
    /// `weight`, it drops the record published longest ago; one that alone weighs too much does not stay.
    pub fn publish(&mut self, key: K, value: Arc<V>, weight: usize, _synced: &Synced) {
        if self.capacity == 0 {
            return;
        }
        let age = self.next_age;
        self.next_age += 1;
        let mut records = write(&self.shared);
        if mutant!(RemoveThenInsert) {
            records.remove(&key);
            drop(records);
            records = write(&self.shared);
        }
        let replaced = records.insert(key, Record { age, weight, value });
        if mutant!(EvictLater) {
            drop(records);
            records = write(&self.shared);
        }
        let mut evicted = Vec::new();
        while records.by_key.len() > self.capacity || records.weight > self.weight_max {
            let Some(oldest) = records.remove_oldest() else { break };
            evicted.push(oldest);
        }
        if mutant!(DropInsideLock) {
            drop((replaced, evicted));
            return;
        }
        drop(records);
        // Values may be large: they are freed after readers can go on.
        drop((replaced, evicted));
    }

    /// Hides a record: readers ask the store again.
    pub fn remove(&mut self, key: &K) {
        let mut records = write(&self.shared);
        let removed = records.remove(key);
        drop(records);
        drop(removed);
    }

    /// Another handle for readers.
    #[must_use]
    pub fn reader(&self) -> DurableCache<K, V> {
        DurableCache { shared: Arc::clone(&self.shared) }
    }
}

impl<K: Ord + Clone, V> Records<K, V> {
    fn insert(&mut self, key: K, new: Record<V>) -> Option<Arc<V>> {
        self.weight = self.weight.saturating_add(new.weight);
        let Some(record) = self.by_key.get_mut(&key) else {
            self.by_age.insert(new.age, key.clone());
            self.by_key.insert(key, new);
            return None;
        };
        self.by_age.insert(new.age, key);
        let old = mem::replace(record, new);
        if !mutant!(KeepOldAge) {
            self.by_age.remove(&old.age);
        }
        self.weight = self.weight.saturating_sub(old.weight);
        Some(old.value)
    }

    fn remove(&mut self, key: &K) -> Option<Arc<V>> {
        let record = self.by_key.remove(key)?;
        self.by_age.remove(&record.age);
        self.weight = self.weight.saturating_sub(record.weight);
        Some(record.value)
    }

    fn remove_oldest(&mut self) -> Option<Arc<V>> {
        let (_, key) = self.by_age.pop_first()?;
        let record = self.by_key.remove(&key)?;
        self.weight = self.weight.saturating_sub(record.weight);
        Some(record.value)
    }
}

impl<K, V> Clone for DurableCache<K, V> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<K, V> fmt::Debug for DurableCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DurableCache").finish_non_exhaustive()
    }
}

impl<K, V> fmt::Debug for Publisher<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}
