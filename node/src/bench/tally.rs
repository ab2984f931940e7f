use super::Class;
use hdrhistogram::Histogram;
use std::time::Duration;

/// One kind of operation, as one worker or all of them saw it.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Microseconds of those that were answered.
    latency: Histogram<u64>,
    counts: [u64; Class::ALL.len()],
}

/// Longer operations count as this long; every operation has a deadline well below it.
const LONGEST: Duration = Duration::from_secs(600);

impl Tally {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let latency = Histogram::new_with_max(micros(LONGEST), 3)
            .unwrap_or_else(|error| unreachable!("constant bounds of a histogram: {error}"));
        Self { latency, counts: [0; Class::ALL.len()] }
    }

    /// Counts one operation. Only what was answered has a latency.
    pub fn record(&mut self, class: Class, took: Duration) {
        if let Some(count) = self.counts.get_mut(class as usize) {
            *count += 1;
        }
        if class.is_answered() {
            self.latency.saturating_record(micros(took.min(LONGEST)));
        }
    }

    /// Adds another worker's.
    pub fn merge(&mut self, other: &Self) {
        self.latency.add(&other.latency).unwrap_or_else(|error| unreachable!("equal bounds: {error}"));
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count += more);
    }

    /// How many ended so.
    pub fn count(&self, class: Class) -> u64 {
        self.counts.get(class as usize).copied().unwrap_or_default()
    }

    /// How many there were.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The latency that this share of the answered operations did not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        Duration::from_micros(self.latency.value_at_quantile(share))
    }

    /// The latencies of the answered operations, in microseconds.
    pub fn latency(&self) -> &Histogram<u64> {
        &self.latency
    }

    /// How many had no answer.
    pub fn failed(&self) -> u64 {
        Class::ALL.into_iter().filter(|class| !class.is_answered()).map(|class| self.count(class)).sum()
    }

    /// The longest latency.
    pub fn max(&self) -> Duration {
        Duration::from_micros(self.latency.max())
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_merged_tallies() {
        let (mut low, mut high) = (Tally::new(), Tally::new());
        for i in 1..=90 {
            low.record(Class::Ok, Duration::from_micros(i));
        }
        for i in 1..=10 {
            high.record(Class::Ok, Duration::from_millis(i));
        }
        high.record(Class::Unknown, Duration::from_secs(9));
        low.merge(&high);
        assert_eq!((low.total(), low.count(Class::Ok), low.count(Class::Unknown)), (101, 100, 1));
        assert_eq!(low.quantile(0.5), Duration::from_micros(50));
        let exact = Duration::from_millis(9);
        let found = low.quantile(0.99);
        assert!(found >= exact && found < exact.mul_f64(1.001), "{found:?}");
        assert!(low.max() < Duration::from_millis(11), "an unknown outcome has no latency");
    }

    #[test]
    fn the_longest_is_bounded() {
        let mut tally = Tally::new();
        tally.record(Class::Ok, Duration::from_secs(1_000_000));
        assert!(tally.max() >= LONGEST && tally.max() < LONGEST * 2);
    }
}
