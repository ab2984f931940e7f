//! What clients ask for, and how they go about it.

use super::call::{Answer, Call};
use super::client::Doing;
use super::draw::key;
use super::happening::Happening;
use super::history;
use super::report::Failure;
use super::simulation::Simulation;
use quorate_history::{self as checker, Asked};
use quorate_protocol::{
    NodeId, QuorumRead, ReadId, ReadResult, ReadStep, Reply, RequestId, WriteAttempt, WriteOutcome, WriteStep,
};

/// How long an operation may take, while there are faults and afterwards.
const DEADLINE_MS: (u64, u64) = (1500, 20_000);
/// How old a known slot may be to serve as a base.
const BASE_MS: u64 = 200;

impl Simulation {
    /// Begins a client's next operation, if it has one.
    pub(super) fn begin(&mut self, index: usize) -> Result<(), Failure> {
        let keys = u64::from(self.config.keys);
        let drawn = self.random.below(keys);
        let Some(client) = self.clients.get_mut(index) else { return Ok(()) };
        if !client.is_idle() {
            return Ok(());
        }
        let next = if self.healed {
            client.closing.front().cloned()
        } else if client.left > 0 {
            client.left -= 1;
            Some((key(drawn), self.random.below(100) < 65))
        } else {
            None
        };
        let Some((log, writes)) = next else { return Ok(()) };
        client.is_closing = self.healed;
        client.op += 1;
        client.log = log;
        client.call = self.serial;
        let op = client.op;
        let wait = if self.healed { DEADLINE_MS.1 } else { DEADLINE_MS.0 };
        self.schedule(wait, Happening::Deadline { client: index, op });
        if writes { self.begin_write(index) } else { self.begin_read(index) }
    }

    fn begin_write(&mut self, index: usize) -> Result<(), Failure> {
        let operation = self.draw_operation(index);
        let replicas = self.draw_replicas();
        let now_ms = self.now_ms;
        let Some(client) = self.clients.get_mut(index) else { return Ok(()) };
        let fresh = |known: &&(_, u64)| now_ms - known.1 <= BASE_MS;
        let base = client.bases.get(&client.log).filter(fresh).map(|known| known.0);
        let id = RequestId::new(client.session, client.op);
        let (attempt, step) = WriteAttempt::start(id, base, 2, operation.clone(), replicas);
        client.doing = Doing::Writing { attempt, operation };
        self.on_write_step(index, step)
    }

    fn begin_read(&mut self, index: usize) -> Result<(), Failure> {
        let preference = self.draw_replicas();
        let Some(client) = self.clients.get_mut(index) else { return Ok(()) };
        let id = ReadId { client: quorate_protocol::ClientId(client.session), sequence: client.op };
        let floor = self.audit.floor(&client.log);
        let (read, step) = QuorumRead::start(id, &self.voters, &preference);
        client.doing = Doing::Reading { read, floor };
        self.on_read_step(index, step)
    }

    /// A client hears an answer.
    pub(super) fn on_answer(&mut self, index: usize, op: u64, from: NodeId, answer: Answer) -> Result<(), Failure> {
        let now_ms = self.now_ms;
        let Some(client) = self.clients.get_mut(index) else { return Ok(()) };
        let current = client.op == op;
        match (answer, &mut client.doing) {
            (Answer::Slot(slot), Doing::Writing { attempt, .. }) if current => {
                let step = attempt.on_slot(slot);
                let log = client.log.clone();
                client.learn(&log, slot, now_ms);
                self.on_write_step(index, step)
            }
            (Answer::Written { attempt: number, result }, Doing::Writing { attempt, .. }) if current => {
                let forgotten = matches!(result, Ok(Reply::Forgotten));
                self.report.forgotten += u64::from(forgotten);
                client.forgotten += u32::from(forgotten && client.is_closing);
                if forgotten {
                    // The key has moved far past the slot that served as the base.
                    client.bases.remove(&client.log);
                }
                let step = match result {
                    Ok(reply) => attempt.on_reply(from, number, reply),
                    Err(_refused) => attempt.on_unsent(from, number),
                };
                self.on_write_step(index, step)
            }
            (Answer::Unsent { attempt: number }, Doing::Writing { attempt, .. }) if current => {
                let step = attempt.on_unsent(from, number);
                self.on_write_step(index, step)
            }
            // Replies to earlier reads come too: the machine must tell them apart by their id.
            (Answer::Read(reply), Doing::Reading { read, .. }) => {
                let step = read.on_reply(&self.voters, from, reply);
                self.on_read_step(index, step)
            }
            _ => Ok(()),
        }
    }

    /// Patience with what was asked last has run out.
    pub(super) fn on_patience(&mut self, index: usize, op: u64, asked: u64) -> Result<(), Failure> {
        let Some(client) = self.clients.get_mut(index) else { return Ok(()) };
        if client.op != op || client.asked != asked {
            return Ok(());
        }
        match &mut client.doing {
            Doing::Nothing => Ok(()),
            Doing::Writing { attempt, .. } => {
                let step = attempt.on_timeout();
                self.on_write_step(index, step)
            }
            Doing::Reading { read, .. } => {
                let step = read.on_timeout(&self.voters);
                self.on_read_step(index, step)
            }
        }
    }

    /// The operation's deadline.
    pub(super) fn on_deadline(&mut self, index: usize, op: u64) -> Result<(), Failure> {
        let Some(client) = self.clients.get_mut(index) else { return Ok(()) };
        if client.op != op || client.is_idle() {
            return Ok(());
        }
        if client.is_closing {
            return Err(Failure::Progress(format!("client {index}, operation {op} on {:?}", client.log.key)));
        }
        match &client.doing {
            Doing::Writing { attempt, .. } => {
                let outcome = attempt.on_deadline();
                self.finish_write(index, outcome)
            }
            _ => {
                self.report.unavailable += 1;
                self.finish(index);
                Ok(())
            }
        }
    }

    fn on_write_step(&mut self, index: usize, step: WriteStep) -> Result<(), Failure> {
        let Some(log) = self.clients.get(index).map(|client| client.log.clone()) else { return Ok(()) };
        match step {
            WriteStep::AskSlot(to) => self.ask(index, [(to, Call::Slot { log })]),
            WriteStep::Send { to, request } => self.ask(index, [(to, Call::Write { log, request })]),
            WriteStep::Wait => {}
            WriteStep::Done(outcome) => return self.finish_write(index, outcome),
        }
        Ok(())
    }

    fn on_read_step(&mut self, index: usize, step: ReadStep) -> Result<(), Failure> {
        let Some(client) = self.clients.get(index) else { return Ok(()) };
        let (log, id) = match &client.doing {
            Doing::Reading { read, .. } => (client.log.clone(), read.id()),
            _ => return Ok(()),
        };
        match step {
            ReadStep::Wait => {}
            ReadStep::Ask { voters, full } => {
                let config = self.voters.clone();
                let ask = |to| (to, Call::Read { log: log.clone(), id, full: full.contains(&config, to) });
                self.ask(index, voters.iter(&config).map(ask));
            }
            ReadStep::Help { voter, slot } => self.ask(index, [(voter, Call::Help { log, slot })]),
            ReadStep::Settle { voter, slot } => self.ask(index, [(voter, Call::Settle { log, slot })]),
            ReadStep::Done(result) => return self.finish_read(index, &result),
        }
        Ok(())
    }

    fn ask(&mut self, index: usize, calls: impl IntoIterator<Item = (NodeId, Call)>) {
        let Some(client) = self.clients.get_mut(index) else { return };
        client.asked += 1;
        let (op, asked) = (client.op, client.asked);
        let patience = 40 + self.random.below(80);
        self.schedule(patience, Happening::Patience { client: index, op, asked });
        for (to, call) in calls {
            self.call(index, op, to, call);
        }
    }

    fn finish_write(&mut self, index: usize, outcome: WriteOutcome) -> Result<(), Failure> {
        let (now_ms, serial) = (self.now_ms, self.serial);
        let Some(client) = self.clients.get_mut(index) else { return Ok(()) };
        let Doing::Writing { attempt, operation } = &client.doing else { return Ok(()) };
        let (id, log) = (attempt.id(), client.log.clone());
        let done = checker::Operation {
            process: index as u64,
            key: log.key.to_vec(),
            call: client.call,
            ret: Some(serial),
            op: history::asked(operation),
            outcome: history::written(&outcome),
        };
        match outcome {
            WriteOutcome::Recorded(recorded) => client.learn(&log, recorded.version.slot, now_ms),
            WriteOutcome::NotApplied(_) => self.not_applied.push((log.clone(), id)),
            WriteOutcome::Unknown => self.report.unknown += 1,
        }
        let again = client.is_closing && client.forgotten > 0 && outcome == WriteOutcome::Unknown;
        if again && client.forgotten <= 5 {
            self.history.push(done);
            self.finish(index);
            return Ok(());
        }
        if client.is_closing && !matches!(outcome, WriteOutcome::Recorded(_)) {
            return Err(Failure::Progress(format!("client {index} was told {outcome:?} on {:?}", log.key)));
        }
        self.close_one(index);
        self.history.push(done);
        self.finish(index);
        Ok(())
    }

    fn finish_read(&mut self, index: usize, result: &ReadResult) -> Result<(), Failure> {
        let (now_ms, serial) = (self.now_ms, self.serial);
        let Some(client) = self.clients.get_mut(index) else { return Ok(()) };
        let Doing::Reading { floor, .. } = client.doing else { return Ok(()) };
        let log = client.log.clone();
        let read = self.audit.read(&log, floor, result.slot, &result.snapshot);
        client.learn(&log, result.slot, now_ms);
        client.seen.insert(log.clone(), result.snapshot.clone());
        self.history.push(checker::Operation {
            process: index as u64,
            key: log.key.to_vec(),
            call: client.call,
            ret: Some(serial),
            op: Asked::Get,
            outcome: history::read(&result.snapshot),
        });
        self.report.reads += 1;
        self.report.one_round += u64::from(result.one_round);
        self.held(read)?;
        self.close_one(index);
        self.finish(index);
        Ok(())
    }

    fn close_one(&mut self, index: usize) {
        if let Some(client) = self.clients.get_mut(index).filter(|client| client.is_closing) {
            client.closing.pop_front();
            client.forgotten = 0;
        }
    }

    fn finish(&mut self, index: usize) {
        self.report.operations += 1;
        if let Some(client) = self.clients.get_mut(index) {
            client.doing = Doing::Nothing;
        }
        let pause = self.random.below(60);
        self.schedule(pause, Happening::Begin { client: index });
    }
}
