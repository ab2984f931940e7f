use crate::limits::weight;
use crate::pace::Pace;
use crate::timers::{TimerKey, Timers};
use quorate_protocol::{PaxosLog, RequestId, Timer};
use std::collections::BTreeMap;

/// A log in memory, with what its driver remembers about it.
#[derive(Debug)]
pub(crate) struct Hosted {
    pub(crate) log: PaxosLog,
    /// Attempts that wait, by request: several with one id may wait at once, and one answer serves all.
    pub(crate) waiting: BTreeMap<RequestId, Vec<Ticket>>,
    pub(crate) pace: Pace,
    pub(crate) armed: Armed,
    /// Touched since the clock hand last passed.
    pub(crate) referenced: bool,
    pub(crate) weight: usize,
    /// Prepares begun since it is in memory.
    pub(crate) prepares: u64,
}

/// An attempt that waits, and its deadline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    pub(crate) token: u64,
    pub(crate) deadline: TimerKey,
    /// What it counts for in the bound on bytes that wait.
    pub(crate) bytes: usize,
    /// The log's prepares when it began to wait.
    pub(crate) prepares: u64,
}

/// The log's timers that are armed: one of a name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Armed {
    resend: Option<TimerKey>,
    defer: Option<TimerKey>,
}

impl Hosted {
    pub(crate) fn new(now_ms: u64, log: PaxosLog) -> Self {
        let weight = weight(log.record());
        let pace = Pace::of_record(now_ms, log.record());
        let (waiting, armed) = (BTreeMap::new(), Armed::default());
        Self { log, waiting, pace, armed, referenced: true, weight, prepares: 0 }
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.log.is_idle()
    }

    /// Takes the ticket of one attempt out.
    pub(crate) fn take_ticket(&mut self, id: RequestId, token: u64) -> Option<Ticket> {
        let tickets = self.waiting.get_mut(&id)?;
        let at = tickets.iter().position(|ticket| ticket.token == token)?;
        let ticket = tickets.swap_remove(at);
        if tickets.is_empty() {
            self.waiting.remove(&id);
        }
        Some(ticket)
    }
}

impl Armed {
    /// The place of a timer's key.
    pub(crate) fn of(&mut self, timer: Timer) -> &mut Option<TimerKey> {
        match timer {
            Timer::Resend => &mut self.resend,
            Timer::Defer => &mut self.defer,
        }
    }

    pub(crate) fn disarm_all(&mut self, timers: &mut Timers) {
        for key in [self.resend.take(), self.defer.take()].into_iter().flatten() {
            timers.disarm(key);
        }
    }
}
