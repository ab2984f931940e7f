use quorate_protocol::{LogRecord, Slot};

/// How many requests a log has seen in about the last two seconds, at whichever replica. It decides how many request
/// ids the log's entries keep: enough that a retry still finds its first attempt, and that a client's base of a moment
/// ago still serves; and no more. Policy only: fewer ids are always safe.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    second: u64,
    now: u32,
    before: u32,
    /// The last chosen slot whose requests were counted.
    counted: Slot,
}

impl Pace {
    /// For a log that comes into memory. Its window says how busy it was when it was last written; half of that keeps
    /// the window as it is until the log's own pace is known.
    pub(crate) fn of_record(now_ms: u64, record: &LogRecord) -> Self {
        let ids = record.chosen_entry().map_or(0, |entry| entry.requests.len() / 2);
        let now = u32::try_from(ids).unwrap_or(u32::MAX);
        Self { second: now_ms / 1000, now, before: 0, counted: record.chosen_slot() }
    }

    /// Counts the requests of slots that were chosen since.
    pub(crate) fn observe(&mut self, now_ms: u64, record: &LogRecord) {
        let Some(chosen) = record.chosen.as_ref().filter(|chosen| chosen.slot > self.counted) else { return };
        let newer = chosen.entry.requests.iter().rev().take_while(|recorded| recorded.version.slot > self.counted);
        let count = u32::try_from(newer.count()).unwrap_or(u32::MAX);
        self.counted = chosen.slot;
        self.turn_to(now_ms);
        self.now = self.now.saturating_add(count);
    }

    /// How many earlier ids an entry should keep, with this many requests waiting.
    pub(crate) fn keep(&mut self, now_ms: u64, waiting: usize) -> u8 {
        self.turn_to(now_ms);
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        // Rounded up, so that the length does not change with every request.
        match self.before.saturating_add(self.now).saturating_add(waiting) {
            0..=2 => 2,
            3..=4 => 4,
            5..=8 => 8,
            9..=16 => 16,
            17..=32 => 32,
            _ => 64,
        }
    }

    fn turn_to(&mut self, now_ms: u64) {
        let second = now_ms / 1000;
        match second.saturating_sub(self.second) {
            0 => {}
            1 => (self.before, self.now) = (self.now, 0),
            _ => (self.before, self.now) = (0, 0),
        }
        self.second = self.second.max(second);
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use quorate_protocol::{Ballot, Chosen, Entry, LogRecord, Outcome, Recorded, RequestId, Slot, Version, WINDOW_MAX};
    use std::sync::Arc;

    /// The record after `slot` slots of one request each.
    fn record(slot: u64) -> LogRecord {
        let recorded = |slot| Recorded {
            id: RequestId::new(1, slot),
            version: Version { slot: Slot(slot), position: 0 },
            outcome: Outcome::Written,
        };
        let first = slot.saturating_sub(WINDOW_MAX as u64) + 1;
        let requests = (first..=slot).map(recorded).collect();
        let entry = Arc::new(Entry { requests, ..Entry::default() });
        LogRecord { chosen: Some(Chosen { slot: Slot(slot), ballot: Ballot::ZERO, entry }), ..LogRecord::default() }
    }

    #[test]
    fn a_cold_key_keeps_two_ids_and_a_hot_one_64() {
        let mut pace = Pace::default();
        assert_eq!(pace.keep(10, 1), 2);
        (1..=100).for_each(|slot| pace.observe(1000 + slot, &record(slot)));
        assert_eq!(pace.keep(1100, 1), 64);
        assert_eq!(pace.keep(2500, 1), 64, "the second before still counts");
        assert_eq!(pace.keep(9000, 1), 2, "long ago does not");
        assert_eq!(pace.keep(9000, 40), 64, "those that wait do");
    }

    #[test]
    fn a_slot_is_counted_once_and_a_jump_counts_what_the_window_holds() {
        let mut pace = Pace::default();
        pace.observe(0, &record(1));
        pace.observe(0, &record(1));
        assert_eq!(pace.keep(0, 1), 2);
        pace.observe(0, &record(8));
        assert_eq!(pace.keep(0, 0), 8);
    }

    #[test]
    fn a_window_keeps_its_length_when_its_log_comes_back_into_memory() {
        for (ids, keep) in [(3, 2), (5, 4), (9, 8), (64, 64)] {
            assert_eq!(Pace::of_record(0, &record(ids)).keep(0, 1), keep, "{ids} ids");
        }
    }
}
