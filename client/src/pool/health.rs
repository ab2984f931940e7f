//! How long to be patient with a replica, and whether to prefer it.

use crate::environment::Random;
use std::time::Duration;
use tokio::time::Instant;

/// The least patience with a write: one that is sent elsewhere too soon moves the key's owner, and costs
/// prepares there and back. Disks have hiccups of tens of milliseconds.
pub(crate) const WRITE_PATIENCE_MIN: Duration = Duration::from_millis(30);
/// The least patience with anything else.
pub(crate) const PATIENCE_MIN: Duration = Duration::from_millis(10);
/// The most patience: what a replica that is gone costs at most.
pub(crate) const PATIENCE_MAX: Duration = Duration::from_millis(250);
/// How long the first failure puts a replica last; doubled by each one after it.
const SUSPICION_MIN: Duration = Duration::from_millis(100);
/// The longest time without a probe.
const SUSPICION_MAX: Duration = Duration::from_secs(3);

/// What a replica's latencies are kept apart by: a write waits for disks, the rest does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A write.
    Write,
    /// Anything else.
    Read,
}

/// What this client has seen of one replica.
#[derive(Debug, Default)]
pub(crate) struct Health {
    write: Latency,
    read: Latency,
    failures: u32,
    suspect_until: Option<Instant>,
}

/// Smoothed latency and its mean deviation (Jacobson 1988; the gains are those of RFC 6298).
#[derive(Debug, Default)]
struct Latency {
    smoothed: Option<Duration>,
    deviation: Duration,
}

impl Latency {
    fn observe(&mut self, sample: Duration) {
        let Some(smoothed) = self.smoothed else {
            self.smoothed = Some(sample);
            self.deviation = sample / 2;
            return;
        };
        self.deviation = (self.deviation * 3 + sample.abs_diff(smoothed)) / 4;
        self.smoothed = Some((smoothed * 7 + sample) / 8);
    }

    fn patience(&self, least: Duration) -> Duration {
        let patience = self.smoothed.map_or(PATIENCE_MAX, |smoothed| (smoothed + self.deviation) * 4);
        patience.clamp(least, PATIENCE_MAX)
    }
}

impl Health {
    /// How long to wait for an answer before another replica is asked as well.
    pub(crate) fn patience(&self, kind: Kind) -> Duration {
        match kind {
            Kind::Write => self.write.patience(WRITE_PATIENCE_MIN),
            Kind::Read => self.read.patience(PATIENCE_MIN),
        }
    }

    /// How long an answer usually takes.
    pub(crate) fn usual(&self, kind: Kind) -> Duration {
        let latency = if kind == Kind::Write { &self.write } else { &self.read };
        latency.smoothed.unwrap_or(PATIENCE_MIN)
    }

    /// An answer came after `took`.
    pub(crate) fn answered(&mut self, kind: Kind, took: Duration) {
        self.failures = 0;
        self.suspect_until = None;
        self.latency(kind).observe(took);
    }

    /// Patience ran out. The latency is at least this, so a replica that is merely slow soon gets more of it.
    pub(crate) fn timed_out(&mut self, kind: Kind, waited: Duration, now: Instant, random: &Random) {
        self.latency(kind).observe((waited * 2).min(PATIENCE_MAX));
        self.failed(now, random);
    }

    /// It failed: it is put last for a while that grows with each failure.
    pub(crate) fn failed(&mut self, now: Instant, random: &Random) {
        let doubled = SUSPICION_MIN.saturating_mul(1 << self.failures.min(10));
        self.failures = self.failures.saturating_add(1);
        self.suspect_until = Some(now + random.jittered(doubled.min(SUSPICION_MAX)));
    }

    /// Whether it may take its own place in the preference. When a suspicion ends, the first to ask
    /// probes: the others still see it as suspect until the probe has had its time.
    pub(crate) fn may_lead(&mut self, now: Instant) -> bool {
        match self.suspect_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                self.suspect_until = Some(now + PATIENCE_MAX);
                true
            }
        }
    }

    fn latency(&mut self, kind: Kind) -> &mut Latency {
        if kind == Kind::Write { &mut self.write } else { &mut self.read }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::quickcheck;

    #[test]
    fn patience_follows_the_latency_within_its_bounds() {
        let mut health = Health::default();
        assert_eq!(health.patience(Kind::Write), PATIENCE_MAX, "nothing is known yet");
        for _ in 0..100 {
            health.answered(Kind::Write, Duration::from_millis(8));
            health.answered(Kind::Read, Duration::from_micros(100));
        }
        let patience = health.patience(Kind::Write);
        assert!(patience >= Duration::from_millis(32) && patience < Duration::from_millis(40), "{patience:?}");
        assert_eq!(health.patience(Kind::Read), PATIENCE_MIN);
        let now = Instant::now();
        for _ in 0..100 {
            let waited = health.patience(Kind::Write);
            health.timed_out(Kind::Write, waited, now, &Random::Os);
        }
        assert_eq!(health.patience(Kind::Write), PATIENCE_MAX);
    }

    #[test]
    fn one_probe_at_a_time_until_it_answers() {
        let now = Instant::now();
        let mut health = Health::default();
        assert!(health.may_lead(now));
        health.failed(now, &Random::Os);
        assert!(!health.may_lead(now));
        let later = now + SUSPICION_MIN * 2;
        assert!(health.may_lead(later), "the first one probes");
        assert!(!health.may_lead(later), "the second does not");
        health.answered(Kind::Read, Duration::from_millis(1));
        assert!(health.may_lead(later));
    }

    quickcheck! {
        fn suspicion_is_bounded_whatever_happens(failures: u16) -> bool {
            let now = Instant::now();
            let mut health = Health::default();
            for _ in 0..=failures {
                health.failed(now, &Random::Os);
            }
            health.may_lead(now + SUSPICION_MAX * 2)
        }
    }
}
