use std::time::Duration;
use tarpc::context::Context;
use tokio::time::Instant;

/// How deadlines pass through tarpc on one connection.
///
/// tarpc holds deadlines as instants of the system's clock and turns them into timers of tokio's. The two clocks are
/// one, except in a runtime whose time is paused: there tokio's jumps ahead of the system's from timer to timer. All
/// that is sent and measured here goes by tokio's clock. What tarpc measures by itself would be off by what the clocks
/// are apart, in either direction, so over memory its own timers are put off, and whoever makes or serves a call there
/// bounds it by a timer of tokio's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deadlines {
    /// How much later than a deadline tarpc's own timer is.
    put_off: Duration,
}

impl Deadlines {
    /// The context of a call that has until `deadline`.
    pub fn context(self, deadline: Instant) -> Context {
        let mut context = Context::current();
        context.deadline = (deadline + self.put_off).into_std();
        context
    }

    /// The context of a call that has so long.
    pub fn context_in(self, left: Duration) -> Context {
        self.context(Instant::now() + left)
    }

    /// How long a call with this context still has.
    pub fn left(self, context: &Context) -> Duration {
        Instant::from_std(context.deadline).saturating_duration_since(Instant::now()).saturating_sub(self.put_off)
    }
}
