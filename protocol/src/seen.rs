//! What a session has seen, key by key: the rule of causal reads is stated on it.

use crate::{KEY_BYTES_MAX, LogId, Recorded, SEEN_BYTES_MAX, SEEN_KEYS_MAX, SLOT_MAX, Slot};
use alloc::collections::BTreeMap;

/// For each key that a session has touched, the highest slot of it that the session has seen: every answer
/// raises it, whatever the request was.
///
/// It holds [`SEEN_KEYS_MAX`] keys and [`SEEN_BYTES_MAX`] bytes of keys at most. Once a key found no place it
/// is *full*, and takes no key in any more: a key that is in it has all that was seen of it, and of any other
/// nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    floors: BTreeMap<LogId, Slot>,
    full: bool,
}

/// What a read of one key must give its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// Any chosen entry from this slot on.
    AtLeast(Slot),
    /// A linearizable read.
    Fresh,
}

/// Floors that no session of this version has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not what a session can have seen: too many keys, a key twice, an empty or too long one, or slot 0")]
pub struct NotSeen;

impl Seen {
    /// What was seen elsewhere, as [`Seen::floors`] and [`Seen::is_full`] tell it.
    ///
    /// # Errors
    /// It breaks a bound, names a key twice, or a slot that is never chosen.
    pub fn restore(floors: impl IntoIterator<Item = (LogId, Slot)>, full: bool) -> Result<Self, NotSeen> {
        let mut seen = Self { floors: BTreeMap::new(), full };
        for (log, slot) in floors {
            let possible = (1..=KEY_BYTES_MAX).contains(&log.key.len()) && slot > Slot::ZERO && slot.0 < SLOT_MAX;
            if !possible || !seen.has_place_for(&log) || seen.floors.insert(log, slot).is_some() {
                return Err(NotSeen);
            }
        }
        Ok(seen)
    }

    /// A read, at any level, returned what is chosen in this slot. (Slot 0, a key that was never written, is nothing
    /// seen.)
    pub fn read(&mut self, log: &LogId, slot: Slot) {
        if !mutant!(SeenReadIgnored) {
            self.raise(log, slot);
        }
    }

    /// A write has this outcome, positive or negative: its slot was seen.
    pub fn wrote(&mut self, log: &LogId, recorded: &Recorded) {
        if !mutant!(SeenWriteIgnored) {
            self.raise(log, recorded.version.slot);
        }
    }

    /// What another session has seen was handed on to this one. Where one of the two is full, nothing is known of the
    /// keys that it has not.
    pub fn merge(&mut self, other: &Self) {
        if other.full && !mutant!(SeenMergeKeepsUnknown) {
            self.floors.retain(|log, _| other.floors.contains_key(log));
        }
        for (log, slot) in &other.floors {
            let known = self.floors.contains_key(log) && mutant!(SeenMergeKeepsOwn);
            if !known {
                self.raise(log, *slot);
            }
        }
        self.full |= other.full && !mutant!(SeenMergeForgetsFull);
    }

    /// What a causal read of this key must give. A key of which nothing is known is read linearizably: whatever
    /// was seen of it was chosen before the read began.
    pub fn need(&self, log: &LogId) -> Need {
        let floor = if mutant!(SeenOtherKey) { self.floors.values().next_back() } else { self.floors.get(log) };
        match floor {
            Some(floor) => Need::AtLeast(*floor),
            None if self.full => Need::Fresh,
            None => Need::AtLeast(Slot::ZERO),
        }
    }

    /// The slots seen, in the order of the keys.
    pub fn floors(&self) -> impl Iterator<Item = (&LogId, Slot)> {
        self.floors.iter().map(|(log, slot)| (log, *slot))
    }

    /// Whether a key found no place.
    pub fn is_full(&self) -> bool {
        self.full
    }

    fn raise(&mut self, log: &LogId, slot: Slot) {
        if let Some(known) = self.floors.get_mut(log) {
            *known = if mutant!(SeenFalls) { slot } else { slot.max(*known) };
            return;
        }
        if slot == Slot::ZERO || (self.full && !mutant!(SeenFillsUp)) {
            return;
        }
        if self.has_place_for(log) {
            self.floors.insert(log.clone(), slot);
        } else {
            self.full = !mutant!(SeenFullSilently);
        }
    }

    fn has_place_for(&self, log: &LogId) -> bool {
        let bytes: usize = self.floors.keys().map(|known| known.key.len()).sum();
        self.floors.len() < SEEN_KEYS_MAX && bytes + log.key.len() <= SEEN_BYTES_MAX
    }
}
