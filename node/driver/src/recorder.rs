use quorate_protocol::{Input, LogId, LogRecord, Output, PaxosLog};
use std::fmt::Debug;

/// Is told all that a driver does to its logs, in the order in which it does it. It decides nothing, and a driver
/// without one does the same.
pub trait Recorder: Debug + Send {
    /// A log comes into memory as the store has it.
    fn loaded(&mut self, log: &LogId, record: &LogRecord);
    /// A log took a step: what it was told, what came out, and how it is now.
    fn stepped(&mut self, log: &LogId, input: Input, output: &Output, after: &PaxosLog);
    /// A log is dropped from memory.
    fn evicted(&mut self, log: &LogId);
    /// Nothing more follows for a moment: what was gathered may be passed on.
    fn flush(&mut self);
}
