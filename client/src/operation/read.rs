//! Runs the core's `SessionRead` over connections and clocks. Whether an answer will do is the machine's
//! decision; what is decided here is how long to wait.

use super::Pace;
use crate::{
    error::{Error, ReplicaFailure},
    explain,
    inner::{Inner, Reasons},
    pool::{CallError, Kind},
    wire::{KvRequestV1, KvResponseV1},
};
use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use quorate_protocol::{LogId, Need, NodeId, ReadReply, ReadResult, ReadStep, SeenAhead, SessionRead};
use std::{sync::atomic::AtomicBool, time::Duration};
use tokio::time::{Instant, sleep_until};

/// The shortest pause before voters that have all answered are asked again.
const RINSE_MIN: Duration = Duration::from_millis(1);
/// The longest such pause.
const RINSE_MAX: Duration = Duration::from_millis(50);

struct Answer {
    from: NodeId,
    question: Question,
    result: Result<KvResponseV1, CallError>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Value,
    Slots,
    Repair,
}

/// What a read came to.
pub(crate) struct Done {
    pub(crate) result: ReadResult,
    /// The first reply that came, without its values.
    pub(crate) first: Option<(NodeId, ReadReply)>,
}

/// A question under way.
struct Asked {
    to: NodeId,
    question: Question,
    since: Instant,
    /// Patience with it has run out. Its answer is welcome, and not waited for.
    late: bool,
}

/// One read from its first question to its end.
pub(crate) struct Read<'a> {
    session: &'a Inner,
    log: &'a LogId,
    machine: SessionRead,
    /// What to begin with.
    step: ReadStep,
    /// The first reply, without its values.
    first: Option<(NodeId, ReadReply)>,
    /// The session has seen what no answer can show.
    ahead: Option<SeenAhead>,
    deadline: Instant,
    calls: FuturesUnordered<BoxFuture<'a, Answer>>,
    /// Questions whose answer is not here yet.
    asked: Vec<Asked>,
    /// When the machine is told that it has been too long.
    patience: Instant,
    widened: bool,
    pace: Pace,
    rinses: u32,
    reasons: Reasons,
}

impl<'a> Read<'a> {
    /// A read that gives its session what it needs, counted.
    pub(crate) async fn run(session: &'a Inner, log: &'a LogId, need: Need, deadline: Instant) -> Result<Done, Error> {
        let done = Self::begin(session, log, need, deadline).finish().await;
        count(session, need, &done);
        done
    }

    /// A read of which nothing was asked yet.
    pub(crate) fn begin(session: &'a Inner, log: &'a LogId, need: Need, deadline: Instant) -> Self {
        let order = if need == Need::Fresh { session.order(log) } else { session.nearest(log) };
        let (machine, step) = SessionRead::start(session.next_read(), &session.config, need, &order);
        Self {
            session,
            log,
            machine,
            step,
            first: None,
            ahead: None,
            deadline,
            calls: FuturesUnordered::new(),
            asked: Vec::new(),
            patience: deadline,
            widened: false,
            pace: Pace::new(order.len(), deadline, session.random().clone()),
            rinses: 0,
            reasons: Reasons::default(),
        }
    }

    /// Runs it to its end.
    pub(crate) async fn finish(mut self) -> Result<Done, Error> {
        let (session, log) = (self.session, self.log);
        let result = self.drive().await?;
        session.learn(log, result.slot);
        Ok(Done { result, first: self.first })
    }

    async fn drive(&mut self) -> Result<ReadResult, Error> {
        let mut step = std::mem::replace(&mut self.step, ReadStep::Wait);
        loop {
            if let ReadStep::Done(result) = step {
                return Ok(result);
            }
            if let Some(ahead) = self.ahead {
                return Err(Error::SessionAhead(ahead));
            }
            self.perform(&step);
            step = tokio::select! {
                biased;
                Some(answer) = self.calls.next(), if !self.calls.is_empty() => self.take(answer),
                () = sleep_until(self.patience), if self.patience < self.deadline => self.lose_patience(),
                () = sleep_until(self.deadline) => return Err(std::mem::take(&mut self.reasons).unavailable()),
            };
        }
    }

    fn perform(&mut self, step: &ReadStep) {
        let session = self.session;
        match *step {
            ReadStep::Ask { voters, full } => {
                for voter in voters.iter(&session.config) {
                    let full = full.contains(&session.config, voter);
                    self.ask(voter, if full { Question::Value } else { Question::Slots });
                }
                self.be_patient();
            }
            ReadStep::Help { voter, slot } => {
                self.call(voter, Question::Repair, KvRequestV1::Help { log: self.log.clone(), slot });
                self.be_patient();
            }
            ReadStep::Settle { voter, slot } => {
                self.call(voter, Question::Repair, KvRequestV1::Settle { log: self.log.clone(), slot });
                self.be_patient();
            }
            ReadStep::Wait | ReadStep::Done(_) => {
                if self.asked.iter().all(|asked| asked.late) {
                    self.be_patient();
                }
            }
        }
    }

    /// Asks a voter, unless its answer to this very question, or to a fuller one, is still to come.
    fn ask(&mut self, voter: NodeId, question: Question) {
        let covers = |asked: Question| asked == question || asked == Question::Value;
        if self.asked.iter().any(|asked| asked.to == voter && covers(asked.question)) {
            return;
        }
        self.asked.push(Asked { to: voter, question, since: Instant::now(), late: false });
        let (id, full) = (self.machine.id(), question == Question::Value);
        self.call(voter, question, KvRequestV1::Read { log: self.log.clone(), id, full });
    }

    fn call(&mut self, to: NodeId, question: Question, request: KvRequestV1) {
        let (session, deadline) = (self.session, self.deadline);
        self.calls.push(Box::pin(async move {
            let result = session.call(to, Kind::Read, request, deadline, &AtomicBool::new(false)).await;
            Answer { from: to, question, result }
        }));
    }

    /// Waits for the slowest of those that are to answer; when all have answered and the open slot is the
    /// reason to go on, for about one exchange.
    fn be_patient(&mut self) {
        let awaited = self.asked.iter().filter(|asked| !asked.late);
        let replicas = awaited.filter_map(|asked| self.session.replica(asked.to));
        let slowest = replicas.map(|replica| replica.health().patience(Kind::Read)).max();
        let wait = match slowest {
            Some(patience) => self.pace.stretched(patience),
            None => self.rinse_pause(),
        };
        self.patience = Instant::now() + wait;
    }

    fn rinse_pause(&mut self) -> Duration {
        let usual = self.session.replicas().iter().map(|replica| replica.health().usual(Kind::Read)).min();
        let pause = usual.unwrap_or(RINSE_MIN).clamp(RINSE_MIN, RINSE_MAX);
        self.rinses = self.rinses.saturating_add(1);
        pause.saturating_mul(1 << self.rinses.min(6)).min(RINSE_MAX)
    }

    fn take(&mut self, answer: Answer) -> ReadStep {
        let Answer { from, question, result } = answer;
        if let Some(at) = self.asked.iter().position(|asked| asked.to == from && asked.question == question) {
            self.asked.swap_remove(at);
        }
        match (question, result) {
            (Question::Repair, Ok(_)) => ReadStep::Wait,
            (_, Ok(KvResponseV1::Read(reply))) => self.hear(from, reply),
            (_, Ok(_)) => self.failed(from, ReplicaFailure::Nonsense),
            (_, Err(CallError::NotTaken(failure) | CallError::Lost(failure))) => self.failed(from, failure),
        }
    }

    fn hear(&mut self, from: NodeId, reply: ReadReply) -> ReadStep {
        if self.first.is_none() {
            self.first = Some((from, ReadReply { chosen_value: None, accepted_value: None, ..reply }));
        }
        match self.machine.on_reply(&self.session.config, from, reply) {
            Ok(step) => step,
            Err(ahead) => {
                self.ahead = Some(ahead);
                ReadStep::Wait
            }
        }
    }

    /// The first voter that fails has the others asked at once; after that, failures wait for patience.
    fn failed(&mut self, from: NodeId, failure: ReplicaFailure) -> ReadStep {
        self.reasons.note(from, failure);
        if std::mem::replace(&mut self.widened, true) {
            return ReadStep::Wait;
        }
        self.machine.on_timeout(&self.session.config)
    }

    fn lose_patience(&mut self) -> ReadStep {
        let now = Instant::now();
        for asked in self.asked.iter_mut().filter(|asked| !asked.late) {
            asked.late = true;
            self.reasons.note(asked.to, ReplicaFailure::Silent);
            explain::lost_patience(asked.to);
            self.session.counters.timeouts.add_one();
            if let Some(replica) = self.session.replica(asked.to) {
                replica.health().timed_out(Kind::Read, now - asked.since, now, self.session.random());
            }
        }
        self.patience = self.deadline;
        self.widened = true;
        self.pace.waited();
        self.pace.next();
        self.machine.on_timeout(&self.session.config)
    }
}

fn count(session: &Inner, need: Need, done: &Result<Done, Error>) {
    let counters = &session.counters;
    match done {
        Ok(done) => {
            counters.reads.add_one();
            if need != Need::Fresh {
                counters.reads_weak.add_one();
            }
            if done.result.one_round {
                counters.reads_one_round.add_one();
            }
        }
        Err(_) => counters.reads_failed.add_one(),
    }
}
