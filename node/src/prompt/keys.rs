use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The keys that were named at a prompt, for completion.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeenKeys(Arc<Mutex<BTreeSet<String>>>);

/// Keys that are remembered.
const KEYS_MAX: usize = 1000;

impl SeenKeys {
    /// Remembers a key, if it can be typed as it is and there is room.
    pub(crate) fn note(&self, key: Option<&OsString>) {
        let Some(key) = key.and_then(|key| key.to_str()) else { return };
        let mut keys = self.keys();
        let is_plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_./:@%+=,-".contains(c));
        if is_plain && !key.starts_with('-') && keys.len() < KEYS_MAX {
            keys.insert(key.to_owned());
        }
    }

    /// Those that begin so.
    pub(crate) fn beginning_with(&self, start: &str) -> Vec<String> {
        self.keys().iter().filter(|key| key.starts_with(start)).cloned().collect()
    }

    fn keys(&self) -> MutexGuard<'_, BTreeSet<String>> {
        // Whole at any time: it is changed by one insertion.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
