//! Is every acknowledged write still accounted for at the end?

use quorate_spec::Operation as Asked;
use quorate_verification::history::{Key, Operation, Outcome, Version};
use std::collections::BTreeMap;

/// Acknowledged writes that what a key holds at the end does not account for, over all keys. Counted without the
/// checker's search, from two facts. Versions grow with every write, so a final state whose version is below that of
/// an acknowledged write has lost it. And a counter that was only ever raised by one holds at least as much as was
/// acknowledged. A write that was lost and then written over shows in neither; it shows to the checker, if anybody saw
/// anything of it.
pub(super) fn lost(history: &[Operation], last: &BTreeMap<Key, (Option<Version>, Option<i64>)>) -> u64 {
    let mut keys: BTreeMap<&Key, (u64, i64)> = BTreeMap::new();
    for operation in history {
        let Outcome::Done { version, .. } = &operation.outcome else { continue };
        let (above, raised) = keys.entry(&operation.key).or_default();
        let end = last.get(&operation.key).and_then(|(version, _)| *version);
        *above += u64::from(*version > end);
        if let Asked::Increment(by) = operation.op {
            *raised += by;
        }
    }
    let missing = |(key, (above, raised)): (&Key, (u64, i64))| {
        let holds = last.get(key).and_then(|(_, sum)| *sum).unwrap_or(0);
        let short = u64::try_from(raised.saturating_sub(holds)).unwrap_or(0);
        above.max(short)
    };
    keys.into_iter().map(|(key, of)| missing((key, of))).sum()
}

/// What the last read of each key found: its version, and its value if that is a number.
pub(super) fn last_states(history: &[Operation]) -> BTreeMap<Key, (Option<Version>, Option<i64>)> {
    let mut last: BTreeMap<Key, (u64, (Option<Version>, Option<i64>))> = BTreeMap::new();
    for operation in history {
        let (Outcome::Read { value, version }, call) = (&operation.outcome, operation.call) else { continue };
        if last.get(&operation.key).is_none_or(|(latest, _)| *latest <= call) {
            let sum = value.as_deref().and_then(|value| core::str::from_utf8(value).ok()?.parse().ok());
            last.insert(operation.key.clone(), (call, (*version, sum)));
        }
    }
    last.into_iter().map(|(key, (_, state))| (key, state)).collect()
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
