//! Doing what a driver asks for, with the audit looking at whatever leaves.

use super::call::Answer;
use super::happening::Happening;
use super::report::Failure;
use super::simulation::Simulation;
use quorate_client::wire::Envelope;
use quorate_node::driver::{Effects, Event};
use quorate_protocol::{LogId, LogRecord, NodeId, Reply};
use std::collections::BTreeMap;

impl Simulation {
    /// Has a node's driver take an event, and does what it asks for.
    pub(super) fn drive(&mut self, id: NodeId, event: Event) -> Result<(), Failure> {
        let now_ms = self.now_ms;
        let Some(running) = self.nodes.get_mut(&id).and_then(|node| node.running.as_mut()) else { return Ok(()) };
        let mut effects = std::mem::take(&mut running.effects);
        running.driver.handle(now_ms, event, &mut effects)?;
        self.publish(id, &mut effects)?;
        self.start_writes(id, &mut effects);
        self.send(id, &mut effects)?;
        self.answer(id, &mut effects)?;
        self.arm(id);
        if let Some(running) = self.nodes.get_mut(&id).and_then(|node| node.running.as_mut()) {
            running.effects = effects;
        }
        Ok(())
    }

    fn publish(&mut self, id: NodeId, effects: &mut Effects) -> Result<(), Failure> {
        for (log, record) in effects.publish.drain(..) {
            self.digest.add(&(&log, &record));
            self.held(self.audit.shown(id, &log, &record))?;
            let evict = self.random.below(4) == 0;
            let Some(running) = self.nodes.get_mut(&id).and_then(|node| node.running.as_mut()) else { continue };
            running.published.insert(log, record);
            if evict {
                running.published.pop_first();
            }
        }
        Ok(())
    }

    fn start_writes(&mut self, id: NodeId, effects: &mut Effects) {
        let takes = 1 + self.random.below(6);
        let torn = self.chance(self.config.torn).then(|| self.random.below(takes + 1));
        let Some(node) = self.nodes.get_mut(&id) else { return };
        let start = node.start;
        let Some(running) = &mut node.running else { return };
        running.waiting.append(&mut effects.writes);
        if running.committing.is_empty() && !running.waiting.is_empty() {
            running.committing = std::mem::take(&mut running.waiting);
            self.schedule(takes, Happening::Committed { node: id, start });
            torn.into_iter().for_each(|at| self.schedule(at, Happening::Crash(id)));
        }
    }

    pub(super) fn on_committed(&mut self, id: NodeId, batch: Vec<(LogId, LogRecord)>) -> Result<(), Failure> {
        if batch.is_empty() {
            return Ok(()); // The start that issued it has crashed.
        }
        for (log, record) in &batch {
            self.make_durable(id, log, record)?;
        }
        let logs = batch.into_iter().map(|(log, _)| log).collect();
        let start = self.nodes.get(&id).map(|node| node.start).unwrap_or_default();
        let heard = self.random.below(4);
        self.schedule(heard, Happening::Confirmed { node: id, start, logs });
        self.start_writes(id, &mut Effects::default());
        Ok(())
    }

    pub(super) fn make_durable(&mut self, id: NodeId, log: &LogId, record: &LogRecord) -> Result<(), Failure> {
        self.digest.add(&(id, log, record));
        let old = self.durable(id, log)?;
        let audited = self.audit.durable(id, log, &old, record);
        self.held(audited)?;
        if let Some(node) = self.nodes.get(&id) {
            node.disk.put(log, record);
        }
        Ok(())
    }

    pub(super) fn durable(&self, id: NodeId, log: &LogId) -> Result<LogRecord, Failure> {
        let found = self.nodes.get(&id).map(|node| node.disk.get(log)).transpose()?;
        Ok(found.flatten().unwrap_or_default())
    }

    fn send(&mut self, id: NodeId, effects: &mut Effects) -> Result<(), Failure> {
        let mut by_peer: BTreeMap<NodeId, Vec<Envelope>> = BTreeMap::new();
        for envelope in effects.send.drain(..) {
            self.digest.add(&(&envelope.log, &envelope.message));
            let durable = self.durable(id, &envelope.log)?;
            self.held(self.audit.left(&envelope, &durable))?;
            by_peer.entry(envelope.message.to).or_default().push(envelope);
        }
        for (to, envelopes) in by_peer {
            self.transmit(id, to, envelopes);
        }
        Ok(())
    }

    fn answer(&mut self, id: NodeId, effects: &mut Effects) -> Result<(), Failure> {
        for (token, result) in effects.answers.drain(..) {
            self.digest.add(&(token, result.as_ref().ok()));
            let Some((client, op, attempt)) = self.tokens.remove(&token) else { continue };
            if let (Ok(Reply::Recorded(recorded)), Some(asking)) = (&result, self.clients.get(client)) {
                // An answer that comes late is about an operation that its client has left behind.
                if asking.op == op {
                    self.held(self.audit.told(&asking.log, recorded))?;
                }
            }
            self.reply(id, client, op, Answer::Written { attempt, result });
        }
        Ok(())
    }

    fn arm(&mut self, id: NodeId) {
        let now_ms = self.now_ms;
        let Some(node) = self.nodes.get_mut(&id) else { return };
        let start = node.start;
        let Some(running) = &mut node.running else { return };
        let Some(due) = running.driver.next_due_ms() else { return };
        if running.tick_ms.is_none_or(|armed| armed > due) {
            running.tick_ms = Some(due);
            self.schedule(due.saturating_sub(now_ms), Happening::Tick { node: id, start });
        }
    }
}
