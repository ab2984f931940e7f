use crate::cli::{Exit, Failure};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;

/// What asks this process to end, or to leave off what it does.
#[derive(Debug)]
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// SIGINT: leave off.
    Interrupt,
    /// SIGTERM or SIGHUP: end.
    End,
}

impl Signals {
    /// From now on these do not end the process by themselves.
    ///
    /// # Errors
    /// There is no handler to have.
    pub(super) fn catch() -> Result<Self, Failure> {
        let handler =
            |kind| signal(kind).map_err(|e| Failure::new(Exit::Unavailable, format!("no signal handler: {e}")));
        Ok(Self {
            interrupt: handler(SignalKind::interrupt())?,
            terminate: handler(SignalKind::terminate())?,
            hang_up: handler(SignalKind::hangup())?,
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Asked {
        tokio::select! {
            Some(()) = self.interrupt.recv() => Asked::Interrupt,
            Some(()) = self.terminate.recv() => Asked::End,
            Some(()) = self.hang_up.recv() => Asked::End,
            // Without handlers there is nothing to wait for.
            else => { sleep(Duration::MAX).await; Asked::End }
        }
    }
}
