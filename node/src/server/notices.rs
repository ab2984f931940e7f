use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How often a peer's trouble is logged at most.
pub(super) const NOTICE_INTERVAL: Duration = Duration::from_secs(60);

/// Lets one log line through a minute. A peer that is down or misconfigured is tried several times a second; one line
/// says it.
#[derive(Debug, Default)]
pub(super) struct Notices {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<Instant>,
    held_back: u64,
}

impl Notices {
    /// Whether a line may be logged now; with it, how many were held back since the last one.
    pub(super) fn allow(&self) -> Option<u64> {
        self.allow_at(Instant::now())
    }

    fn allow_at(&self, now: Instant) -> Option<u64> {
        // Only whoever panics inside poisons it, and nobody does; a lost count would not matter.
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if state.last.is_some_and(|last| now.saturating_duration_since(last) < NOTICE_INTERVAL) {
            state.held_back += 1;
            return None;
        }
        state.last = Some(now);
        Some(std::mem::take(&mut state.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_a_minute() {
        let notices = Notices::default();
        let start = Instant::now();
        assert_eq!(notices.allow_at(start), Some(0));
        assert_eq!(notices.allow_at(start + Duration::from_secs(1)), None);
        assert_eq!(notices.allow_at(start + Duration::from_secs(59)), None);
        assert_eq!(notices.allow_at(start + Duration::from_secs(60)), Some(2));
        assert_eq!(notices.allow_at(start + Duration::from_secs(61)), None);
    }
}
