use crate::group_commit::Synced;
use crate::sync::{Arc, RwLock, read, write};
use std::collections::BTreeMap;
use std::fmt;
use std::mem;

/// What readers see of one shard's durable records, without a transaction. Cloning gives another handle for readers.
///
/// A value shows only after the sync that it rests on: [`Publisher::publish`] asks for the witness. There is one
/// publisher, and a value is replaced as a whole, so the versions that a reader sees under one key never go back, as
/// long as the publisher publishes them in order. A miss says nothing: the reader asks the store.
pub struct DurableCache<K, V> {
    shared: Arc<RwLock<Records<K, V>>>,
}

/// The one writer of a [`DurableCache`]: the driver thread of the shard. It cannot be cloned.
pub struct Publisher<K, V> {
    shared: Arc<RwLock<Records<K, V>>>,
    capacity: usize,
    next_age: u64,
}

struct Records<K, V> {
    by_key: BTreeMap<K, Record<V>>,
    /// The same keys by the age of their last publication, oldest first.
    by_age: BTreeMap<u64, K>,
}

struct Record<V> {
    age: u64,
    value: Arc<V>,
}

impl<K: Ord + Clone, V> DurableCache<K, V> {
    /// An empty cache for at most `capacity` records (0 keeps it empty), and its publisher.
    #[must_use]
    pub fn new(capacity: usize) -> (Self, Publisher<K, V>) {
        let records = Records { by_key: BTreeMap::new(), by_age: BTreeMap::new() };
        let shared = Arc::new(RwLock::new(records));
        let publisher = Publisher { shared: Arc::clone(&shared), capacity, next_age: 0 };
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
    /// it (the type cannot tell jobs apart, the caller must). A full cache drops the record published longest ago.
    pub fn publish(&mut self, key: K, value: Arc<V>, _synced: &Synced) {
        if self.capacity == 0 {
            return;
        }
        let age = self.next_age;
        self.next_age += 1;
        let mut records = write(&self.shared);
        let replaced = records.insert(key, age, value);
        let evicted = (records.by_key.len() > self.capacity).then(|| records.remove_oldest());
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
    fn insert(&mut self, key: K, age: u64, value: Arc<V>) -> Option<Arc<V>> {
        let Some(record) = self.by_key.get_mut(&key) else {
            self.by_age.insert(age, key.clone());
            self.by_key.insert(key, Record { age, value });
            return None;
        };
        self.by_age.remove(&record.age);
        self.by_age.insert(age, key);
        record.age = age;
        Some(mem::replace(&mut record.value, value))
    }

    fn remove(&mut self, key: &K) -> Option<Arc<V>> {
        let record = self.by_key.remove(key)?;
        self.by_age.remove(&record.age);
        Some(record.value)
    }

    fn remove_oldest(&mut self) -> Option<Arc<V>> {
        let (_, key) = self.by_age.pop_first()?;
        self.by_key.remove(&key).map(|record| record.value)
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
