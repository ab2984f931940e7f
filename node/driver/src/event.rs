//! What a driver is told, and what it wants done.

use crate::DriverRefusal;
use quorate_protocol::{Envelope, LogId, LogRecord, Reply, Request, RequestId, Slot};
use std::sync::Arc;

/// What happens to a driver.
#[derive(Clone, Debug)]
pub enum Event {
    /// Messages of peers arrived, in this order.
    Peer(Vec<Envelope>),
    /// A client asks for a change.
    Client(ClientRequest),
    /// The caller of a request no longer waits; it is answered at once, if it still waits here.
    Withdraw {
        /// The token of the request's attempt.
        token: u64,
        /// Its log.
        log: LogId,
        /// Its id.
        id: RequestId,
    },
    /// A reader found this slot open: send on what this replica accepted in it.
    Help {
        /// Which log.
        log: LogId,
        /// Which slot.
        slot: Slot,
    },
    /// A reader needs this slot settled: complete what was accepted in it.
    Settle {
        /// Which log.
        log: LogId,
        /// Which slot.
        slot: Slot,
    },
    /// The writes under way of these logs are durable.
    Synced(Vec<LogId>),
    /// Time has passed: timers that are due fire.
    Tick,
}

/// A request with what its answer needs.
#[derive(Clone, Debug)]
pub struct ClientRequest {
    /// Names the attempt in its answer; unique in one driver.
    pub token: u64,
    /// The key.
    pub log: LogId,
    /// What to do. The driver sets its `keep`.
    pub request: Request,
    /// When the caller stops waiting, on the driver's clock, in milliseconds. Every request has one: it bounds how
    /// long the request is remembered.
    pub deadline_ms: u64,
}

/// What a driver wants done. Everything may be done at once; the one order that matters is that what readers are shown
/// is published first, before the writes, messages and answers of the same effects leave. (Else somebody could be told
/// of a write that a read which begins afterwards does not see.)
#[derive(Debug, Default)]
pub struct Effects {
    /// What readers may be told of these logs, in this order.
    pub publish: Vec<(LogId, Arc<LogRecord>)>,
    /// Records to make durable; [`Event::Synced`] confirms each. At most one write of a log is under way.
    pub writes: Vec<(LogId, LogRecord)>,
    /// Messages for peers; each names its receiver.
    pub send: Vec<Envelope>,
    /// Attempts that are answered, by their tokens.
    pub answers: Vec<(u64, Result<Reply, DriverRefusal>)>,
}

impl Effects {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.publish.is_empty() && self.writes.is_empty() && self.send.is_empty() && self.answers.is_empty()
    }

    /// Forgets everything, and keeps the memory for the next turn.
    pub fn clear(&mut self) {
        self.publish.clear();
        self.writes.clear();
        self.send.clear();
        self.answers.clear();
    }
}
