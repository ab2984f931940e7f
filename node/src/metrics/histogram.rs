use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many bounds a histogram has at most; one bucket more is for what lies beyond the last.
const BOUNDS_MAX: usize = 18;

/// Bounds for durations, in nanoseconds: from what a cache answers in to what no client waits for.
pub const SECONDS: &Bounds = &Bounds {
    upper: &[
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        25_000_000,
        50_000_000,
        100_000_000,
        250_000_000,
        500_000_000,
        1_000_000_000,
        2_500_000_000,
        10_000_000_000,
    ],
    scale: 1e9,
};

/// Bounds for how many there are of something.
pub const SIZES: &Bounds = &Bounds { upper: &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096], scale: 1.0 };

/// Bounds for what is seldom more than a few.
pub const SMALL: &Bounds = &Bounds { upper: &[1, 2, 3, 4, 5, 6, 7, 8], scale: 1.0 };

/// The upper bounds of a histogram's buckets, ascending, in whole units of which `scale` make one of the unit shown.
#[derive(Debug, PartialEq)]
pub struct Bounds {
    upper: &'static [u64],
    scale: f64,
}

/// How often a quantity had which size, from the node's start. To observe one takes a search among the bounds and two
/// additions, without a lock; what is read at a time need not be of one moment.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static Bounds,
    buckets: [AtomicU64; BOUNDS_MAX + 1],
    sum: AtomicU64,
}

/// What a [`Histogram`] held when it was looked at, in the unit that is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    /// Each bucket's upper bound, ascending, and how many fell into it alone; the last bound is infinite.
    pub buckets: Vec<(f64, u64)>,
    /// The sum of all that was observed.
    pub sum: f64,
}

impl Histogram {
    /// One that holds nothing yet.
    pub fn new(bounds: &'static Bounds) -> Self {
        Self { bounds, buckets: Default::default(), sum: AtomicU64::new(0) }
    }

    /// Counts one value, in whole units of the bounds.
    pub fn observe(&self, value: u64) {
        let at = self.bounds.upper.partition_point(|bound| *bound < value);
        if let Some(bucket) = self.buckets.get(at) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Counts one duration; the bounds are [`SECONDS`].
    pub fn observe_duration(&self, duration: Duration) {
        self.observe(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    /// What it holds.
    pub fn read(&self) -> Distribution {
        let counts: Vec<u64> = self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).collect();
        Distribution::new(self.bounds, &counts, self.sum.load(Ordering::Relaxed))
    }
}

impl Distribution {
    /// Counts by bucket, in the order of the bounds, and the sum, in whole units of the bounds. Buckets that are not
    /// given are empty.
    pub fn new(bounds: &Bounds, counts: &[u64], sum: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "what is shown is a double in any case")]
        let scaled = |value: u64| value as f64 / bounds.scale;
        let upper = bounds.upper.iter().map(|bound| scaled(*bound)).chain([f64::INFINITY]);
        let counts = counts.iter().copied().chain(std::iter::repeat(0));
        Self { buckets: upper.zip(counts).collect(), sum: scaled(sum) }
    }

    /// How many values were observed.
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_falls_into_the_bucket_that_ends_at_or_above_it() {
        let histogram = Histogram::new(SIZES);
        for value in [0, 1, 2, 3, 4, 4096, 4097, 9000] {
            histogram.observe(value);
        }
        let read = histogram.read();
        assert_eq!(read.buckets[..4], [(1.0, 2), (2.0, 1), (4.0, 2), (8.0, 0)]);
        assert_eq!(read.buckets.last(), Some(&(f64::INFINITY, 2)));
        assert_eq!((read.count(), read.sum), (8, 17_203.0));
    }

    #[test]
    fn durations_are_shown_in_seconds() {
        let histogram = Histogram::new(SECONDS);
        histogram.observe_duration(Duration::from_micros(250));
        histogram.observe_duration(Duration::from_secs(3600));
        let read = histogram.read();
        assert_eq!(read.buckets.iter().find(|(_, count)| *count > 0), Some(&(0.000_25, 1)));
        assert_eq!((read.count(), read.sum), (2, 3_600.000_25));
    }

    #[test]
    fn bounds_ascend_and_fit() {
        for bounds in [SECONDS, SIZES, SMALL] {
            assert!(bounds.upper.len() <= BOUNDS_MAX);
            assert!(bounds.upper.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn nothing_was_observed() {
        let read = Histogram::new(SECONDS).read();
        assert_eq!((read.count(), read.sum, read.buckets.len()), (0, 0.0, SECONDS.upper.len() + 1));
    }
}
