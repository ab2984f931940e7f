//! What a step asks of its driver.

use crate::{LogRecord, Message, Reply, RequestId};
use alloc::vec::Vec;

/// A timer of a log, by name. Arming it again replaces it; one that fires late or for nothing does no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Timer {
    /// Send the open round again to those that have not answered.
    Resend,
    /// The window in which another proposer was left alone is over.
    Defer,
}

/// Milliseconds from now, both ends included; the driver draws one at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// The shortest wait, in milliseconds.
    pub min_ms: u32,
    /// The longest wait, in milliseconds.
    pub max_ms: u32,
}

/// What one step asks for. Everything in it may be done at once and in any order: what has to wait for
/// a write is held inside the log until [`Input::Durable`](crate::Input::Durable) and comes out then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The log's record, to be made durable; at most one write of a log is under way.
    pub write: Option<LogRecord>,
    /// Messages that may leave now.
    pub send: Vec<Message>,
    /// Requests that are answered now.
    pub done: Vec<(RequestId, Reply)>,
    /// Timers to arm.
    pub timers: Vec<(Timer, Range)>,
    /// Whether a prepare was begun in this step, for counters.
    pub prepared: bool,
    /// Whether what readers may be told has changed, see [`PaxosLog::snapshot`](crate::PaxosLog::snapshot).
    pub readable: bool,
}
