//! Is every acknowledged write still accounted for at the end?

use quorate_history::{Asked, Key, Operation, Outcome, Version};
use std::collections::BTreeMap;

/// What the last read of a key found.
#[derive(Clone, Copy, Debug)]
pub(super) struct LastState {
    /// When that read was called.
    call: u64,
    /// `None` if there was no value.
    version: Option<Version>,
    /// The value, if it is a number.
    sum: Option<i64>,
}

/// Acknowledged writes that what the keys hold at the end does not account for. Counted without the checker's search,
/// from two facts. Versions grow with every write, so a final state whose version is below that of an acknowledged
/// write has lost it. And a counter that was only ever raised holds at least as much as was acknowledged. A write that
/// was lost and then written over shows in neither; it shows to the checker, if anybody saw anything of it.
pub(super) fn lost(history: &[Operation], last: &BTreeMap<Key, LastState>) -> u64 {
    let mut keys: BTreeMap<&Key, (u64, i64)> = BTreeMap::new();
    for operation in history {
        let Outcome::Done { version, .. } = &operation.outcome else { continue };
        let (above, raised) = keys.entry(&operation.key).or_default();
        let end = last.get(&operation.key).and_then(|last| last.version);
        *above += u64::from(*version > end);
        if let Asked::Increment(by) = operation.op {
            *raised += by;
        }
    }
    let missing = |(key, (above, raised)): (&Key, (u64, i64))| {
        let holds = last.get(key).and_then(|last| last.sum).unwrap_or(0);
        let short = u64::try_from(raised.saturating_sub(holds)).unwrap_or(0);
        above.max(short)
    };
    keys.into_iter().map(missing).sum()
}

/// What the last read of each key found.
pub(super) fn last_states(history: &[Operation]) -> BTreeMap<Key, LastState> {
    let mut states: BTreeMap<Key, LastState> = BTreeMap::new();
    for operation in history {
        let Outcome::Read { value, version } = &operation.outcome else { continue };
        let sum = value.as_deref().and_then(|value| core::str::from_utf8(value).ok()?.parse().ok());
        let state = LastState { call: operation.call, version: *version, sum };
        if states.get(&operation.key).is_none_or(|latest| latest.call <= state.call) {
            states.insert(operation.key.clone(), state);
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(call: u64, op: Asked<Vec<u8>, Version>, slot: u64) -> Operation {
        let outcome = Outcome::Done { version: Some(Version { slot, position: 0 }), value: None };
        Operation { process: 0, key: b"k".to_vec(), call, ret: Some(call + 1), op, outcome }
    }

    fn read(call: u64, value: &str, slot: u64) -> Operation {
        let version = Some(Version { slot, position: 0 });
        let outcome = Outcome::Read { value: Some(value.into()), version };
        Operation { process: 0, key: b"k".to_vec(), call, ret: Some(call + 1), op: Asked::Get, outcome }
    }

    fn lost_of(history: &[Operation]) -> u64 {
        lost(history, &last_states(history))
    }

    #[test]
    fn a_state_below_an_acknowledged_version_has_lost_it() {
        let put = |call, slot| done(call, Asked::Put(b"x".to_vec()), slot);
        assert_eq!(lost_of(&[put(0, 1), put(2, 2), read(4, "x", 2)]), 0);
        assert_eq!(lost_of(&[put(0, 1), put(2, 2), put(3, 3), read(4, "x", 1), read(2, "x", 3)]), 2);
    }

    #[test]
    fn a_counter_holds_what_was_acknowledged() {
        let raise = |call, slot| done(call, Asked::Increment(1), slot);
        assert_eq!(lost_of(&[raise(0, 1), raise(2, 2), read(4, "2", 2)]), 0);
        assert_eq!(lost_of(&[raise(0, 1), raise(2, 2), read(4, "3", 3)]), 0, "one more of unknown outcome");
        assert_eq!(lost_of(&[raise(0, 1), raise(2, 2), read(4, "1", 3)]), 1);
    }
}
