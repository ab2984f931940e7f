use hdrhistogram::Histogram;
use serde::Serialize;
use std::time::Duration;

/// What a stretch of the load's time showed, while it is counted.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    reads: Histogram<u64>,
    writes: Histogram<u64>,
    failed: u64,
    unknown: u64,
    gap: Gap,
}

/// The same, for people.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(in crate::demo) struct Summary {
    /// Seconds that it lasted.
    pub(in crate::demo) seconds: f64,
    /// The reads that were answered.
    pub(in crate::demo) reads: Latencies,
    /// The writes that were answered, with whatever answer.
    pub(in crate::demo) writes: Latencies,
    /// Reads and writes that surely had no effect, for want of a quorum or of time.
    pub(in crate::demo) failed: u64,
    /// Writes that may have applied.
    pub(in crate::demo) unknown: u64,
    /// The longest gap of any key.
    pub(in crate::demo) gap: Gap,
}

/// How many answers there were, and how long they took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(in crate::demo) struct Latencies {
    /// How many.
    pub(in crate::demo) count: u64,
    /// The median.
    pub(in crate::demo) p50: f64,
    /// What one in a hundred exceeds.
    pub(in crate::demo) p99: f64,
    /// The longest.
    pub(in crate::demo) max: f64,
}

/// A time in which a writer waited for a key, and none succeeded.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(in crate::demo) struct Gap {
    /// Milliseconds.
    pub(in crate::demo) ms: f64,
    /// Of which key; empty for none.
    pub(in crate::demo) key: String,
}

/// What an operation of the load came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// An answer, positive or negative.
    Answered,
    /// Surely no effect.
    Failed,
    /// It may have applied.
    Unknown,
}

/// Longer answers count as this long, in microseconds; every operation has a deadline well below it.
const LONGEST: u64 = 60_000_000;

impl Default for Figures {
    fn default() -> Self {
        let empty = Histogram::new_with_max(LONGEST, 2)
            .unwrap_or_else(|error| unreachable!("constant bounds of a histogram: {error}"));
        Self { reads: empty.clone(), writes: empty, failed: 0, unknown: 0, gap: Gap::default() }
    }
}

impl Figures {
    /// Counts one operation.
    pub(super) fn count(&mut self, is_read: bool, ending: Ending, took: Duration) {
        match ending {
            Ending::Answered => {
                let latencies = if is_read { &mut self.reads } else { &mut self.writes };
                latencies.saturating_record(u64::try_from(took.as_micros()).unwrap_or(LONGEST).min(LONGEST));
            }
            Ending::Failed => self.failed += 1,
            Ending::Unknown => self.unknown += 1,
        }
    }

    /// Takes a gap into account.
    pub(super) fn gap(&mut self, length: Duration, key: &str) {
        self.gap.raise(length, key);
    }

    /// What `seconds` of it showed.
    pub(super) fn summary(&self, seconds: f64) -> Summary {
        Summary {
            seconds,
            reads: latencies(&self.reads),
            writes: latencies(&self.writes),
            failed: self.failed,
            unknown: self.unknown,
            gap: self.gap.clone(),
        }
    }
}

impl Gap {
    /// Becomes this one, if it is longer.
    pub(super) fn raise(&mut self, length: Duration, key: &str) {
        let ms = length.as_secs_f64() * 1e3;
        if ms > self.ms {
            *self = Self { ms, key: key.to_owned() };
        }
    }
}

fn latencies(histogram: &Histogram<u64>) -> Latencies {
    let ms = |micros: u64| Duration::from_micros(micros).as_secs_f64() * 1e3;
    if histogram.is_empty() {
        return Latencies::default();
    }
    Latencies {
        count: histogram.len(),
        p50: ms(histogram.value_at_quantile(0.5)),
        p99: ms(histogram.value_at_quantile(0.99)),
        max: ms(histogram.max()),
    }
}

impl Summary {
    /// Whether nothing was seen.
    pub(super) fn is_empty(&self) -> bool {
        self.reads.count + self.writes.count + self.failed + self.unknown == 0
    }

    /// Answers a second, of a number of them.
    pub(in crate::demo) fn rate(&self, latencies: &Latencies) -> f64 {
        let count = f64::from(u32::try_from(latencies.count).unwrap_or(u32::MAX));
        if self.seconds > 0.0 { count / self.seconds } else { 0.0 }
    }
}
