use std::time::Duration;
use tarpc::{context::Context, trace};
use tokio::time::Instant;

/// How deadlines pass through tarpc on one connection.
///
/// tarpc holds deadlines as instants of the system's clock and turns them into timers of tokio's. The two clocks are
/// one, except in a runtime whose time is paused: there tokio's jumps ahead of the system's from timer to timer. All
/// that is sent and measured here goes by tokio's clock. What tarpc measures by itself would be off by what the clocks
/// are apart, so over memory its own timers are put off, and whoever makes or serves a call there bounds it by a timer
/// of tokio's.
#[derive(Clone, Debug, Default)]
pub struct Deadlines {
    #[cfg(feature = "testing")]
    put_off: Option<put_off::PutOff>,
}

impl Deadlines {
    /// For a connection within the process.
    #[cfg(feature = "testing")]
    pub(super) fn of_memory() -> Self {
        Self { put_off: Some(put_off::PutOff::default()) }
    }

    /// The context of a call that has until `deadline`.
    pub fn context(&self, deadline: Instant) -> Context {
        let mut context = Context::current();
        context.deadline = deadline.into_std();
        #[cfg(feature = "testing")]
        if let Some(put_off) = &self.put_off {
            context.deadline += put_off.next();
        }
        context
    }

    /// The context of a call that has so long.
    pub fn context_in(&self, left: Duration) -> Context {
        self.context(Instant::now() + left)
    }

    /// How long a call with this context still has.
    pub fn left(&self, context: &Context) -> Duration {
        let left = Instant::from_std(context.deadline).saturating_duration_since(Instant::now());
        #[cfg(feature = "testing")]
        if self.put_off.is_some() {
            return put_off::PutOff::left(left);
        }
        left
    }

    /// What travels of a call's trace. Its ids are random, and so is the length of their bytes; over memory, where a run
    /// must be the same again, none travel.
    pub(super) fn trace(&self, trace: trace::Context) -> trace::Context {
        #[cfg(feature = "testing")]
        if self.put_off.is_some() {
            return trace::Context::default();
        }
        trace
    }
}

#[cfg(feature = "testing")]
mod put_off {
    use crate::wire::limits::DEADLINE_MAX;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    /// Longer than any call has, and than any two calls are apart by the system's clock.
    const STEP: Duration = Duration::from_secs(128);
    /// The first one is a day, and the last one 98: a timer of tarpc bears about 795.
    const FIRST: u32 = 675;
    const STEPS: u32 = 1 << 16;

    /// By how much tarpc's own timers are late: each by a step more than the one before. If they were late alike, which
    /// of two calls of one instant has the earlier timer would be up to the system's clock, and with it which task is
    /// woken first.
    #[derive(Clone, Debug, Default)]
    pub(super) struct PutOff(Arc<AtomicU32>);

    impl PutOff {
        pub(super) fn next(&self) -> Duration {
            STEP * (FIRST + self.0.fetch_add(1, Ordering::Relaxed) % STEPS)
        }

        /// Without what it was put off by. A deadline that is over has a rest of nearly a whole step.
        pub(super) fn left(late: Duration) -> Duration {
            let step = STEP.as_nanos();
            let left = u64::try_from(late.as_nanos() % step).map_or(Duration::ZERO, Duration::from_nanos);
            if left > DEADLINE_MAX { Duration::ZERO } else { left }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_is_left_does_not_depend_on_how_far_it_was_put_off() {
            let put_off = PutOff::default();
            for call in 0..3 * STEPS {
                let by = put_off.next();
                assert!(by >= Duration::from_secs(86_400) && by < Duration::from_secs(99 * 86_400));
                let left = Duration::from_nanos(u64::from(call) * 300_000).min(DEADLINE_MAX);
                assert_eq!(PutOff::left(by + left), left);
                assert_eq!(PutOff::left(by - Duration::from_millis(1)), Duration::ZERO, "it is over");
            }
        }
    }
}
