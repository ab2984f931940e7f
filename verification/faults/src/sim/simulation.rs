use super::call::{Answer, Call};
use super::client::SimClient;
use super::digest::Digest;
use super::happening::Happening;
use super::node::{Running, SimNode};
use super::{Audit, Failure, Report, SimConfig};
use quorate_history as history;
use quorate_node::driver::{ClientRequest, Event, SplitMix64};
use quorate_protocol::{Config, LogId, LogRecord, NodeId, RequestId, read_reply};
use quorate_spec::Violation;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long after the faults the clients may take for what remains, and late messages to arrive.
const END_MS: u64 = 60_000;
const DRAIN_MS: u64 = 3000;

/// A run: nodes, network, clients, and what is due when.
pub(super) struct Simulation {
    pub(super) config: SimConfig,
    pub(super) voters: Config,
    pub(super) random: SplitMix64,
    pub(super) now_ms: u64,
    /// Numbers whatever is scheduled; also the history's clock.
    pub(super) serial: u64,
    pub(super) due: BTreeMap<(u64, u64), Happening>,
    pub(super) nodes: BTreeMap<NodeId, SimNode>,
    pub(super) clients: Vec<SimClient>,
    pub(super) audit: Audit,
    /// Who waits for the answer to which token: client, operation, attempt.
    pub(super) tokens: BTreeMap<u64, (usize, u64, u8)>,
    pub(super) next_token: u64,
    pub(super) healed: bool,
    pub(super) history: Vec<history::Operation>,
    pub(super) not_applied: Vec<(LogId, RequestId)>,
    pub(super) digest: Digest,
    pub(super) report: Report,
}

/// Runs one simulation to its end.
///
/// # Errors
/// What did not hold; [`SimConfig::seed`] has it again.
pub fn run(config: SimConfig) -> Result<Report, Failure> {
    let mut simulation = Simulation::new(config)?;
    simulation.run_all()?;
    simulation.judge()
}

impl Simulation {
    fn new(config: SimConfig) -> Result<Self, Failure> {
        let voters = Config::new(1.into(), (1..=config.nodes).map(NodeId))?;
        let nodes = voters.voters().iter().map(|id| (*id, SimNode::new(*id, &voters))).collect();
        let clients = (0..config.clients as usize).map(|index| SimClient::new(index, config.operations)).collect();
        let mut simulation = Self {
            random: SplitMix64::new(config.seed),
            config,
            audit: Audit::new(voters.clone()),
            voters,
            now_ms: 0,
            serial: 0,
            due: BTreeMap::new(),
            nodes,
            clients,
            tokens: BTreeMap::new(),
            next_token: 0,
            healed: false,
            history: Vec::new(),
            not_applied: Vec::new(),
            digest: Digest::default(),
            report: Report::default(),
        };
        for id in simulation.voters.voters().to_vec() {
            simulation.restart(id)?;
        }
        simulation.plan_faults();
        for client in 0..simulation.clients.len() {
            simulation.schedule(1, Happening::Begin { client });
        }
        Ok(simulation)
    }

    fn run_all(&mut self) -> Result<(), Failure> {
        let mut end = self.config.faults_ms + END_MS;
        let mut finished = false;
        while let Some(((at, _), happening)) = self.due.pop_first() {
            if at > end {
                break;
            }
            self.now_ms = at;
            self.handle(happening)?;
            self.report.events += 1;
            if !finished && self.is_finished() {
                finished = true;
                end = self.now_ms + DRAIN_MS;
            }
        }
        if finished { Ok(()) } else { Err(Failure::Progress("clients have not come to an end".into())) }
    }

    fn is_finished(&self) -> bool {
        self.healed && self.clients.iter().all(|client| client.is_idle() && client.closing.is_empty())
    }

    /// What holds of the run as a whole.
    fn judge(mut self) -> Result<Report, Failure> {
        let told = self.not_applied.iter().try_for_each(|(log, id)| self.audit.told_not_applied(log, *id));
        self.held(told)?;
        let ended: Vec<Running> = self.nodes.values_mut().filter_map(|node| node.running.take()).collect();
        ended.iter().for_each(|running| self.count(running));
        drop(ended);
        self.report.replayed = self.replay_traces()?;
        let verdict = history::check(&self.history, history::Bound::default());
        let report = verdict.map_err(|(at, error)| Failure::History(format!("operation {at} {error}")))?;
        if !report.is_linearizable() {
            return Err(Failure::History(report.to_string()));
        }
        history::check_versions(&self.history).map_err(|fault| Failure::History(fault.to_string()))?;
        self.report.chosen = self.audit.chosen();
        self.report.digest = self.digest.value();
        Ok(self.report)
    }

    pub(super) fn count(&mut self, running: &Running) {
        let counters = running.driver.counters();
        self.report.evictions += counters.evictions;
        self.report.prepares += counters.prepares;
    }

    pub(super) fn schedule(&mut self, in_ms: u64, happening: Happening) {
        self.serial += 1;
        self.due.insert((self.now_ms + in_ms, self.serial), happening);
    }

    /// Turns a broken property into the run's end.
    pub(super) fn held<T>(&self, checked: Result<T, Violation>) -> Result<T, Failure> {
        let (at_ms, event) = (self.now_ms, self.report.events);
        checked.map_err(|violation| Failure::Property { at_ms, event, violation })
    }

    fn handle(&mut self, happening: Happening) -> Result<(), Failure> {
        self.digest.add(&(self.now_ms, happening.name()));
        let frozen = happening.node().and_then(|id| self.nodes.get(&id)).map_or(0, |node| node.frozen_until);
        if frozen > self.now_ms {
            self.schedule(frozen - self.now_ms, happening);
            return Ok(());
        }
        match happening {
            Happening::Deliver { to, envelopes } => self.drive(to, Event::Peer(envelopes)),
            Happening::Call { to, client, op, call } => self.on_call(to, client, op, call),
            Happening::Answer { client, op, from, answer } => self.on_answer(client, op, from, answer),
            Happening::Patience { client, op, asked } => self.on_patience(client, op, asked),
            Happening::Deadline { client, op } => self.on_deadline(client, op),
            Happening::Begin { client } => self.begin(client),
            Happening::Committed { node, start } => {
                let running = self.nodes.get_mut(&node).and_then(|node| node.running_in(start));
                let batch = running.map(|running| std::mem::take(&mut running.committing)).unwrap_or_default();
                self.on_committed(node, batch)
            }
            Happening::Confirmed { node, start, logs } => {
                if self.nodes.get_mut(&node).and_then(|node| node.running_in(start)).is_none() {
                    return Ok(());
                }
                for log in &logs {
                    let record = self.durable(node, log)?;
                    self.audit.confirmed(node, log, &record);
                }
                self.drive(node, Event::Synced(logs))
            }
            Happening::Tick { node, start } => {
                match self.nodes.get_mut(&node).and_then(|node| node.running_in(start)) {
                    Some(running) => running.tick_ms = None,
                    None => return Ok(()),
                }
                self.drive(node, Event::Tick)
            }
            Happening::Crash(node) => self.crash(node),
            Happening::Restart(node) => self.restart(node),
            Happening::Freeze(node, until) => {
                let node = self.nodes.get_mut(&node).filter(|_| !self.healed);
                node.into_iter().for_each(|node| node.frozen_until = until);
                Ok(())
            }
            Happening::Cut(node, until) => {
                let node = self.nodes.get_mut(&node).filter(|_| !self.healed);
                node.into_iter().for_each(|node| node.cut_until = until);
                Ok(())
            }
            Happening::Heal => self.heal(),
        }
    }

    /// A client's question reaches a node.
    fn on_call(&mut self, to: NodeId, client: usize, op: u64, call: Call) -> Result<(), Failure> {
        match call {
            Call::Slot { log } => {
                if let Some(record) = self.shown(to, &log)? {
                    self.reply(to, client, op, Answer::Slot(record.chosen_slot()));
                }
                Ok(())
            }
            Call::Read { log, id, full } => {
                if let Some(record) = self.shown(to, &log)? {
                    self.reply(to, client, op, Answer::Read(read_reply(id, &record, full)));
                }
                Ok(())
            }
            Call::Write { log, request } => {
                let token = self.next_token;
                self.next_token += 1;
                self.tokens.insert(token, (client, op, request.attempt));
                let deadline_ms = self.now_ms + 100 + self.random.below(2000);
                self.drive(to, Event::Client(ClientRequest { token, log, request, deadline_ms }))
            }
            Call::Help { log, slot } => self.drive(to, Event::Help { log, slot }),
            Call::Settle { log, slot } => self.drive(to, Event::Settle { log, slot }),
        }
    }

    /// What a node's readers are shown: from its cache, else from its disk, which may be ahead of the cache.
    fn shown(&self, id: NodeId, log: &LogId) -> Result<Option<Arc<LogRecord>>, Failure> {
        let Some(node) = self.nodes.get(&id) else { return Ok(None) };
        let Some(running) = &node.running else { return Ok(None) };
        if let Some(record) = running.published.get(log) {
            return Ok(Some(Arc::clone(record)));
        }
        Ok(Some(Arc::new(node.disk.get(log)?.unwrap_or_default())))
    }
}
