use crate::event::ClientRequest;
use crate::hosted::Ticket;
use crate::limits::{check_request, is_key, is_within_limits, request_bytes};
use crate::table::LogTable;
use crate::timers::{Due, Timers};
use crate::{
    Corruption, Counters, DriverError, DriverLimits, DriverRefusal, Effects, Event, Recorder, Records, SplitMix64,
};
use quorate_protocol::{Envelope, Input, LogId, LogRecord, PaxosLog, Phase, Replica, Reply, RequestId, Timer};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The logs of one shard, and what drives them. See the [crate].
#[derive(Debug)]
pub struct Driver<R> {
    pub(crate) replica: Arc<Replica>,
    pub(crate) records: R,
    pub(crate) random: SplitMix64,
    pub(crate) limits: DriverLimits,
    pub(crate) logs: LogTable,
    pub(crate) timers: Timers,
    pub(crate) corrupt: BTreeMap<LogId, Corruption>,
    pub(crate) waiting: usize,
    pub(crate) waiting_bytes: usize,
    pub(crate) counters: Counters,
    pub(crate) stopped: bool,
    pub(crate) recorder: Option<Box<dyn Recorder>>,
}

/// A log as its replica sees it, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// What is durable.
    pub record: LogRecord,
    /// What its proposer is doing.
    pub phase: Phase,
    /// How many requests wait for it here.
    pub waiting: usize,
}

impl<R: Records> Driver<R> {
    /// A driver without a log in memory. `seed` is for drawing timers; `replica` is this very start of the node, whose
    /// incarnation is durable.
    pub fn new(replica: Arc<Replica>, records: R, seed: u64, limits: DriverLimits) -> Self {
        Self {
            replica,
            records,
            random: SplitMix64::new(seed),
            limits,
            logs: LogTable::default(),
            timers: Timers::default(),
            corrupt: BTreeMap::new(),
            waiting: 0,
            waiting_bytes: 0,
            counters: Counters::default(),
            stopped: false,
            recorder: None,
        }
    }

    /// The same driver, which tells `recorder` all that it does to its logs from now on. No log may be in memory yet.
    #[must_use]
    pub fn recorded(mut self, recorder: Option<Box<dyn Recorder>>) -> Self {
        self.recorder = recorder;
        self
    }

    /// Has the recorder, if there is one, pass on what it has gathered: the end of a turn.
    pub fn flush_recorder(&mut self) {
        if let Some(recorder) = &mut self.recorder {
            recorder.flush();
        }
    }

    /// Takes one event at `now_ms` (milliseconds on any clock that does not go back), and adds what is to be done to
    /// `effects`.
    ///
    /// # Errors
    /// The driver has stopped, now or earlier. What is in `effects` then may not be done, except for its answers.
    pub fn handle(&mut self, now_ms: u64, event: Event, effects: &mut Effects) -> Result<(), DriverError> {
        if self.stopped {
            return Err(DriverError::Stopped);
        }
        let handled = self.dispatch(now_ms, event, effects);
        self.stopped |= handled.is_err();
        handled
    }

    fn dispatch(&mut self, now_ms: u64, event: Event, effects: &mut Effects) -> Result<(), DriverError> {
        match event {
            Event::Peer(envelopes) => {
                envelopes.into_iter().try_for_each(|envelope| self.receive(now_ms, envelope, effects))
            }
            Event::Client(asked) => self.propose(now_ms, asked, effects),
            Event::Withdraw { token, log, id } => self.withdraw(now_ms, token, &log, id, effects),
            Event::Help { log, slot } => self.step_if_hosted(now_ms, &log, Input::Help(slot), effects),
            Event::Settle { log, slot } => self.step_if_hosted(now_ms, &log, Input::Settle(slot), effects),
            Event::Synced(logs) => logs.iter().try_for_each(|log| {
                self.counters.synced += 1;
                self.step(now_ms, log, Input::Durable, effects)
            }),
            Event::Tick => self.fire(now_ms, effects),
        }
    }

    /// When the next timer is due, if any is armed: [`Event::Tick`] is wanted then.
    pub fn next_due_ms(&self) -> Option<u64> {
        self.timers.next_due_ms()
    }

    /// What it has done.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// How many logs are in memory.
    pub fn hosted(&self) -> usize {
        self.logs.len()
    }

    /// How many attempts wait for an answer.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Logs whose record was found corrupt, up to the limit. They neither vote nor answer.
    pub fn corrupt(&self) -> &BTreeMap<LogId, Corruption> {
        &self.corrupt
    }

    /// A log in memory. For checks that span replicas; nothing may be told from it.
    pub fn log(&self, log: &LogId) -> Option<&PaxosLog> {
        self.logs.get(log).map(|hosted| &hosted.log)
    }

    /// A log as this replica sees it; loads it if need be.
    ///
    /// # Errors
    /// A refusal, or (outside) the driver has stopped.
    pub fn inspect(&mut self, now_ms: u64, log: &LogId) -> Result<Result<Inspected, DriverRefusal>, DriverError> {
        if let Err(refusal) = self.host(now_ms, log)? {
            return Ok(Err(refusal));
        }
        let found = self.logs.get(log).map(|hosted| Inspected {
            record: hosted.log.durable().clone(),
            phase: hosted.log.phase().clone(),
            waiting: hosted.log.waiting(),
        });
        Ok(found.ok_or(DriverRefusal::Overloaded))
    }

    /// Answers everybody who waits, as one who stops: unknown for what was ever proposed, not applied for the rest.
    /// The driver does nothing afterwards.
    pub fn abandon(&mut self, effects: &mut Effects) {
        self.stopped = true;
        for (_, hosted) in self.logs.iter_mut() {
            for (id, tickets) in std::mem::take(&mut hosted.waiting) {
                // Whatever else the step asks for is not done: this replica has stopped.
                let done = hosted.log.step(Input::Withdraw(id)).done;
                let reply = done.into_iter().find(|(answered, _)| *answered == id).map_or(Reply::Unknown, |(_, r)| r);
                effects.answers.extend(tickets.iter().map(|ticket| (ticket.token, Ok(reply))));
            }
        }
        self.waiting = 0;
        self.waiting_bytes = 0;
    }

    fn receive(&mut self, now_ms: u64, envelope: Envelope, effects: &mut Effects) -> Result<(), DriverError> {
        let Envelope { log, message } = envelope;
        if !is_key(&log) || !is_within_limits(&message) || message.validate().is_err() {
            self.counters.malformed += 1;
            return Ok(());
        }
        if self.host(now_ms, &log)?.is_err() {
            self.counters.dropped += 1;
            return Ok(());
        }
        let admitted = self.logs.get(&log).is_some_and(|hosted| hosted.log.admit(&message).is_ok());
        if !admitted {
            self.counters.malformed += 1;
            return Ok(());
        }
        self.counters.received += 1;
        self.step(now_ms, &log, Input::Receive(message), effects)
    }

    fn propose(&mut self, now_ms: u64, asked: ClientRequest, effects: &mut Effects) -> Result<(), DriverError> {
        let ClientRequest { token, log, mut request, deadline_ms } = asked;
        let bytes = request_bytes(&log, &request);
        let refusal = match check_request(&log, &request) {
            Err(refusal) => Some(refusal),
            Ok(()) if self.is_overloaded(bytes) => Some(DriverRefusal::Overloaded),
            Ok(()) => self.host(now_ms, &log)?.err(),
        };
        let hosted = if refusal.is_none() { self.logs.get_mut(&log) } else { None };
        let Some(hosted) = hosted else {
            self.counters.refused += 1;
            effects.answers.push((token, Err(refusal.unwrap_or(DriverRefusal::Overloaded))));
            return Ok(());
        };
        request.keep = hosted.pace.keep(now_ms, hosted.log.waiting() + 1);
        let (id, prepares) = (request.id, hosted.prepares);
        let deadline = self.timers.arm(deadline_ms.max(now_ms), Due::Deadline { log: log.clone(), id, token });
        hosted.waiting.entry(id).or_default().push(Ticket { token, deadline, bytes, prepares });
        self.waiting += 1;
        self.waiting_bytes += bytes;
        self.counters.requests += 1;
        self.step(now_ms, &log, Input::Propose(request), effects)
    }

    /// Whether one more request of so many bytes is too much.
    fn is_overloaded(&self, bytes: usize) -> bool {
        self.waiting >= self.limits.waiting || self.waiting_bytes.saturating_add(bytes) > self.limits.waiting_bytes
    }

    /// Ends one attempt. The request itself leaves the log with the last attempt that waits for it.
    fn withdraw(
        &mut self,
        now_ms: u64,
        token: u64,
        log: &LogId,
        id: RequestId,
        effects: &mut Effects,
    ) -> Result<(), DriverError> {
        let Some(hosted) = self.logs.get_mut(log) else {
            return Ok(());
        };
        let shared = hosted.waiting.get(&id).is_some_and(|tickets| tickets.len() > 1);
        let waits = hosted.waiting.get(&id).is_some_and(|tickets| tickets.iter().any(|ticket| ticket.token == token));
        if !waits {
            return Ok(());
        }
        self.counters.expired += 1;
        if !shared {
            // Its answer comes out of the step.
            return self.step(now_ms, log, Input::Withdraw(id), effects);
        }
        if let Some(ticket) = hosted.take_ticket(id, token) {
            self.timers.disarm(ticket.deadline);
            self.waiting -= 1;
            self.waiting_bytes -= ticket.bytes;
            self.counters.answers += 1;
            // The same request still waits here for another attempt, and may be chosen.
            effects.answers.push((token, Ok(Reply::Unknown)));
        }
        Ok(())
    }

    fn fire(&mut self, now_ms: u64, effects: &mut Effects) -> Result<(), DriverError> {
        while let Some(due) = self.timers.pop_due(now_ms) {
            match due {
                Due::Log(log, timer) => {
                    if let Some(hosted) = self.logs.get_mut(&log) {
                        *hosted.armed.of(timer) = None;
                    }
                    self.counters.resends += u64::from(timer == Timer::Resend);
                    self.step(now_ms, &log, Input::Timeout(timer), effects)?;
                }
                Due::Deadline { log, id, token } => self.withdraw(now_ms, token, &log, id, effects)?,
            }
        }
        Ok(())
    }

    fn step_if_hosted(
        &mut self,
        now_ms: u64,
        log: &LogId,
        input: Input,
        effects: &mut Effects,
    ) -> Result<(), DriverError> {
        if !is_key(log) || self.host(now_ms, log)?.is_err() {
            self.counters.dropped += 1;
            return Ok(());
        }
        self.step(now_ms, log, input, effects)
    }
}
