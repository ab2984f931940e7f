//! P23: a key that nobody writes any more, on a cluster that has healed, until its replicas answer what is chosen.

use super::{Cluster, KeyState};
use quorate_protocol::{
    ClientId, Config, Input, Message, Output, PaxosLog, QuorumRead, Range, ReadId, ReadReply, ReadStep, Slot, Timer,
    bring_up, read_reply,
};
use std::collections::{BTreeMap, VecDeque};

/// More refreshes than any replica may need.
const REFRESHES_MAX: u8 = 8;
/// More events than anything asked of a log may take.
const EVENTS_MAX: u32 = 1000;

/// A key's logs from some state on. What was on the network is lost; nothing is lost any more, nobody crashes, and
/// nothing is asked but by readers. Writes are durable at once, messages arrive in the order of their sending, and a
/// timer fires when nothing else is left to do.
struct Calm<'a> {
    config: &'a Config,
    logs: Vec<PaxosLog>,
    wire: VecDeque<Message>,
    timers: BTreeMap<(usize, Timer), u64>,
    now: u64,
    reads: u64,
}

impl Cluster {
    /// How many refreshes the replica of a key needs most, each asked by itself; `None` if more than any may.
    pub(super) fn refreshes_needed(&self, key: &KeyState) -> Option<u8> {
        let needed = (0..key.logs.len()).map(|node| {
            let mut calm = Calm::new(&self.config, key);
            (0..=REFRESHES_MAX).find(|refreshes| calm.is_brought_up(node, *refreshes))
        });
        needed.collect::<Option<Vec<u8>>>()?.into_iter().max()
    }
}

impl<'a> Calm<'a> {
    fn new(config: &'a Config, key: &KeyState) -> Self {
        let logs = key.logs.iter().map(|log| (**log).clone()).collect();
        let mut calm = Self { config, logs, wire: VecDeque::new(), timers: BTreeMap::new(), now: 0, reads: 0 };
        // A phase other than `Idle` armed its timer when it began.
        for node in 0..calm.logs.len() {
            calm.timers.insert((node, Timer::Resend), 1);
            calm.timers.insert((node, Timer::Defer), 1);
        }
        calm
    }

    /// One refresh of a voter, as a client does it: a linearizable read, and what `bring_up` says. Whether its answer
    /// from before was what is chosen.
    fn is_brought_up(&mut self, node: usize, refreshes: u8) -> bool {
        let Some(reply) = self.reply(node, ReadId::default()) else { return false };
        let Some(fresh) = self.read_fresh() else { return false };
        let Some(voter) = self.config.voters().get(node).copied() else { return false };
        if let Some(step) = bring_up(self.config, voter, &reply, fresh, refreshes > 0) {
            self.perform(&step);
        }
        reply.chosen >= fresh
    }

    fn reply(&self, node: usize, id: ReadId) -> Option<ReadReply> {
        self.logs.get(node).map(|log| read_reply(id, &log.snapshot(), true))
    }

    /// A linearizable read; its patience runs out when everything is quiet.
    fn read_fresh(&mut self) -> Option<Slot> {
        self.reads += 1;
        let id = ReadId { client: ClientId(80), sequence: self.reads };
        let (mut read, _) = QuorumRead::start(id, self.config, &[]);
        for _ in 0..EVENTS_MAX {
            for node in 0..self.logs.len() {
                let (Some(reply), Some(voter)) = (self.reply(node, id), self.config.voters().get(node)) else {
                    return None;
                };
                if let ReadStep::Done(result) = read.on_reply(self.config, *voter, reply) {
                    return Some(result.slot);
                }
            }
            let step = read.on_timeout(self.config);
            self.perform(&step);
        }
        None
    }

    fn perform(&mut self, step: &ReadStep) {
        let (voter, input) = match *step {
            ReadStep::Help { voter, slot } => (voter, Input::Help(slot)),
            ReadStep::Settle { voter, slot } => (voter, Input::Settle(slot)),
            _ => return,
        };
        if let Some(node) = self.config.index(voter) {
            self.give(node, input);
        }
        self.run();
    }

    /// Everything that follows by itself.
    fn run(&mut self) {
        for _ in 0..EVENTS_MAX {
            if let Some(message) = self.wire.pop_front() {
                if let Some(node) = self.config.index(message.to) {
                    self.give(node, Input::Receive(message));
                }
            } else if let Some((timer, due)) =
                self.timers.iter().min_by_key(|(_, due)| **due).map(|(t, due)| (*t, *due))
            {
                self.timers.remove(&timer);
                self.now = self.now.max(due);
                self.give(timer.0, Input::Timeout(timer.1));
            } else {
                return;
            }
        }
    }

    fn give(&mut self, node: usize, input: Input) {
        let Some(log) = self.logs.get_mut(node) else { return };
        let mut output = log.step(input);
        while let Output { write: Some(_), .. } = output {
            self.take(node, output);
            let Some(log) = self.logs.get_mut(node) else { return };
            output = log.step(Input::Durable);
        }
        self.take(node, output);
    }

    fn take(&mut self, node: usize, output: Output) {
        self.wire.extend(output.send);
        for (timer, Range { min_ms, .. }) in output.timers {
            self.timers.insert((node, timer), self.now + u64::from(min_ms));
        }
    }
}
