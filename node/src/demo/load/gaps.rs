use std::time::{Duration, Instant};

/// How long writers of one key wait: the time from one success to the next while one waits, or from when the first of
/// those waiting began, if that was later. As `verification/faults` counts it, while it happens.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waiting {
    writers: u32,
    since: Option<Instant>,
}

impl Waiting {
    /// A writer begins to wait.
    pub(super) fn began(&mut self, now: Instant) {
        if self.writers == 0 {
            self.since = Some(now);
        }
        self.writers += 1;
    }

    /// A writer got its answer, or gave up. Returns the gap that ends with that, if one does.
    pub(super) fn ended(&mut self, now: Instant, success: bool) -> Option<Duration> {
        self.writers = self.writers.saturating_sub(1);
        if !success && self.writers > 0 {
            return None;
        }
        let gap = self.so_far(now);
        self.since = (self.writers > 0).then_some(now);
        Some(gap)
    }

    /// How long the gap is that is open now; zero if nobody waits.
    pub(super) fn so_far(&self, now: Instant) -> Duration {
        self.since.map(|since| now.saturating_duration_since(since)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gaps of writers that begin (`None`) and end (whether well) at these milliseconds.
    fn gaps(changes: &[(u64, Option<bool>)]) -> Vec<u64> {
        let start = Instant::now();
        let mut waiting = Waiting::default();
        let mut gaps = Vec::new();
        for (at, change) in changes {
            let now = start + Duration::from_millis(*at);
            match change {
                None => waiting.began(now),
                Some(success) => gaps.extend(waiting.ended(now, *success)),
            }
        }
        gaps.iter().map(|gap| u64::try_from(gap.as_millis()).unwrap()).collect()
    }

    #[test]
    fn as_the_runs_against_processes_count_them() {
        let well = Some(true);
        assert_eq!(gaps(&[(0, None), (10, well), (1000, None), (1020, well)]), [10, 20], "no writer, no gap");
        assert_eq!(gaps(&[(0, None), (10, None), (40, well), (100, well)]), [40, 60], "a success ends one");
        assert_eq!(gaps(&[(0, None), (40, None), (50, Some(false)), (90, well)]), [90], "a failure ends none");
        assert_eq!(gaps(&[(0, None), (50, Some(false)), (60, None), (90, well)]), [50, 30], "unless nobody waits");
    }

    #[test]
    fn an_open_gap_grows() {
        let (start, mut waiting) = (Instant::now(), Waiting::default());
        assert_eq!(waiting.so_far(start), Duration::ZERO);
        waiting.began(start);
        assert_eq!(waiting.so_far(start + Duration::from_secs(3)), Duration::from_secs(3));
    }
}
