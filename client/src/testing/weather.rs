use super::ClusterError;
use quorate_driver::SplitMix64;
use std::ops::RangeInclusive;
use std::time::Duration;

/// How fast and how well the network and the disks work.
#[derive(Clone, Debug)]
pub(super) struct Weather {
    pub(super) latency: RangeInclusive<Duration>,
    pub(super) sync: RangeInclusive<Duration>,
    /// The share of segments that are lost, from 0 to below 1.
    pub(super) loss: f64,
}

impl Default for Weather {
    fn default() -> Self {
        let millis = |min, max| Duration::from_millis(min)..=Duration::from_millis(max);
        Self { latency: millis(1, 2), sync: millis(1, 1), loss: 0.0 }
    }
}

impl Weather {
    /// Whether all of it makes sense, with no time longer than `longest`.
    pub(super) fn check(&self, longest: Duration) -> Result<(), ClusterError> {
        for range in [&self.latency, &self.sync] {
            if range.is_empty() || *range.end() > longest {
                return Err(ClusterError::Range(range.clone()));
            }
        }
        if (0.0..1.0).contains(&self.loss) { Ok(()) } else { Err(ClusterError::Loss(self.loss)) }
    }

    pub(super) fn latency(&self, random: &mut SplitMix64) -> Duration {
        draw(&self.latency, random)
    }

    pub(super) fn sync(&self, random: &mut SplitMix64) -> Duration {
        draw(&self.sync, random)
    }

    /// Whether the next segment is lost.
    pub(super) fn loses(&self, random: &mut SplitMix64) -> bool {
        const SHARES: u32 = 1 << 20;
        // Without loss nothing is drawn, so that what is drawn does not depend on it.
        self.loss > 0.0 && (random.below(u64::from(SHARES)) as f64) < self.loss * f64::from(SHARES)
    }
}

/// A whole number of milliseconds, which is as fine as tokio's timers are.
fn draw(range: &RangeInclusive<Duration>, random: &mut SplitMix64) -> Duration {
    let width = range.end().saturating_sub(*range.start()).as_millis();
    let extra = random.below(u64::try_from(width).unwrap_or(u64::MAX).saturating_add(1));
    *range.start() + Duration::from_millis(extra)
}
