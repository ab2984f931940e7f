use super::mismatch::{Mismatch, same};
use super::told::Told;
use quorate_node::driver::{ClientRequest, Driver, DriverLimits, DriverRefusal, Effects, Event};
use quorate_node::store::{LmdbReader, Records};
use quorate_protocol::{
    Envelope, Incarnation, Input, LogId, LogRecord, Output, PaxosLog, Replica, Reply, Request, RequestId, Timer,
};
use quorate_verification::model::transitions::{Class, Event as Kind, Step, Witness};
use std::sync::Arc;

/// Between two events: longer than any timer of the core, and than the pace of a log is remembered.
const APART_MS: u64 = 10_000;

/// A witness in the middle of its steps: the driver with its one log, and beside it the core alone.
pub(super) struct Played<'a> {
    witness: &'a Witness,
    log: LogId,
    next: usize,
    now_ms: u64,
    core: PaxosLog,
    driver: Driver<LmdbReader>,
    told: Told,
    /// Attempts that wait: whose, and by what token.
    waiting: Vec<(RequestId, u64)>,
    tokens: u64,
    last: Option<Class>,
}

/// A witness whose node is down.
pub(super) struct Down<'a> {
    witness: &'a Witness,
    log: LogId,
    next: usize,
    now_ms: u64,
    core: PaxosLog,
}

/// Why a witness does not go on by itself.
#[derive(Debug)]
pub(super) enum Stop {
    /// This record must become durable.
    Commit(LogRecord),
    /// The node is to crash; this is then on disk, of what was not.
    Crash(Option<LogRecord>),
    /// It is over.
    End,
}

impl<'a> Played<'a> {
    /// At its first step. `log` has the witness's record in the store.
    pub(super) fn new(witness: &'a Witness, log: LogId, store: LmdbReader) -> Result<Self, Mismatch> {
        let replica = Arc::new(witness.replica.clone());
        let core = PaxosLog::restore(Arc::clone(&replica), witness.record.clone())?;
        let told = Told::default();
        let driver = driver(replica, store, &told);
        let (waiting, tokens, last) = (Vec::new(), 0, None);
        let mut played = Self { witness, log, next: 0, now_ms: 0, core, driver, told, waiting, tokens, last };
        played.load()?;
        Ok(played)
    }

    /// Which key it has.
    pub(super) fn log(&self) -> &LogId {
        &self.log
    }

    /// Takes steps until one needs the store.
    pub(super) fn advance(&mut self) -> Result<Stop, Mismatch> {
        loop {
            let input = match self.witness.steps.get(self.next) {
                None => return self.end(),
                Some(Step::Crash { kept }) => {
                    return Ok(Stop::Crash(self.core.writing().filter(|_| *kept).cloned()));
                }
                Some(Step::Input(Input::Durable)) => {
                    let pending = self.core.writing().ok_or(Mismatch::Witness("nothing is being written"))?;
                    return Ok(Stop::Commit(pending.clone()));
                }
                Some(Step::Input(input)) => input.clone(),
            };
            self.tell(&input)?;
        }
    }

    /// The write under way is committed: compares what the store has, and confirms it.
    pub(super) fn confirm(&mut self, store: &LmdbReader) -> Result<(), Mismatch> {
        same(self.next, "the record", &store.load(&self.log)?.as_ref(), &self.core.writing())?;
        self.tell(&Input::Durable)
    }

    /// The node is gone, and with it the driver's hold on the store.
    pub(super) fn crash(self) -> Down<'a> {
        let Self { witness, log, next, now_ms, core, .. } = self;
        Down { witness, log, next, now_ms, core }
    }

    /// Has the driver restore the log from the store.
    fn load(&mut self) -> Result<(), Mismatch> {
        self.now_ms += APART_MS;
        let hosted = self.driver.inspect(self.now_ms, &self.log)?;
        same(self.next, "the refusal", &hosted.err(), &None::<DriverRefusal>)?;
        same(self.next, "the log", &self.driver.log(&self.log), &Some(&self.core))
    }

    /// One step, at the driver and at the core.
    fn tell(&mut self, input: &Input) -> Result<(), Mismatch> {
        self.now_ms += APART_MS;
        let event = self.event(input)?;
        let mut effects = Effects::default();
        self.driver.handle(self.now_ms, event, &mut effects)?;
        let output = self.step(input)?;
        self.compare(&effects, output)?;
        self.next += 1;
        Ok(())
    }

    fn event(&mut self, input: &Input) -> Result<Event, Mismatch> {
        let log = self.log.clone();
        Ok(match input {
            Input::Receive(message) => Event::Peer(vec![Envelope { log, message: message.clone() }]),
            Input::Propose(request) => {
                self.tokens += 1;
                self.waiting.push((request.id, self.tokens));
                let (token, request) = (self.tokens, request.clone());
                Event::Client(ClientRequest { token, log, request, deadline_ms: u64::MAX })
            }
            Input::Withdraw(id) => {
                let token = self.waiting.iter().find(|(waiting, _)| waiting == id).map(|(_, token)| *token);
                let token = token.ok_or(Mismatch::Witness("nobody waits for what is withdrawn"))?;
                Event::Withdraw { token, log, id: *id }
            }
            Input::Help(slot) => Event::Help { log, slot: *slot },
            Input::Settle(slot) => Event::Settle { log, slot: *slot },
            // All timers that are armed are due by now.
            Input::Timeout(_) => Event::Tick,
            Input::Durable => Event::Synced(vec![log]),
        })
    }

    /// Has the core do what the driver had it do, which must be what the witness says. Beside it a timer of a round that
    /// is over may fire, which the models leave out, and nothing may come of it.
    fn step(&mut self, said: &Input) -> Result<Output, Mismatch> {
        let mut result = None;
        for input in self.told.take() {
            let before = self.core.clone();
            let output = self.core.step(input.clone());
            if is_same(&input, said) && result.is_none() {
                self.last = Some(Class::new(&before, Kind::new(&before, &input), &output, &self.core));
                result = Some(output);
            } else if input != Input::Timeout(Timer::Resend) || self.core != before || output != Output::default() {
                return Err(self.told_otherwise(&format!("{input:?}"), said));
            }
        }
        result.ok_or_else(|| self.told_otherwise("nothing", said))
    }

    fn told_otherwise(&self, told: &str, said: &Input) -> Mismatch {
        Mismatch::Told { step: self.next, told: told.to_owned(), said: format!("{said:?}") }
    }

    fn compare(&mut self, effects: &Effects, output: Output) -> Result<(), Mismatch> {
        let step = self.next;
        let log = &self.log;
        let send: Vec<_> = output.send.into_iter().map(|message| Envelope { log: log.clone(), message }).collect();
        let writes: Vec<_> = output.write.into_iter().map(|record| (log.clone(), record)).collect();
        let shown = output.readable.then(|| (log.clone(), Arc::new(self.core.snapshot())));
        let mut answers: Vec<(u64, Result<Reply, DriverRefusal>)> = Vec::new();
        for (id, reply) in output.done {
            let asked = self.waiting.iter().filter(|(waiting, _)| *waiting == id);
            answers.extend(asked.map(|(_, token)| (*token, Ok(reply))));
            self.waiting.retain(|(waiting, _)| *waiting != id);
        }
        same(step, "the writes", &effects.writes, &writes)?;
        same(step, "the messages", &effects.send, &send)?;
        same(step, "the answers", &effects.answers, &answers)?;
        same(step, "what readers are shown", &effects.publish, &shown.into_iter().collect())?;
        same(step, "the log", &self.driver.log(log), &Some(&self.core))
    }

    fn end(&self) -> Result<Stop, Mismatch> {
        match self.last {
            Some(class) if class == self.witness.class => Ok(Stop::End),
            found => {
                let wanted = format!("{:?}", self.witness.class);
                Err(Mismatch::Class { found: format!("{found:?}"), wanted })
            }
        }
    }
}

impl<'a> Down<'a> {
    /// The node starts again over the reopened store, which is in this incarnation now.
    pub(super) fn restart(self, store: LmdbReader, incarnation: Incarnation) -> Result<Played<'a>, Mismatch> {
        let Self { witness, log, next, now_ms, core: before } = self;
        let Some(Step::Crash { kept }) = witness.steps.get(next) else {
            return Err(Mismatch::Witness("it does not crash here"));
        };
        let record = before.writing().filter(|_| *kept).unwrap_or(before.durable()).clone();
        same(next, "the record", &store.load(&log)?.as_ref(), &Some(&record))?;
        let replica = before.replica();
        let replica = Arc::new(Replica::new(replica.me().node, incarnation, replica.config().clone())?);
        let core = PaxosLog::restore(Arc::clone(&replica), record)?;
        let last = Some(Class::new(&before, Kind::Crash { kept: *kept }, &Output::default(), &core));
        let told = Told::default();
        let driver = driver(replica, store, &told);
        let waiting = Vec::new();
        let mut played = Played { witness, log, next: next + 1, now_ms, core, driver, told, waiting, tokens: 0, last };
        played.load()?;
        Ok(played)
    }
}

fn driver(replica: Arc<Replica>, store: LmdbReader, told: &Told) -> Driver<LmdbReader> {
    Driver::new(replica, store, 1, DriverLimits::default()).recorded(Some(Box::new(told.clone())))
}

/// The same input; how long a window a request asks for is the driver's to say.
fn is_same(told: &Input, said: &Input) -> bool {
    match (told, said) {
        (Input::Propose(told), Input::Propose(said)) => *told == Request { keep: told.keep, ..said.clone() },
        _ => told == said,
    }
}
