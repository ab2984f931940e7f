//! How long those who waited for something had no success.

use crate::{Operation, Outcome};

/// A time in which somebody waited and nobody succeeded, in the unit of the times given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// When it began: with the success before, or with the call of the first of those waiting, if that was later.
    pub from: u64,
    /// How long it was.
    pub length: u64,
    /// Whether it ended with a success, and not with the last of those waiting giving up.
    pub ended: bool,
}

/// Watches calls and returns on one thing (say, the writes of a key) as they happen, and tells gaps.
///
/// Times that go back count as the latest one given, so that clocks of several threads do no harm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GapWatch {
    waiting: u32,
    since: u64,
    now: u64,
}

impl GapWatch {
    /// Somebody begins to wait.
    pub fn called(&mut self, at: u64) {
        self.now = self.now.max(at);
        if self.waiting == 0 {
            self.since = self.now;
        }
        self.waiting = self.waiting.saturating_add(1);
    }

    /// Somebody's wait is over, well or badly; without a call before, it is nobody's. The gap that ends with it, if one
    /// does.
    pub fn ended(&mut self, at: u64, success: bool) -> Option<Gap> {
        self.now = self.now.max(at);
        let gap = Gap { from: self.since, length: self.now - self.since, ended: success };
        self.waiting = self.waiting.checked_sub(1)?;
        if success {
            self.since = self.now;
        }
        (success || self.waiting == 0).then_some(gap)
    }
}

/// What happens to the number of those waiting; at one time in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Success,
    Failure,
    Call,
}

/// Every gap of what these operations are on, in the order of time. Operations that never returned wait for no end.
pub fn gaps<'a>(operations: impl IntoIterator<Item = &'a Operation>) -> Vec<Gap> {
    let mut changes: Vec<(u64, Change)> = Vec::new();
    for operation in operations {
        changes.push((operation.call, Change::Call));
        let failed = matches!(operation.outcome, Outcome::Unknown | Outcome::NotApplied);
        changes.extend(operation.ret.map(|ret| (ret, if failed { Change::Failure } else { Change::Success })));
    }
    changes.sort_unstable();
    let mut watch = GapWatch::default();
    let mut gap_of = |(at, change)| match change {
        Change::Call => {
            watch.called(at);
            None
        }
        ended => watch.ended(at, ended == Change::Success),
    };
    changes.into_iter().filter_map(&mut gap_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Asked;

    fn put(call: u64, ret: u64, outcome: Outcome) -> Operation {
        Operation { process: 0, key: b"k".to_vec(), call, ret: Some(ret), op: Asked::Put(vec![1]), outcome }
    }

    const DONE: Outcome = Outcome::Done { version: None, value: None };

    fn worst(history: &[Operation]) -> (u64, u64, bool) {
        let gap = gaps(history).into_iter().max_by_key(|gap| gap.length).expect("a gap");
        (gap.from, gap.length, gap.ended)
    }

    #[test]
    fn time_without_a_writer_is_no_gap() {
        assert_eq!(worst(&[put(0, 10, DONE), put(1000, 1020, DONE)]), (1000, 20, true));
    }

    #[test]
    fn a_success_of_another_writer_ends_a_gap_and_begins_the_next() {
        assert_eq!(worst(&[put(0, 100, DONE), put(10, 40, DONE)]), (40, 60, true));
    }

    #[test]
    fn a_failure_ends_no_gap_while_another_waits() {
        assert_eq!(worst(&[put(0, 50, Outcome::Unknown), put(40, 90, DONE)]), (0, 90, true));
        assert_eq!(worst(&[put(0, 50, Outcome::Unknown), put(60, 90, DONE)]), (0, 50, false));
    }

    #[test]
    fn a_watch_takes_times_that_go_back_and_ends_that_nobody_called() {
        let mut watch = GapWatch::default();
        assert_eq!(watch.ended(5, true), None);
        watch.called(20);
        watch.called(10);
        assert_eq!(watch.ended(30, true), Some(Gap { from: 20, length: 10, ended: true }));
        assert_eq!(watch.ended(25, true), Some(Gap { from: 30, length: 0, ended: true }));
        assert_eq!(watch.ended(40, false), None);
    }
}
