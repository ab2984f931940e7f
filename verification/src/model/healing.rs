//! P21: a cluster that has healed answers every request within a stated number of steps.

use super::{Cluster, State};
use quorate_protocol::{
    Input, Message, NodeId, NotApplied, Operation, Output, PaxosLog, Phase, QuorumRead, Range, ReadStep, Reply,
    Request, RequestId, Timer, read_reply,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How long a reader waits before it asks again, in milliseconds of the schedule.
const PATIENCE_MS: u64 = 10;

/// A cluster from some state on: nothing is lost any more, nobody crashes, and whoever is up asks for one
/// write more, all at once, so that every healed cluster starts with a duel.
///
/// What was on the network is gone, so nothing but timers and the new requests get it going. The schedule
/// is fair: writes become durable first, then messages arrive in the order of their sending, and time
/// passes only when nothing else is left to do. A timer runs for the shortest time that its range allows.
struct Healed<'a> {
    model: &'a Cluster,
    logs: Vec<PaxosLog>,
    wire: VecDeque<Message>,
    timers: BTreeMap<(usize, Timer), u64>,
    reads: Vec<(QuorumRead, u64)>,
    asked: BTreeSet<RequestId>,
    now: u64,
    /// A request that was asked after the cluster had healed, and was not recorded.
    unrecorded: bool,
    told: Option<&'a mut Vec<String>>,
}

impl Cluster {
    /// Within how many steps a state's cluster, healed, has answered everything; `None` if not within
    /// `most`. `told` hears of each step.
    pub(crate) fn heals_within(&self, state: &State, most: u32, told: Option<&mut Vec<String>>) -> Option<u32> {
        let mut healed = Healed::new(self, state, told);
        healed.ask_everywhere();
        let mut steps = 0;
        while !healed.is_done() {
            if steps == most || !healed.happen() {
                return None;
            }
            steps += 1;
        }
        (!healed.unrecorded).then_some(steps)
    }
}

impl<'a> Healed<'a> {
    fn new(model: &'a Cluster, state: &State, told: Option<&'a mut Vec<String>>) -> Self {
        let logs: Vec<PaxosLog> = model.logs(state).cloned().collect();
        let readers = (0..state.readers.len()).filter_map(|reader| model.reader(state, reader)?.read.clone());
        let mut healed = Self {
            model,
            timers: BTreeMap::new(),
            wire: VecDeque::new(),
            reads: readers.map(|read| (read, 0)).collect(),
            asked: BTreeSet::new(),
            now: 0,
            unrecorded: false,
            logs,
            told,
        };
        for node in 0..healed.logs.len() {
            healed.arm_again(node);
        }
        healed
    }

    /// A state does not hold the timers that run, and a phase tells which they are: each phase but `Idle`
    /// arms its own when it begins (`observe` holds the core to that).
    fn arm_again(&mut self, node: usize) {
        let timer = match self.logs.get(node).map(PaxosLog::phase) {
            Some(Phase::Deferred) => Timer::Defer,
            Some(Phase::Preparing { .. } | Phase::Accepting { .. }) => Timer::Resend,
            Some(Phase::Idle) | None => return,
        };
        if self.is_up(node) {
            self.timers.insert((node, timer), 1);
        }
    }

    fn is_up(&self, node: usize) -> bool {
        let id = self.model.config.voters().get(node);
        id.is_some_and(|id| !self.model.scenario.silent.contains(id))
    }

    fn ask_everywhere(&mut self) {
        for node in (0..self.logs.len()).filter(|node| self.is_up(*node)).collect::<Vec<_>>() {
            self.ask(node, RequestId::new(200 + node as u128, 1));
        }
    }

    /// A client asks for a put, knowing what this replica knows: again, when the key has outlived the base
    /// that it had, as `WriteAttempt` does.
    fn ask(&mut self, node: usize, id: RequestId) {
        let Some(base) = self.logs.get(node).map(|log| log.record().chosen_slot()) else { return };
        self.asked.insert(id);
        let keep = self.model.scenario.keep;
        self.give(node, Input::Propose(Request { keep, ..Request::first(id, base, Operation::put("Z")) }));
    }

    fn is_done(&self) -> bool {
        let waiting = self.logs.iter().enumerate().any(|(node, log)| self.is_up(node) && log.waiting() > 0);
        !waiting && self.asked.is_empty() && self.reads.is_empty()
    }

    /// The next event of the schedule. `false` if nothing will ever happen again.
    fn happen(&mut self) -> bool {
        let writing = self.logs.iter().enumerate().position(|(node, log)| self.is_up(node) && log.writing().is_some());
        if let Some(node) = writing {
            self.give(node, Input::Durable);
            return true;
        }
        if let Some(message) = self.wire.pop_front() {
            self.give(usize::from(message.to.0), Input::Receive(message));
            return true;
        }
        let timer = self.timers.iter().min_by_key(|(_, due)| **due).map(|(timer, due)| (*timer, *due));
        let read = self.reads.iter().map(|(_, due)| *due).min();
        match (timer, read) {
            (Some((timer, due)), read) if read.is_none_or(|read| due <= read) => {
                self.now = due;
                self.timers.remove(&timer);
                self.give(timer.0, Input::Timeout(timer.1));
            }
            (_, Some(due)) => self.reader_acts(due),
            (_, None) => return false,
        }
        true
    }

    fn give(&mut self, node: usize, input: Input) {
        if !self.is_up(node) {
            return;
        }
        let Some(log) = self.logs.get_mut(node) else { return };
        if let Some(told) = &mut self.told {
            told.push(format!("at {} ms, n{node}: {}", self.now, heard(&input)));
        }
        let output = log.step(input);
        self.take(node, output);
    }

    fn take(&mut self, node: usize, output: Output) {
        self.wire.extend(output.send);
        for (timer, Range { min_ms, .. }) in output.timers {
            self.timers.insert((node, timer), self.now + u64::from(min_ms));
        }
        for (id, reply) in output.done {
            if let Some(told) = &mut self.told {
                told.push(format!("at {} ms, n{node} answers request {}: {reply:?}", self.now, id.client.0));
            }
            if !self.asked.remove(&id) {
                continue;
            }
            match reply {
                Reply::Recorded(_) => {}
                Reply::NotApplied(NotApplied::Stale) => self.ask(node, id),
                _ => self.unrecorded = true,
            }
        }
    }

    /// The first reader whose patience has run out acts, and everybody who is up answers it.
    fn reader_acts(&mut self, due: u64) {
        self.now = self.now.max(due);
        let Some(place) = self.reads.iter().position(|(_, at)| *at == due) else { return };
        let (mut read, _) = self.reads.remove(place);
        let step = read.on_timeout(&self.model.config);
        match step {
            ReadStep::Help { voter, slot } => self.give(usize::from(voter.0), Input::Help(slot)),
            ReadStep::Settle { voter, slot } => self.give(usize::from(voter.0), Input::Settle(slot)),
            ReadStep::Ask { .. } | ReadStep::Wait => {}
            ReadStep::Done(_) => return,
        }
        for node in 0..self.logs.len() {
            if let Some((voter, record)) = self.answering(node) {
                let reply = read_reply(read.id(), &record, true);
                if let ReadStep::Done(_) = read.on_reply(&self.model.config, voter, reply) {
                    return;
                }
            }
        }
        self.reads.push((read, self.now + PATIENCE_MS));
    }

    fn answering(&self, node: usize) -> Option<(NodeId, quorate_protocol::LogRecord)> {
        let log = self.logs.get(node).filter(|_| self.is_up(node))?;
        Some((log.replica().me().node, log.snapshot()))
    }
}

fn heard(input: &Input) -> String {
    match input {
        Input::Receive(message) => format!("hears n{}: {}", message.from.0, crate::playback::words::said(message)),
        other => format!("{other:?}"),
    }
}
