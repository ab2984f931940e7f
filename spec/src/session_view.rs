//! What a session has seen, without any bound: what causal reads are held against.

use crate::{Property, Violation};
use core::fmt::Debug;
use std::collections::BTreeMap;

/// For each key, the latest version that a session has seen, by itself or handed on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionView<K, V> {
    seen: BTreeMap<K, V>,
}

impl<K, V> Default for SessionView<K, V> {
    fn default() -> Self {
        Self { seen: BTreeMap::new() }
    }
}

impl<K: Ord + Clone + Debug, V: Ord + Clone + Debug> SessionView<K, V> {
    /// An answer showed this version of the key: of a write, or of a read at any level.
    pub fn saw(&mut self, key: &K, version: V) {
        match self.seen.get_mut(key) {
            Some(latest) if *latest >= version => {}
            Some(latest) => *latest = version,
            None => {
                self.seen.insert(key.clone(), version);
            }
        }
    }

    /// Another session's view as it was at some time, no later than now, is handed on to this one.
    pub fn handed_on(&mut self, other: &Self) {
        for (key, version) in &other.seen {
            self.saw(key, version.clone());
        }
    }

    /// P22: a causal read, called when the session had seen this much, returned this version.
    ///
    /// # Errors
    /// It is below what was seen.
    pub fn allows(&self, key: &K, returned: &V) -> Result<(), Violation> {
        match self.seen.get(key) {
            Some(seen) if returned < seen => {
                Err(Violation::new(Property::NeverUnseen, format!("{key:?}: read {returned:?} after {seen:?}")))
            }
            _ => Ok(()),
        }
    }
}
