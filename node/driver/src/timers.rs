use quorate_protocol::{LogId, RequestId, Timer};
use std::collections::BTreeMap;

/// What a timer is for.
#[derive(Clone, Debug)]
pub(crate) enum Due {
    /// A timer that a log armed.
    Log(LogId, Timer),
    /// The deadline of an attempt.
    Deadline { log: LogId, id: RequestId, token: u64 },
}

/// Names an armed timer: when it is due, and which of those due then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimerKey {
    due_ms: u64,
    serial: u64,
}

/// Timers by the time they are due; those of one instant in the order of arming.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    armed: BTreeMap<TimerKey, Due>,
    serial: u64,
}

impl Timers {
    pub(crate) fn arm(&mut self, due_ms: u64, due: Due) -> TimerKey {
        let key = TimerKey { due_ms, serial: self.serial };
        self.serial += 1;
        self.armed.insert(key, due);
        key
    }

    pub(crate) fn disarm(&mut self, key: TimerKey) {
        self.armed.remove(&key);
    }

    pub(crate) fn next_due_ms(&self) -> Option<u64> {
        self.armed.first_key_value().map(|(key, _)| key.due_ms)
    }

    pub(crate) fn pop_due(&mut self, now_ms: u64) -> Option<Due> {
        let first = self.armed.first_entry()?;
        (first.key().due_ms <= now_ms).then(|| first.remove())
    }
}
