//! How fast one operation goes from one replica to the next.

use crate::environment::Random;
use std::time::Duration;
use tokio::time::Instant;

/// The first pause after every replica had its turn.
const PAUSE_MIN: Duration = Duration::from_millis(10);
/// The longest pause of a short operation.
const PAUSE_MAX: Duration = Duration::from_millis(250);
/// The most that patience is stretched by.
const STRETCH_MAX: u32 = 4;

/// The first round over the replicas goes as fast as they fail. After it, pauses double, so that a
/// cluster that restarts is neither flooded nor left alone, and the attempts last until the deadline.
#[derive(Debug)]
pub(crate) struct Pace {
    random: Random,
    replicas: u32,
    steps: u32,
    pause_max: Duration,
    waited: bool,
}

impl Pace {
    pub(crate) fn new(replicas: usize, deadline: Instant, random: Random) -> Self {
        let left = deadline.saturating_duration_since(Instant::now());
        let replicas = u32::try_from(replicas).unwrap_or(u32::MAX).max(1);
        Self { random, replicas, steps: 0, pause_max: PAUSE_MAX.max(left / 20), waited: false }
    }

    /// When the next step is due: now, or after a pause. A step that patience was waited for is due now.
    pub(crate) fn next(&mut self) -> Instant {
        let now = Instant::now();
        let beyond = self.steps.checked_sub(self.replicas);
        self.steps = self.steps.saturating_add(1);
        match beyond {
            Some(beyond) if !std::mem::take(&mut self.waited) => {
                let doubled = PAUSE_MIN.saturating_mul(1 << beyond.min(16));
                now + self.random.jittered(doubled.min(self.pause_max))
            }
            _ => now,
        }
    }

    /// The next step follows a wait.
    pub(crate) fn waited(&mut self) {
        self.waited = true;
    }

    /// Patience, doubled with each round over the replicas.
    pub(crate) fn stretched(&self, patience: Duration) -> Duration {
        let round = self.steps.saturating_sub(1) / self.replicas;
        patience.saturating_mul((1 << round.min(16)).min(STRETCH_MAX))
    }
}
