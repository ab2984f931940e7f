//! Runs the core's `WriteAttempt` over connections and clocks. Every decision about the write is the
//! machine's; what is decided here is when, and how long to wait.

use super::{
    Pace,
    base::ask_base,
    exchange::{Answer, Failed, Launched, Question, count, until},
};
use crate::{
    error::ReplicaFailure,
    explain,
    inner::{Inner, Reasons},
    pool::{CallError, Kind},
    wire::{KvRequestV1, KvResponseV1, Refusal},
};
use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use quorate_protocol::{
    LogId, NodeId, NotApplied, Operation, Outcome, Recorded, Reply, Request, RequestId, Slot, WriteAttempt, WriteStep,
};
use std::sync::{Arc, atomic::AtomicBool};
use tokio::time::{Instant, sleep_until};

/// Earlier request ids that an entry should keep. Nodes set it anew, by how busy the key is.
const KEEP: u8 = 2;

/// One write from its first step to its end.
pub(crate) struct Write<'a> {
    session: &'a Inner,
    log: &'a LogId,
    pub(super) machine: WriteAttempt,
    deadline: Instant,
    pub(super) calls: FuturesUnordered<BoxFuture<'a, Answer>>,
    pub(super) launched: Vec<Launched>,
    /// Steps that wait for their time: the machine already counts their attempts as open.
    pub(super) held: Vec<(Instant, WriteStep)>,
    /// The replica asked last, since when, and until when it has not been too long.
    patience: Option<(NodeId, Instant, Instant)>,
    pace: Pace,
    pub(super) reasons: Reasons,
    pub(super) value_bytes: usize,
    /// The voters by preference.
    order: Vec<NodeId>,
    /// Replicas that were asked for a base.
    asked: Vec<NodeId>,
    pub(super) forgotten: bool,
    pub(super) cancelled: bool,
}

impl<'a> Write<'a> {
    /// Begins an operation with a fresh id.
    pub(crate) async fn run(
        session: &'a Inner,
        log: &'a LogId,
        operation: Operation,
        deadline: Instant,
    ) -> Result<Recorded, Failed> {
        Self::resume(session, log, session.next_request(), session.base(log), operation, deadline).await
    }

    /// Runs an operation under a given id, whose attempts name this base.
    pub(crate) async fn resume(
        session: &'a Inner,
        log: &'a LogId,
        id: RequestId,
        base: Option<Slot>,
        operation: Operation,
        deadline: Instant,
    ) -> Result<Recorded, Failed> {
        let order = session.order(log);
        let replicas = order.clone();
        let value_bytes = operation.value_bytes();
        let pace = Pace::new(replicas.len(), deadline, session.random().clone());
        let (machine, step) = WriteAttempt::start(id, base, KEEP, operation, replicas);
        let write = Self {
            session,
            log,
            machine,
            deadline,
            calls: FuturesUnordered::new(),
            launched: Vec::new(),
            held: Vec::new(),
            patience: None,
            pace,
            reasons: Reasons::default(),
            value_bytes,
            order,
            asked: Vec::new(),
            forgotten: false,
            cancelled: false,
        };
        let result = write.drive(step).await;
        count(session, &result);
        result
    }

    async fn drive(mut self, mut step: WriteStep) -> Result<Recorded, Failed> {
        loop {
            match step {
                WriteStep::Done(outcome) => return self.end(outcome),
                WriteStep::Wait => {}
                WriteStep::AskSlot(to) if self.asked.last() == Some(&to) => {
                    step = self.machine.on_timeout(); // It has just failed at this very question.
                    continue;
                }
                question => self.hold(question),
            }
            if self.calls.is_empty() && self.held.is_empty() {
                // Every attempt is answered for and the machine makes no more.
                let outcome = self.machine.on_deadline();
                return self.end_by_deadline(outcome);
            }
            let due = self.held.iter().map(|(at, _)| *at).min();
            let limit = self.patience.map(|(_, _, until)| until);
            step = tokio::select! {
                biased;
                Some(answer) = self.calls.next(), if !self.calls.is_empty() => self.take(answer),
                () = until(due), if due.is_some() => {
                    self.launch_due();
                    WriteStep::Wait
                }
                () = until(limit), if limit.is_some() => self.lose_patience(),
                () = sleep_until(self.deadline) => {
                    let outcome = self.close();
                    return self.end_by_deadline(outcome);
                }
            };
        }
    }

    /// The first steps go out at once, later ones at the operation's pace.
    fn hold(&mut self, step: WriteStep) {
        let at = self.pace.next();
        if at <= Instant::now() {
            self.launch(step);
        } else {
            self.held.push((at, step));
        }
    }

    fn launch_due(&mut self) {
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.held).into_iter().partition(|(at, _)| *at <= now);
        self.held = later;
        let due: Vec<(Instant, WriteStep)> = due;
        for (_, step) in due {
            self.launch(step);
        }
    }

    fn launch(&mut self, step: WriteStep) {
        match step {
            WriteStep::AskSlot(to) => self.ask_base(to),
            WriteStep::Send { to, request } => self.send(to, request),
            WriteStep::Wait | WriteStep::Done(_) => {}
        }
    }

    fn ask_base(&mut self, to: NodeId) {
        self.session.counters.base_questions.add_one();
        self.asked.push(to);
        let second = self.order.iter().copied().find(|node| *node != to);
        let (session, log, deadline) = (self.session, self.log, self.deadline);
        self.calls.push(Box::pin(async move {
            let result = ask_base(session, log, to, second, deadline).await;
            Answer { from: to, question: Question::Slot, result: result.map(KvResponseV1::Slot) }
        }));
        self.be_patient(to, Kind::Read);
    }

    fn send(&mut self, to: NodeId, request: Request) {
        if request.attempt > 0 {
            self.session.counters.write_retries.add_one();
        }
        let attempt = request.attempt;
        let sent = Arc::new(AtomicBool::new(false));
        self.launched.push(Launched { to, attempt, sent: sent.clone() });
        let (session, log, deadline) = (self.session, self.log.clone(), self.deadline);
        self.calls.push(Box::pin(async move {
            let write = KvRequestV1::Write { log, request };
            let result = session.call(to, Kind::Write, write, deadline, &sent).await;
            Answer { from: to, question: Question::Attempt(attempt), result }
        }));
        self.be_patient(to, Kind::Write);
    }

    fn be_patient(&mut self, with: NodeId, kind: Kind) {
        let now = Instant::now();
        let patience = self.session.replica(with).map(|replica| replica.health().patience(kind)).unwrap_or_default();
        self.patience = Some((with, now, now + self.pace.stretched(patience)));
    }

    fn take(&mut self, answer: Answer) -> WriteStep {
        let Answer { from, question, result } = answer;
        if self.patience.is_some_and(|(asked, ..)| asked == from) {
            self.patience = None;
        }
        if let Question::Attempt(attempt) = question {
            self.launched.retain(|launched| (launched.to, launched.attempt) != (from, attempt));
        }
        match (question, result) {
            (Question::Slot, Ok(KvResponseV1::Slot(slot))) => {
                // A replica that is behind names a low slot, which the key's window may have left.
                self.session.learn(self.log, slot);
                self.machine.on_slot(slot.max(self.session.latest(self.log)))
            }
            (Question::Attempt(attempt), Ok(KvResponseV1::Written(reply))) => self.hear(from, attempt, reply),
            (Question::Attempt(attempt), Err(CallError::NotTaken(failure))) => self.not_taken(from, attempt, failure),
            (_, Err(CallError::NotTaken(failure) | CallError::Lost(failure))) => {
                self.reasons.note(from, failure);
                self.machine.on_timeout()
            }
            (_, Ok(_)) => {
                self.reasons.note(from, ReplicaFailure::Nonsense);
                self.machine.on_timeout()
            }
        }
    }

    fn hear(&mut self, from: NodeId, attempt: u8, reply: Reply) -> WriteStep {
        match reply {
            Reply::Recorded(recorded) => {
                self.session.learn(self.log, recorded.version.slot);
                self.cancelled = recorded.outcome == Outcome::Cancelled;
            }
            Reply::Unknown => self.reasons.note(from, ReplicaFailure::CannotTell),
            Reply::Forgotten => {
                self.forgotten = true;
                self.reasons.note(from, ReplicaFailure::CannotTell);
            }
            Reply::NotApplied(_) => {}
        }
        self.machine.on_reply(from, attempt, reply)
    }

    /// The node surely did not take the attempt in, or it never left.
    fn not_taken(&mut self, from: NodeId, attempt: u8, failure: ReplicaFailure) -> WriteStep {
        let reason = match &failure {
            ReplicaFailure::Refused(Refusal::Overloaded) => Some(NotApplied::Busy),
            ReplicaFailure::Refused(Refusal::ValueLength { .. }) => Some(NotApplied::TooLarge),
            _ => None,
        };
        self.reasons.note(from, failure);
        match reason {
            Some(reason) => self.machine.on_reply(from, attempt, Reply::NotApplied(reason)),
            None => self.machine.on_unsent(from, attempt),
        }
    }

    fn lose_patience(&mut self) -> WriteStep {
        if let Some((node, since, _)) = self.patience.take() {
            let now = Instant::now();
            self.session.counters.timeouts.add_one();
            self.reasons.note(node, ReplicaFailure::Silent);
            explain::lost_patience(node);
            if let Some(replica) = self.session.replica(node) {
                let kind = if self.machine.base().is_some() { Kind::Write } else { Kind::Read };
                replica.health().timed_out(kind, now - since, now, self.session.random());
            }
        }
        self.pace.waited();
        self.machine.on_timeout()
    }
}
