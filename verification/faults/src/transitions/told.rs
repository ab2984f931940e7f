use quorate_node::driver::Recorder;
use quorate_protocol::{Input, LogId, LogRecord, Output, PaxosLog};
use std::sync::{Arc, Mutex, PoisonError};

/// What a driver told the core. One half listens at the driver, the other is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Told(Arc<Mutex<Vec<Input>>>);

impl Told {
    /// What was told since this was last asked.
    pub(super) fn take(&self) -> Vec<Input> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Recorder for Told {
    fn loaded(&mut self, _: &LogId, _: &LogRecord) {}

    fn stepped(&mut self, _: &LogId, input: Input, _: &Output, _: &PaxosLog) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(input);
    }

    fn evicted(&mut self, _: &LogId) {}

    fn flush(&mut self) {}
}
