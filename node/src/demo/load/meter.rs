use super::figures::{Ending, Figures, Gap, Summary};
use super::gaps::Waiting;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the load sees, as it sees it: by the second, and from one thing that was done to the nodes to the next.
#[derive(Debug)]
pub(in crate::demo) struct Meter(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    keys: Vec<(String, Waiting)>,
    second: Stretch,
    current: Stretch,
    begun: Instant,
    seconds: VecDeque<Second>,
    stretches: VecDeque<(String, Summary)>,
    unknown: u64,
    operations: u64,
    longest: Gap,
}

/// A second that is over.
#[derive(Clone, Debug, Serialize)]
pub(in crate::demo) struct Second {
    /// When it ended, in seconds from the demo's start.
    at: f64,
    /// What it showed.
    #[serde(flatten)]
    summary: Summary,
}

/// A stretch of time under way.
#[derive(Clone, Debug)]
struct Stretch {
    since: Instant,
    /// What was done at its beginning.
    after: String,
    figures: Figures,
}

/// Seconds that are remembered.
const SECONDS_MAX: usize = 120;
/// Stretches that are remembered.
const STRETCHES_MAX: usize = 24;

/// What a load is after that was turned off, or never on.
pub(super) const OFF: &str = "load off";

/// An operation of the load that is under way.
#[derive(Debug)]
pub(super) struct Begun {
    key: usize,
    is_read: bool,
    at: Instant,
}

impl Meter {
    /// Over these keys.
    pub(super) fn new(keys: impl Iterator<Item = String>) -> Self {
        let keys = keys.map(|key| (key, Waiting::default())).collect();
        let (seconds, stretches) = (VecDeque::new(), VecDeque::new());
        let (second, current) = (Stretch::new(""), Stretch::new(OFF));
        let begun = Instant::now();
        Self(Mutex::new(Inner {
            keys,
            begun,
            second,
            current,
            seconds,
            stretches,
            unknown: 0,
            operations: 0,
            longest: Gap::default(),
        }))
    }

    /// An operation on the key of this number begins.
    pub(super) fn begin(&self, key: usize, is_read: bool) -> Begun {
        let begun = Begun { key, is_read, at: Instant::now() };
        if let (false, Some((_, waiting))) = (is_read, self.inner().keys.get_mut(key)) {
            waiting.began(begun.at);
        }
        begun
    }

    /// It has ended.
    pub(super) fn end(&self, begun: &Begun, ending: Ending) {
        let now = Instant::now();
        let Inner { keys, second, current, unknown, operations, longest, .. } = &mut *self.inner();
        *operations += 1;
        *unknown += u64::from(ending == Ending::Unknown);
        for figures in [&mut second.figures, &mut current.figures] {
            figures.count(begun.is_read, ending, now - begun.at);
        }
        if let (false, Some((key, waiting))) = (begun.is_read, keys.get_mut(begun.key))
            && let Some(gap) = waiting.ended(now, ending == Ending::Answered)
        {
            [second, current].into_iter().for_each(|stretch| stretch.figures.gap(gap, key));
            longest.raise(gap, key);
        }
    }

    /// Closes the second that is over; returns what it showed.
    pub(super) fn tick(&self) -> Summary {
        let mut inner = self.inner();
        let fresh = Stretch::new("");
        let summary = inner.close(|inner| std::mem::replace(&mut inner.second, fresh));
        let second = Second { at: inner.begun.elapsed().as_secs_f64(), summary: summary.clone() };
        inner.seconds.push_back(second);
        if inner.seconds.len() > SECONDS_MAX {
            inner.seconds.pop_front();
        }
        summary
    }

    /// Something was done: a stretch ends, and the next one begins.
    pub(in crate::demo) fn mark(&self, what: &str) {
        let mut inner = self.inner();
        let fresh = Stretch::new(what);
        let after = inner.current.after.clone();
        let summary = inner.close(|inner| std::mem::replace(&mut inner.current, fresh));
        if after != OFF || !summary.is_empty() {
            inner.stretches.push_back((after, summary));
        }
        if inner.stretches.len() > STRETCHES_MAX {
            inner.stretches.pop_front();
        }
    }

    /// The latest seconds, the oldest first.
    pub(in crate::demo) fn seconds(&self) -> Vec<Second> {
        self.inner().seconds.iter().cloned().collect()
    }

    /// What was done, and what the load saw from then to the next thing, the oldest first; the last one is under way.
    pub(in crate::demo) fn stretches(&self) -> Vec<(String, Summary)> {
        let mut inner = self.inner();
        let current = (inner.current.after.clone(), inner.close(|inner| inner.current.clone()));
        let is_worth_it = current.0 != OFF || !current.1.is_empty() || inner.stretches.is_empty();
        inner.stretches.iter().cloned().chain(is_worth_it.then_some(current)).collect()
    }

    /// The longest gap of any key so far, with those that are open now.
    pub(in crate::demo) fn longest_gap(&self) -> Gap {
        let (inner, now) = (self.inner(), Instant::now());
        let mut longest = inner.longest.clone();
        inner.keys.iter().for_each(|(key, waiting)| longest.raise(waiting.so_far(now), key));
        longest
    }

    /// Operations so far, and how many of them have an unknown outcome.
    pub(in crate::demo) fn totals(&self) -> (u64, u64) {
        let inner = self.inner();
        (inner.operations, inner.unknown)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Figures for people: a panic elsewhere makes them no worse.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// What a stretch has shown up to now, gaps that are open included.
    fn close(&mut self, take: impl FnOnce(&mut Self) -> Stretch) -> Summary {
        let mut stretch = take(self);
        let now = Instant::now();
        self.keys.iter().for_each(|(key, waiting)| stretch.figures.gap(waiting.so_far(now), key));
        stretch.figures.summary((now - stretch.since).max(Duration::from_millis(1)).as_secs_f64())
    }
}

impl Stretch {
    fn new(after: &str) -> Self {
        Self { since: Instant::now(), after: after.to_owned(), figures: Figures::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter() -> Meter {
        Meter::new(["a", "b"].into_iter().map(str::to_owned))
    }

    #[test]
    fn a_mark_parts_what_was_before_from_what_comes_after() {
        let meter = meter();
        let write = meter.begin(0, false);
        meter.end(&write, Ending::Answered);
        meter.mark("kill 2");
        let (read, write) = (meter.begin(1, true), meter.begin(1, false));
        meter.end(&read, Ending::Failed);
        meter.end(&write, Ending::Unknown);
        let stretches = meter.stretches();
        let seen: Vec<_> =
            stretches.iter().map(|(what, s)| (what.as_str(), s.writes.count, s.failed, s.unknown)).collect();
        assert_eq!(seen, [(OFF, 1, 0, 0), ("kill 2", 0, 1, 1)]);
        assert_eq!(meter.totals(), (3, 1));
        assert_eq!(stretches[1].1.gap.key, "b", "a gap that ended with a failure is one");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let meter = meter();
        for round in 0..2 * SECONDS_MAX {
            let read = meter.begin(0, true);
            meter.end(&read, Ending::Answered);
            meter.mark(&round.to_string());
            meter.tick();
        }
        assert_eq!(meter.seconds().len(), SECONDS_MAX);
        assert_eq!(meter.stretches().len(), STRETCHES_MAX + 1);
    }

    #[test]
    fn an_open_gap_shows_before_it_ends() {
        let meter = meter();
        let write = meter.begin(0, false);
        std::thread::sleep(Duration::from_millis(2));
        let gap = meter.longest_gap();
        assert!(gap.ms >= 2.0 && gap.key == "a", "{gap:?}");
        meter.end(&write, Ending::Answered);
    }
}
