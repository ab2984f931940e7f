//! Three real logs a key, stepped in memory: every write is durable at once, every message between nodes
//! that run arrives in order. What happens is decided by the core alone.

use quorate_protocol::{Config, Input, LogId, LogRecord, NodeId, PaxosLog, Replica, Reply, Request, RequestId, Slot};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// Rounds of timers that one event may cause before the harness calls it stuck.
const TIMER_ROUNDS: usize = 200;

/// The replicas, whether or not anybody listens for them.
pub(super) struct World {
    replicas: Vec<Arc<Replica>>,
    logs: BTreeMap<(NodeId, LogId), PaxosLog>,
    answers: BTreeMap<(NodeId, RequestId), Reply>,
    /// How many request ids entries keep; a node's driver sets it by the key's traffic.
    pub(super) keep: u8,
    /// Nodes that hear nothing and say nothing.
    pub(super) down: Vec<NodeId>,
}

impl World {
    pub(super) fn new(nodes: u16) -> Self {
        let config = Config::new(1.into(), (1..=nodes).map(NodeId)).unwrap();
        let replica = |node| Arc::new(Replica::new(NodeId(node), 1.into(), config.clone()).unwrap());
        Self {
            replicas: (1..=nodes).map(replica).collect(),
            logs: BTreeMap::new(),
            answers: BTreeMap::new(),
            keep: 64,
            down: Vec::new(),
        }
    }

    /// Proposes at a node; `None` if it was not answered.
    pub(super) fn write(&mut self, node: NodeId, log: &LogId, mut request: Request) -> Option<Reply> {
        let id = request.id;
        request.keep = self.keep;
        self.run(log, node, Input::Propose(request));
        self.answers.remove(&(node, id))
    }

    pub(super) fn settle(&mut self, node: NodeId, log: &LogId, slot: Slot) {
        self.run(log, node, Input::Settle(slot));
    }

    pub(super) fn help(&mut self, node: NodeId, log: &LogId, slot: Slot) {
        self.run(log, node, Input::Help(slot));
    }

    pub(super) fn snapshot(&mut self, node: NodeId, log: &LogId) -> LogRecord {
        self.log(node, log).snapshot()
    }

    /// Steps a log, and everything that follows from it.
    fn run(&mut self, log: &LogId, node: NodeId, input: Input) {
        let mut events = VecDeque::from([(node, input)]);
        let mut timers = Vec::new();
        for _ in 0..TIMER_ROUNDS {
            while let Some((node, input)) = events.pop_front() {
                let state = self.log(node, log);
                let output = state.step(input);
                state.check().expect("an invariant of the core");
                if output.write.is_some() {
                    events.push_back((node, Input::Durable));
                }
                let heard = output.send.into_iter().filter(|message| !self.down.contains(&message.to));
                events.extend(heard.map(|message| (message.to, Input::Receive(message))));
                self.answers.extend(output.done.into_iter().map(|(id, reply)| ((node, id), reply)));
                timers.extend(output.timers.into_iter().map(|(timer, _)| (node, Input::Timeout(timer))));
            }
            if timers.is_empty() {
                return;
            }
            events.extend(timers.drain(..));
        }
        assert!(!self.down.is_empty(), "the logs do not come to rest though every node is up");
    }

    fn log(&mut self, node: NodeId, log: &LogId) -> &mut PaxosLog {
        let replica = &self.replicas[usize::from(node.0) - 1];
        let restore = || PaxosLog::restore(replica.clone(), LogRecord::default()).unwrap();
        self.logs.entry((node, log.clone())).or_insert_with(restore)
    }
}
