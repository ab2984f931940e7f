//! For how long each key had no success while somebody waited.

use quorate_history::{Gap, GapWatch};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Keys that are watched, the first of a run; each takes about 150 bytes.
pub(super) const KEYS_WATCHED_MAX: u64 = 100_000;
/// Above this, a gap is one that a person would notice.
pub(super) const NOTICEABLE: Duration = Duration::from_millis(100);

/// The writes of a key, or its reads.
#[derive(Clone, Copy, Debug, Default)]
struct Watched {
    watch: GapWatch,
    worst: Option<Gap>,
}

/// The keys of a run, each with its longest gap of writes and of reads.
#[derive(Debug)]
pub(super) struct KeyGaps(Vec<Mutex<[Watched; 2]>>);

/// Reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Whatever may change something.
    Writes,
    /// Gets.
    Reads,
}

/// The longest gaps of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongestGaps {
    /// Of writes, or of reads.
    pub side: Side,
    /// Keys that had any.
    pub keys: usize,
    /// The number of the key with the longest, and that gap; its times are in nanoseconds since the measured part began.
    pub worst: (u64, Gap),
    /// The median of the keys' longest gaps.
    pub median: Duration,
    /// Keys with one above a tenth of a second.
    pub noticeable: usize,
}

impl KeyGaps {
    /// Of so many keys, at most [`KEYS_WATCHED_MAX`].
    pub(super) fn new(keys: u64) -> Self {
        Self((0..keys.min(KEYS_WATCHED_MAX)).map(|_| Mutex::default()).collect())
    }

    /// Somebody waits for the key of this number.
    pub(super) fn called(&self, key: u64, side: Side, at: u64) {
        self.with(key, side, |watched| watched.watch.called(at));
    }

    /// Somebody has what they waited for, or gave up.
    pub(super) fn ended(&self, key: u64, side: Side, at: u64, success: bool) {
        self.with(key, side, |watched| {
            let gap = watched.watch.ended(at, success);
            watched.worst = [watched.worst, gap].into_iter().flatten().max_by_key(|gap| gap.length);
        });
    }

    /// Forgets the gaps so far.
    pub(super) fn restart(&self) {
        for key in &self.0 {
            key.lock().unwrap_or_else(PoisonError::into_inner).iter_mut().for_each(|watched| watched.worst = None);
        }
    }

    /// The longest, of a measured part that began at `start` of the clock; `None` if there was nothing of the kind.
    pub(super) fn longest(&self, side: Side, start: Duration) -> Option<LongestGaps> {
        let worst_of =
            |key: &Mutex<[Watched; 2]>| side.of(&mut key.lock().unwrap_or_else(PoisonError::into_inner)).worst;
        let mut all: Vec<(u64, Gap)> = (0..).zip(&self.0).filter_map(|(key, of)| Some((key, worst_of(of)?))).collect();
        all.sort_by_key(|(_, gap)| gap.length);
        let median = all.get(all.len() / 2).map(|(_, gap)| Duration::from_nanos(gap.length))?;
        let noticeable = all.iter().filter(|(_, gap)| Duration::from_nanos(gap.length) > NOTICEABLE).count();
        let (key, mut worst) = *all.last()?;
        worst.from = worst.from.saturating_sub(u64::try_from(start.as_nanos()).unwrap_or(u64::MAX));
        Some(LongestGaps { side, keys: all.len(), worst: (key, worst), median, noticeable })
    }

    fn with(&self, key: u64, side: Side, change: impl FnOnce(&mut Watched)) {
        if let Some(key) = usize::try_from(key).ok().and_then(|key| self.0.get(key)) {
            change(side.of(&mut key.lock().unwrap_or_else(PoisonError::into_inner)));
        }
    }
}

impl Side {
    /// Both.
    pub const ALL: [Side; 2] = [Side::Writes, Side::Reads];

    fn of(self, both: &mut [Watched; 2]) -> &mut Watched {
        let [writes, reads] = both;
        match self {
            Self::Writes => writes,
            Self::Reads => reads,
        }
    }

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Writes => "writes",
            Self::Reads => "reads",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_gap_of_each_key_is_kept_and_keys_beyond_the_bound_are_not_watched() {
        let gaps = KeyGaps::new(u64::MAX);
        for (key, from, to) in
            [(0, 0, 50), (0, 100, 120), (1, 0, 10), (2, 70, 200_000_070), (KEYS_WATCHED_MAX, 0, 1 << 40)]
        {
            gaps.called(key, Side::Writes, from);
            gaps.ended(key, Side::Writes, to, true);
        }
        let longest = gaps.longest(Side::Writes, Duration::from_nanos(50)).unwrap();
        assert_eq!((longest.keys, longest.noticeable), (3, 1));
        assert_eq!(longest.worst, (2, Gap { from: 20, length: 200_000_000, ended: true }));
        assert_eq!(longest.median, Duration::from_nanos(50));
        assert_eq!(gaps.longest(Side::Reads, Duration::ZERO), None);
        gaps.restart();
        assert_eq!(gaps.longest(Side::Writes, Duration::ZERO), None);
    }
}
