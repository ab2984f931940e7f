//! Slots that replies named, as bases of writes to come.
//!
//! A base is sound whatever its age. It is useful only while the key's window still reaches back to it,
//! since a request whose base has left the window can no longer be proposed. So a slot is used while few
//! slots can have passed since it was named, by the rate seen on the key, and asked for again after that.

use quorate_protocol::{LogId, Slot};
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// Keys remembered in each of the two generations.
const GENERATION_MAX: usize = 16_384;
/// No slot is used as a base for longer. Nodes keep about two seconds of request ids.
const TRUST_MAX: Duration = Duration::from_secs(1);
/// How long a slot is used of a key whose rate is not known.
const TRUST_FIRST: Duration = Duration::from_millis(100);

/// A bounded memory of slots known chosen. When the young generation is full it becomes the old one, and
/// the old one is forgotten.
#[derive(Debug, Default)]
pub(crate) struct Bases {
    young: HashMap<LogId, Named>,
    old: HashMap<LogId, Named>,
}

#[derive(Clone, Copy, Debug)]
struct Named {
    slot: Slot,
    at: Instant,
    trust: Duration,
}

impl Bases {
    /// A reply named `slot` of the log as chosen.
    pub(crate) fn learn(&mut self, log: &LogId, slot: Slot, now: Instant) {
        let known = self.young.get(log).or_else(|| self.old.get(log)).copied();
        let named = match known {
            Some(known) if known.slot > slot => return,
            Some(known) => Named { slot, at: now, trust: trust(known, slot, now) },
            None => Named { slot, at: now, trust: TRUST_FIRST },
        };
        if self.young.len() >= GENERATION_MAX && !self.young.contains_key(log) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(log.clone(), named);
    }

    /// The highest slot that was named of the log, whenever that was.
    pub(crate) fn latest(&self, log: &LogId) -> Option<Slot> {
        self.young.get(log).or_else(|| self.old.get(log)).map(|named| named.slot)
    }

    /// A slot to use as the base of a write that begins now.
    pub(crate) fn usable(&self, log: &LogId, now: Instant) -> Option<Slot> {
        let named = self.young.get(log).or_else(|| self.old.get(log))?;
        (now.saturating_duration_since(named.at) <= named.trust).then_some(named.slot)
    }
}

/// Twice the time that a slot took lately.
fn trust(known: Named, slot: Slot, now: Instant) -> Duration {
    let slots = u32::try_from(slot.0 - known.slot.0).unwrap_or(u32::MAX);
    let elapsed = now.saturating_duration_since(known.at);
    if slots == 0 {
        return known.trust.max(elapsed).min(TRUST_MAX);
    }
    (elapsed.saturating_mul(2) / slots).min(TRUST_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(key: usize) -> LogId {
        LogId::of_key(key.to_string())
    }

    #[test]
    fn a_slot_is_used_for_about_two_slots_of_time() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut bases = Bases::default();
        assert_eq!(bases.usable(&log(1), start), None);
        bases.learn(&log(1), Slot(5), start);
        assert_eq!(bases.usable(&log(1), at(100)), Some(Slot(5)));
        assert_eq!(bases.usable(&log(1), at(101)), None);
        bases.learn(&log(1), Slot(15), at(100));
        assert_eq!(bases.usable(&log(1), at(120)), Some(Slot(15)));
        assert_eq!(bases.usable(&log(1), at(121)), None);
        bases.learn(&log(1), Slot(14), at(121));
        assert_eq!(bases.usable(&log(1), at(121)), None, "an older slot says nothing new");
        assert_eq!(bases.latest(&log(1)), Some(Slot(15)));
        bases.learn(&log(1), Slot(16), at(60_100));
        assert_eq!(bases.usable(&log(1), at(61_100)), Some(Slot(16)));
        assert_eq!(bases.usable(&log(1), at(61_101)), None);
    }

    #[test]
    fn it_is_bounded_and_keeps_the_latest() {
        let now = Instant::now();
        let mut bases = Bases::default();
        for key in 0..3 * GENERATION_MAX {
            bases.learn(&log(key), Slot(1), now);
        }
        assert!(bases.young.len() + bases.old.len() <= 2 * GENERATION_MAX);
        assert_eq!(bases.usable(&log(3 * GENERATION_MAX - 1), now), Some(Slot(1)));
        assert_eq!(bases.usable(&log(0), now), None);
    }
}
