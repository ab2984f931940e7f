use super::unit;
use crate::driver::SplitMix64;
use std::time::Duration;

/// How an open loop's operations arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Spacing {
    /// As from many independent users: the time between two is random, and they come in bunches
    Poisson,
    /// At equal distances
    Uniform,
}

/// When each operation of an open loop is to start, from the loop's start, whatever became of the others.
#[derive(Clone, Debug)]
pub struct Arrivals {
    spacing: Spacing,
    /// Between two, on average, in nanoseconds.
    mean: f64,
    next: f64,
    end: f64,
    random: SplitMix64,
}

impl Arrivals {
    /// `rate` a second, at least 1, for `time`.
    pub fn new(spacing: Spacing, rate: u64, time: Duration, random: SplitMix64) -> Self {
        let (mean, end) = (1e9 / rate.max(1) as f64, time.as_secs_f64() * 1e9);
        Self { spacing, mean, next: 0.0, end, random }
    }
}

impl Iterator for Arrivals {
    /// Nanoseconds from the loop's start.
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 or more; a float saturates")]
        let now = (self.next < self.end).then_some(self.next as u64)?;
        self.next += match self.spacing {
            Spacing::Uniform => self.mean,
            // `unit` is below 1, so the logarithm is of something above 0.
            Spacing::Poisson => -self.mean * (1.0 - unit(&mut self.random)).ln(),
        };
        Some(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(spacing: Spacing) -> Vec<u64> {
        Arrivals::new(spacing, 1000, Duration::from_secs(10), SplitMix64::new(5)).collect()
    }

    #[test]
    fn as_many_arrive_as_the_rate_says() {
        let uniform = arrivals(Spacing::Uniform);
        assert_eq!((uniform.len(), uniform[0], uniform[1], uniform[9_999]), (10_000, 0, 1_000_000, 9_999_000_000));
        let poisson = arrivals(Spacing::Poisson);
        assert!((9_500..10_500).contains(&poisson.len()), "{}", poisson.len());
        assert!(poisson.is_sorted() && poisson.iter().all(|at| *at < 10_000_000_000));
        // Of exponential gaps, 63 % are shorter than the mean.
        let short = poisson.windows(2).filter(|pair| pair[1] - pair[0] < 1_000_000).count();
        assert!((6_000..6_600).contains(&short), "{short}");
    }
}
