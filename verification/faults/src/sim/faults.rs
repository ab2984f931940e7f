//! What goes wrong: the network, crashes, standstills.

use super::call::{Answer, Call};
use super::draw::key;
use super::happening::Happening;
use super::report::Failure;
use super::simulation::Simulation;
use quorate_client::wire::Envelope;
use quorate_node::driver::DriverLimits;
use quorate_protocol::NodeId;

impl Simulation {
    /// Draws when the run's faults come.
    pub(super) fn plan_faults(&mut self) {
        let until = self.config.faults_ms;
        for _ in 0..self.config.crashes {
            let (at, node) = (self.random.below(until), self.draw_node());
            self.schedule(at, Happening::Crash(node));
        }
        for _ in 0..self.config.freezes {
            let (at, node) = (self.random.below(until), self.draw_node());
            let lasts = self.random.below(800);
            self.schedule(at, Happening::Freeze(node, at + lasts));
        }
        for _ in 0..self.config.cuts {
            let (at, node) = (self.random.below(until), self.draw_node());
            let lasts = self.random.below(800);
            self.schedule(at, Happening::Cut(node, at + lasts));
        }
        self.schedule(until, Happening::Heal);
    }

    /// The node loses its memory, and of its writes under way any suffix.
    pub(super) fn crash(&mut self, id: NodeId) -> Result<(), Failure> {
        let Some(running) = self.nodes.get_mut(&id).and_then(|node| node.running.take()) else { return Ok(()) };
        self.count(&running);
        let mut unsynced = running.committing;
        unsynced.extend(running.waiting);
        let total = unsynced.len() as u64;
        let survived = self.random.below(total + 1);
        for (log, record) in unsynced.iter().take(usize::try_from(survived).unwrap_or(0)) {
            self.make_durable(id, log, record)?;
        }
        self.report.survived += survived;
        self.report.lost += total - survived;
        let back = 5 + self.random.below(400);
        self.schedule(back, Happening::Restart(id));
        Ok(())
    }

    /// The node starts again, under its next incarnation.
    pub(super) fn restart(&mut self, id: NodeId) -> Result<(), Failure> {
        let seed = self.random.next_u64();
        let logs = if self.config.evict { 2 } else { 64 };
        let limits = DriverLimits { logs, ..DriverLimits::default() };
        if let Some(node) = self.nodes.get_mut(&id).filter(|node| node.running.is_none()) {
            node.start(&self.voters, seed, limits)?;
        }
        Ok(())
    }

    /// No fault from here on. Every client then writes and reads every key, and must succeed.
    pub(super) fn heal(&mut self) -> Result<(), Failure> {
        self.healed = true;
        let ids: Vec<NodeId> = self.nodes.keys().copied().collect();
        for id in ids {
            self.restart(id)?;
        }
        for node in self.nodes.values_mut() {
            (node.frozen_until, node.cut_until) = (0, 0);
        }
        let keys = u64::from(self.config.keys);
        for index in 0..self.clients.len() {
            if let Some(client) = self.clients.get_mut(index) {
                client.closing = (0..keys).flat_map(|number| [(key(number), true), (key(number), false)]).collect();
            }
            self.schedule(0, Happening::Begin { client: index });
        }
        Ok(())
    }

    /// Messages of one replica for another set out.
    pub(super) fn transmit(&mut self, from: NodeId, to: NodeId, envelopes: Vec<Envelope>) {
        let now_ms = self.now_ms;
        let is_cut = |id| self.nodes.get(&id).is_some_and(|node| node.cut_until > now_ms);
        if is_cut(from) || is_cut(to) || self.chance(self.config.loss) {
            return;
        }
        if self.chance(self.config.duplication) {
            let delay = self.delay();
            self.schedule(delay, Happening::Deliver { to, envelopes: envelopes.clone() });
        }
        let delay = self.delay();
        self.schedule(delay, Happening::Deliver { to, envelopes });
    }

    /// A client's question sets out. It travels on a connection: it may be lost or late, never twice.
    pub(super) fn call(&mut self, client: usize, op: u64, to: NodeId, call: Call) {
        let down = self.nodes.get(&to).is_none_or(|node| node.running.is_none());
        if down && self.random.below(2) == 0 {
            if let Call::Write { request, .. } = &call {
                let answer = Answer::Unsent { attempt: request.attempt };
                self.schedule(1, Happening::Answer { client, op, from: to, answer });
            }
            return;
        }
        if self.chance(self.config.loss / 2) {
            return;
        }
        let delay = self.delay();
        self.schedule(delay, Happening::Call { to, client, op, call });
    }

    /// A node's answer to a client sets out.
    pub(super) fn reply(&mut self, from: NodeId, client: usize, op: u64, answer: Answer) {
        if self.chance(self.config.loss / 2) {
            return;
        }
        let delay = self.delay();
        self.schedule(delay, Happening::Answer { client, op, from, answer });
    }

    fn delay(&mut self) -> u64 {
        let delay = 1 + self.random.below(8);
        if self.chance(self.config.slow) { delay * (1 + self.random.below(100)) } else { delay }
    }

    /// Whether a fault of this probability happens, in percent; none does once faults have stopped.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        !self.healed && self.random.below(100) < percent
    }

    fn draw_node(&mut self) -> NodeId {
        let voters = self.voters.voters();
        let at = usize::try_from(self.random.below(voters.len() as u64)).unwrap_or(0);
        voters.get(at).copied().unwrap_or_default()
    }
}
