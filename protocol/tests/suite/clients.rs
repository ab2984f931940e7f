//! The scheduler's clients: operations through [`WriteAttempt`], and reads through [`QuorumRead`].

use crate::audit::Verdict;
use crate::scheduler::Scheduler;
use quorate_protocol::{
    Config, Expect, NodeId, Operation, QuorumRead, ReadId, ReadReply, ReadStep, Reply, Request, RequestId, Slot,
    Version, WriteAttempt, WriteOutcome, WriteStep, read_reply,
};
use std::collections::BTreeMap;

/// One operation, or one `resolve` of it.
struct Writer {
    machine: WriteAttempt,
    /// Of a `resolve`, "not applied" says nothing but that it did not close the id.
    is_resolve: bool,
    outcome: Option<WriteOutcome>,
}

struct Reader {
    machine: QuorumRead,
    floor: Slot,
    replies: Vec<(NodeId, ReadReply)>,
}

pub(crate) struct Clients {
    writers: Vec<Writer>,
    /// Attempts that left a client and have not arrived.
    sent: Vec<(usize, NodeId, Request)>,
    /// Who waits at a node for a request: (writer, attempt).
    tickets: BTreeMap<(usize, RequestId), Vec<(usize, u8)>>,
    /// Answers under way: (writer, node, attempt, reply).
    replies: Vec<(usize, NodeId, u8, Reply)>,
    reader: Option<Reader>,
    /// Replies to reads that are over. They arrive in the next one, and must count nothing.
    late: Vec<(NodeId, ReadReply)>,
    voters: Vec<NodeId>,
    pub(crate) reads: u64,
}

const OPERATIONS_MAX: usize = 80;

impl Clients {
    pub(crate) fn new(config: &Config) -> Self {
        let voters = config.voters().to_vec();
        let (writers, sent, tickets, replies) = (Vec::new(), Vec::new(), BTreeMap::new(), Vec::new());
        Self { writers, sent, tickets, replies, reader: None, late: Vec::new(), voters, reads: 0 }
    }

    pub(crate) fn answered(&mut self, at: usize, id: RequestId, reply: Reply) {
        for (writer, attempt) in self.tickets.remove(&(at, id)).unwrap_or_default() {
            self.replies.push((writer, self.voters[at], attempt, reply));
        }
    }

    /// The node died with all that waited there.
    pub(crate) fn lost(&mut self, at: usize) {
        self.tickets.retain(|(node, _), _| *node != at);
    }
}

impl Scheduler {
    pub(crate) fn client_event(&mut self) -> Verdict {
        match self.random.below(23) {
            0..4 => self.begin(),
            4..10 => self.attempt_arrives(),
            10..16 => self.reply_arrives(),
            16 => self.writer_loses_patience(),
            17 => self.deadline(),
            18 => self.node_deadline(),
            _ => self.read_event(),
        }
    }

    fn operation(&mut self) -> Operation {
        let number = self.random.below(5);
        let value = number.to_string();
        match self.random.below(6) {
            0 => Operation::Delete,
            1 => Operation::CompareAndSet { expect: Expect::Value(value.into()), new: Some("7".into()) },
            2 => {
                let slot = Slot(self.audit.last_chosen().0.saturating_sub(number as u64 % 2));
                let expect = Expect::Version(Version { slot, position: 0 });
                Operation::CompareAndSet { expect, new: Some("x".into()) }
            }
            3 => Operation::CompareAndSet { expect: Expect::Absent, new: Some("0".into()) },
            4 => Operation::Increment(i64::try_from(number).unwrap()),
            _ => Operation::put(value),
        }
    }

    /// A new operation, or now and then a `resolve` of an earlier one.
    fn begin(&mut self) -> Verdict {
        let count = self.clients.writers.len();
        if count >= OPERATIONS_MAX {
            return Ok(());
        }
        let mut replicas = self.config.voters().to_vec();
        let turn = self.random.below(replicas.len());
        replicas.rotate_left(turn);
        let keep = u8::try_from(self.random.below(4)).unwrap();
        let unknown = self.unknown_writer().filter(|_| self.random.chance(40));
        let (id, base, operation) = if let Some((id, base)) = unknown {
            self.audit.cancelled.insert(id);
            (id, base, Operation::Cancel)
        } else {
            let operation = self.operation();
            let id = RequestId::new(1, count as u64);
            self.audit.operations.insert(id, operation.clone());
            (id, self.audit.last_chosen(), operation)
        };
        let is_resolve = operation == Operation::Cancel;
        let (machine, step) = WriteAttempt::start(id, Some(base), keep, operation, replicas);
        self.clients.writers.push(Writer { machine, is_resolve, outcome: None });
        self.perform(count, step)
    }

    /// An operation that ended as unknown, and its base: what a client may ask to resolve.
    fn unknown_writer(&mut self) -> Option<(RequestId, Slot)> {
        let writers = self.clients.writers.iter();
        let unknown = writers.filter(|writer| writer.outcome == Some(WriteOutcome::Unknown));
        let tokens: Vec<_> = unknown.filter_map(|w| Some((w.machine.id(), w.machine.base()?))).collect();
        tokens.get(self.random.below(tokens.len())).copied()
    }

    fn perform(&mut self, writer: usize, step: WriteStep) -> Verdict {
        match step {
            WriteStep::Send { to, request } => self.clients.sent.push((writer, to, request)),
            WriteStep::Done(outcome) => return self.end(writer, outcome),
            WriteStep::AskSlot(to) => {
                let slot = self.nodes[self.config.index(to).unwrap()].log.snapshot().chosen_slot();
                let step = self.clients.writers[writer].machine.on_slot(slot);
                return self.perform(writer, step);
            }
            WriteStep::Wait => {}
        }
        Ok(())
    }

    fn end(&mut self, writer: usize, outcome: WriteOutcome) -> Verdict {
        self.clients.writers[writer].outcome = Some(outcome);
        self.is_true(&self.clients.writers[writer])
    }

    fn attempt_arrives(&mut self) -> Verdict {
        if self.clients.sent.is_empty() {
            return Ok(());
        }
        let (writer, to, request) = self.clients.sent.swap_remove(self.random.below(self.clients.sent.len()));
        let at = self.config.index(to).unwrap();
        self.clients.tickets.entry((at, request.id)).or_default().push((writer, request.attempt));
        self.propose(to, request)
    }

    fn reply_arrives(&mut self) -> Verdict {
        if self.clients.replies.is_empty() {
            return Ok(());
        }
        let which = self.random.below(self.clients.replies.len());
        let (writer, from, attempt, reply) = self.clients.replies.swap_remove(which);
        if self.random.chance(10) || self.clients.writers[writer].outcome.is_some() {
            return Ok(());
        }
        let step = self.clients.writers[writer].machine.on_reply(from, attempt, reply);
        self.perform(writer, step)
    }

    fn open_writer(&mut self) -> Option<usize> {
        let open = |writer: &usize| self.clients.writers[*writer].outcome.is_none();
        let open: Vec<usize> = (0..self.clients.writers.len()).filter(open).collect();
        open.get(self.random.below(open.len())).copied()
    }

    fn writer_loses_patience(&mut self) -> Verdict {
        let Some(writer) = self.open_writer() else { return Ok(()) };
        let step = self.clients.writers[writer].machine.on_timeout();
        self.perform(writer, step)
    }

    fn deadline(&mut self) -> Verdict {
        let Some(writer) = self.open_writer().filter(|_| self.random.chance(20)) else { return Ok(()) };
        let outcome = self.clients.writers[writer].machine.on_deadline();
        self.end(writer, outcome)
    }

    fn node_deadline(&mut self) -> Verdict {
        let waiting: Vec<_> = self.clients.tickets.keys().copied().collect();
        let Some((at, id)) = waiting.get(self.random.below(waiting.len())).copied() else { return Ok(()) };
        self.withdraw(at, id)
    }

    fn read_event(&mut self) -> Verdict {
        let Some(reader) = &mut self.clients.reader else { return self.begin_read() };
        let step = if reader.replies.is_empty() || self.random.chance(10) {
            reader.machine.on_timeout(&self.config)
        } else {
            let (from, reply) = reader.replies.swap_remove(self.random.below(reader.replies.len()));
            reader.machine.on_reply(&self.config, from, reply)
        };
        self.perform_read(step)
    }

    fn begin_read(&mut self) -> Verdict {
        self.clients.reads += 1;
        let id = ReadId { sequence: self.clients.reads, ..ReadId::default() };
        let preference = [self.config.voters()[self.random.below(self.nodes.len())]];
        let (machine, step) = QuorumRead::start(id, &self.config, &preference);
        let replies = std::mem::take(&mut self.clients.late);
        self.clients.reader = Some(Reader { machine, floor: self.audit.last_chosen(), replies });
        self.perform_read(step)
    }

    /// Replies are made at once, and may arrive much later, or never.
    fn perform_read(&mut self, step: ReadStep) -> Verdict {
        let Some(reader) = &mut self.clients.reader else { return Ok(()) };
        match step {
            ReadStep::Wait => Ok(()),
            ReadStep::Ask { voters, full } => {
                for voter in voters.iter(&self.config).filter(|_| !self.random.chance(20)) {
                    let log = &self.nodes[self.config.index(voter).unwrap()].log;
                    let full = full.contains(&self.config, voter);
                    reader.replies.push((voter, read_reply(reader.machine.id(), &log.snapshot(), full)));
                }
                Ok(())
            }
            ReadStep::Help { voter, slot } => self.repair_for_reader(voter, quorate_protocol::Input::Help(slot)),
            ReadStep::Settle { voter, slot } => self.repair_for_reader(voter, quorate_protocol::Input::Settle(slot)),
            ReadStep::Done(result) => {
                let floor = reader.floor;
                self.clients.late = self.clients.reader.take().map(|reader| reader.replies).unwrap_or_default();
                let value = self.audit.chosen(result.slot).map(|entry| (entry.value.clone(), entry.version));
                let read = (result.snapshot.value, result.snapshot.version);
                if result.slot < floor || read != value.unwrap_or_default() {
                    return Err(format!("P13, P14: slot {:?} was read as {read:?}, floor {floor:?}", result.slot));
                }
                Ok(())
            }
        }
    }

    fn repair_for_reader(&mut self, voter: NodeId, input: quorate_protocol::Input) -> Verdict {
        let at = self.config.index(voter).unwrap();
        self.step(at, input)
    }

    /// Every attempt that is still under way arrives now, and must not change what was told (P18).
    pub(crate) fn deliver_late_attempts(&mut self) -> Verdict {
        while !self.clients.sent.is_empty() {
            self.attempt_arrives()?;
        }
        Ok(())
    }

    pub(crate) fn what_was_told_is_true(&self) -> Verdict {
        self.clients.writers.iter().try_for_each(|writer| self.is_true(writer))
    }

    fn is_true(&self, writer: &Writer) -> Verdict {
        match &writer.outcome {
            None => Ok(()),
            Some(WriteOutcome::NotApplied(_)) if writer.is_resolve => Ok(()),
            Some(outcome) => self.audit.told(writer.machine.id(), outcome),
        }
    }

    /// A read after healing, to its end.
    pub(crate) fn final_read(&mut self, bound: usize) -> Verdict {
        self.clients.reader = None;
        let before = self.clients.reads;
        for _ in 0..bound {
            self.read_event()?;
            self.heal(10_000)?;
            if self.clients.reads > before && self.clients.reader.is_none() {
                return Ok(());
            }
        }
        Err(format!("a read does not end within {bound} steps of a quiet cluster"))
    }
}
