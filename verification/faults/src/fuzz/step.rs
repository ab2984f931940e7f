//! One log among peers that say anything, on a disk that may lose what was not yet durable.

use super::Source;
use super::build::{Build, IDS, Near, id};
use quorate_protocol::{
    Config, Incarnation, Input, LogRecord, Message, NodeId, Output, PaxosLog, Replica, Reply, RequestId, SLOT_MAX,
    Timer, VOTERS_MAX, WAITING_MAX, read_reply,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Inputs of one run; one takes a byte at least, and a long run finds little that a shorter one does not.
const INPUTS_MAX: usize = 400;

/// Steps a log that was restored from any valid record through any inputs and crashes. Whatever arrives: it does not
/// panic and its own invariants hold; neither its state nor its disk falls (P4); what it says of itself is on its disk
/// (P7); every request is answered once, from a chosen entry where it says "recorded" (P10); what it sends is well
/// formed; whoever waits, waits for a write or a timer; and once nobody waits, it comes to rest (P17).
pub(super) fn step(data: &[u8]) {
    let mut source = Source::new(data);
    let mut subject = Subject::new(&mut source);
    for _ in 0..INPUTS_MAX {
        if source.is_empty() {
            break;
        }
        subject.event(&mut source);
    }
    subject.rest();
}

struct Subject {
    config: Config,
    log: PaxosLog,
    /// What the store holds: kept here, apart from what the log says of it.
    disk: LogRecord,
    incarnation: u32,
    waiting: BTreeSet<RequestId>,
    timers: BTreeSet<Timer>,
}

const ME: NodeId = NodeId(1);

fn restore(config: &Config, incarnation: u32, record: LogRecord) -> PaxosLog {
    let replica = Replica::new(ME, Incarnation(incarnation), config.clone()).expect("the first voter is one");
    PaxosLog::restore(Arc::new(replica), record).expect("a record that this log wrote, or that passed its check")
}

impl Subject {
    fn new(source: &mut Source<'_>) -> Self {
        let voters = source.pick(&[3_u16, 3, 5, 1, 2, 9]);
        let config = Config::new(1.into(), (1..=voters).map(NodeId)).expect("at most nine voters, no two alike");
        let near = Near { slot: 1, ballot: quorate_protocol::Ballot::ZERO };
        let drawn = Build { source, near }.record();
        let disk = if drawn.check().is_ok() { drawn } else { LogRecord::default() };
        let log = restore(&config, 1, disk.clone());
        Self { config, log, disk, incarnation: 1, waiting: BTreeSet::new(), timers: BTreeSet::new() }
    }

    fn event(&mut self, source: &mut Source<'_>) {
        let record = self.log.record();
        let near = Near { slot: record.open_slot().0, ballot: record.promised };
        let kind = source.below(20);
        let mut build = Build { source, near };
        let input = match kind {
            0..=7 => Input::Receive(build.message(ME)),
            8..=11 => Input::Durable,
            12..=13 => Input::Propose(build.request()),
            14 => Input::Withdraw(id(build.source.below(IDS))),
            15 => Input::Help(build.slot()),
            16 => Input::Settle(build.slot()),
            17 => Input::Timeout(Timer::Resend),
            18 => Input::Timeout(Timer::Defer),
            _ => return self.crash(build.source.chance(128)),
        };
        self.step(&input);
    }

    /// The write under way may or may not have reached the disk; everything else is gone.
    fn crash(&mut self, written: bool) {
        if let Some(record) = self.log.writing().filter(|_| written).cloned() {
            self.persist(record);
        }
        self.incarnation += 1;
        self.log = restore(&self.config, self.incarnation, self.disk.clone());
        self.waiting.clear();
        self.timers.clear();
    }

    fn persist(&mut self, record: LogRecord) {
        assert!(record.follows(&self.disk), "P4: the disk fell from {:?} to {record:?}", self.disk);
        self.disk = record;
    }

    fn step(&mut self, input: &Input) -> Output {
        let before = self.log.record().clone();
        let under_way = self.log.writing().cloned();
        self.note(input);
        let output = self.log.step(input.clone());
        let confirmed = under_way.is_some() && *input == Input::Durable;
        if confirmed && let Some(record) = under_way.clone() {
            self.persist(record);
        }
        assert_eq!(self.log.check(), Ok(()), "by {input:?} on {before:?}");
        assert!(self.log.record().follows(&before), "P4: fell from {before:?} by {input:?}");
        assert_eq!(self.log.durable(), &self.disk, "by {input:?}: what is called durable is not on the disk");
        match &output.write {
            Some(_) => assert!(under_way.is_none() || confirmed, "two writes at once, by {input:?}"),
            None => assert_eq!(self.log.writing(), under_way.as_ref().filter(|_| !confirmed), "by {input:?}"),
        }
        assert!(output.write.is_none() || output.write.as_ref() == self.log.writing());
        output.send.iter().for_each(|message| self.sent(&before, message));
        self.answered(&output);
        self.readable();
        self.image();
        assert!(output.send.len() <= 4 * VOTERS_MAX && output.timers.len() <= 4 && output.done.len() <= WAITING_MAX);
        self.timers.extend(output.timers.iter().map(|(timer, _)| *timer));
        let woken = self.log.writing().is_some() || !self.timers.is_empty();
        assert!(self.waiting.is_empty() || woken, "a request waits, and nothing will wake it, after {input:?}");
        output
    }

    fn note(&mut self, input: &Input) {
        match input {
            Input::Propose(request) => drop(self.waiting.insert(request.id)),
            Input::Timeout(timer) => drop(self.timers.remove(timer)),
            _ => {}
        }
    }

    fn sent(&self, before: &LogRecord, message: &Message) {
        assert_eq!(message.row, self.disk.row(), "P7: a row that is not on the disk");
        if let Some(entry) = &message.accepted {
            let vote = self.disk.accepted.as_ref().map(|vote| &vote.entry);
            assert_eq!(vote, Some(entry), "P7: a vote that is not on the disk");
        }
        // What a step answers first and learns later travels without what it learned.
        let (then, now) = (before.chosen_slot(), self.log.record().chosen_slot());
        assert!(then <= message.chosen.slot && message.chosen.slot <= now, "a notice of what is not held");
        let parties = message.from == ME && message.to != ME && self.config.is_voter(message.to);
        assert!(parties && message.epoch == self.config.epoch(), "sent astray: {message:?}");
        // In the last slot there is no next one to name, and nobody would look at the message.
        if self.log.record().open_slot().0 < SLOT_MAX {
            assert_eq!(message.validate(), Ok(()), "malformed: {message:?}");
        }
    }

    fn answered(&mut self, output: &Output) {
        for (id, reply) in &output.done {
            assert!(self.waiting.remove(id), "{id:?} is answered and did not wait: {reply:?}");
            if let Reply::Recorded(recorded) = reply {
                let found = self.log.record().chosen_entry().and_then(|entry| entry.find(*id));
                assert_eq!(found, Some(recorded), "P10: {id:?} is recorded in no chosen entry");
            }
        }
        assert_eq!(self.waiting.len(), self.log.waiting());
    }

    /// P13 rests on it: a reader is told of every durable vote, unless its slot is known chosen, and of no other.
    fn readable(&self) {
        let told = self.log.snapshot();
        let reply = read_reply(quorate_protocol::ReadId::default(), &told, true);
        let passed = told.open_slot() > self.disk.open_slot();
        assert!(passed && told.accepted.is_none() || told.accepted == self.disk.accepted, "{told:?}");
        assert!(reply.accepted >= self.disk.chosen_slot() && reply.chosen == self.log.record().chosen_slot());
    }

    /// A trace goes on from the image of an idle log, so nothing may be missing in it.
    fn image(&self) {
        if let Some(image) = self.log.idle_image() {
            let replica = Arc::new(self.log.replica().clone());
            assert_eq!(PaxosLog::from_idle_image(replica, image).as_ref(), Ok(&self.log));
        }
    }

    /// Nobody waits any more, and the disk and the timers work.
    fn rest(&mut self) {
        (0..IDS).for_each(|number| drop(self.step(&Input::Withdraw(id(number)))));
        for _ in 0..100 {
            self.step(&Input::Durable);
            self.step(&Input::Timeout(Timer::Resend));
            self.step(&Input::Timeout(Timer::Defer));
            if self.log.is_idle() {
                return;
            }
        }
        panic!("P17: it never comes to rest: {:?}", self.log.phase());
    }
}
