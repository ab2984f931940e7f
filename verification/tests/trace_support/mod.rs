//! A cluster of bare logs on a loss-free network, and the traces that a recorder of them would write.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use quorate_protocol::trace::{Event, SEGMENT_MARK, Start, StepDigests, frame_head};
use quorate_protocol::{
    Config, Incarnation, Input, LogId, LogRecord, Message, NodeId, Operation, Output, Owner, PaxosLog, Replica,
    Request, RequestId, Slot, Timer,
};
use quorate_verification::trace::{Checker, Fault, Part, Position, Report, Source};
use std::sync::Arc;

pub(crate) const NODES: u16 = 3;

/// A stream in memory.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) start: Start,
    pub(crate) events: Vec<Event>,
}

pub(crate) struct Memory<'a>(pub(crate) &'a Recorded, pub(crate) usize);

impl Source for Memory<'_> {
    fn start(&self) -> &Start {
        &self.0.start
    }

    fn next_event(&mut self) -> Result<Option<(Position, Event)>, Fault> {
        let at = Position { segment: 0, offset: self.1 as u64 };
        self.1 += 1;
        Ok(self.0.events.get(self.1 - 1).map(|event| (at, event.clone())))
    }

    fn look_up(&self, at: Position) -> Option<Event> {
        self.0.events.get(usize::try_from(at.offset).ok()?).cloned()
    }

    fn place(&self, at: Position) -> String {
        format!("memory {}", at.offset)
    }
}

/// Judges streams; those of one node in the order of its starts.
pub(crate) fn check(streams: &[Recorded]) -> Report {
    let mut checker = Checker::new(Part { index: 0, of: 1 });
    for stream in streams {
        checker.replay(&mut Memory(stream, 0));
    }
    checker.finish()
}

pub(crate) fn config() -> Config {
    Config::new(1.into(), (1..=NODES).map(NodeId)).unwrap()
}

pub(crate) fn replica(node: u16, incarnation: u32) -> Arc<Replica> {
    Arc::new(Replica::new(NodeId(node), Incarnation(incarnation), config()).unwrap())
}

pub(crate) fn log_id() -> LogId {
    LogId::of_key("k")
}

/// One node with one log, and its recorder. `forged` steps are recorded as if they were right.
pub(crate) struct Node {
    pub(crate) log: PaxosLog,
    pub(crate) streams: Vec<Recorded>,
    number: u64,
    steps: u64,
}

impl Node {
    pub(crate) fn new(node: u16) -> Self {
        Self::restored(node, 1, LogRecord::default(), Vec::new())
    }

    fn restored(node: u16, incarnation: u32, record: LogRecord, mut streams: Vec<Recorded>) -> Self {
        let replica = replica(node, incarnation);
        let (me, voters) =
            (Owner { node: NodeId(node), incarnation: Incarnation(incarnation) }, config().voters().to_vec());
        let start = Start { me, shard: 0, segment: 0, epoch: 1.into(), voters };
        let loaded = Event::Loaded { log: 1, id: log_id(), record: record.clone() };
        streams.push(Recorded { start, events: vec![loaded] });
        Self { log: PaxosLog::restore(replica, record).unwrap(), streams, number: 1, steps: 0 }
    }

    pub(crate) fn step(&mut self, input: Input) -> Output {
        let output = self.log.step(input.clone());
        let after = StepDigests::of(&output, &self.log);
        self.steps += 1;
        self.push(Event::Step { log: self.number, serial: self.steps, input, after });
        output
    }

    pub(crate) fn push(&mut self, event: Event) {
        self.streams.last_mut().unwrap().events.push(event);
    }

    /// Killed, and started again with this record on its disk.
    pub(crate) fn restart(&mut self, record: LogRecord) {
        let me = self.log.replica().me();
        *self = Self::restored(me.node.0, me.incarnation.0 + 1, record, std::mem::take(&mut self.streams));
    }

    /// Goes on as after a gap.
    pub(crate) fn resume(&mut self) {
        (self.number, self.steps) = (self.number + 1, 0);
        let image = self.log.idle_image().unwrap();
        self.push(Event::Resumed { log: self.number, id: log_id(), image });
    }
}

/// Three of them.
pub(crate) struct Cluster {
    pub(crate) nodes: Vec<Node>,
    sequence: u64,
}

impl Cluster {
    pub(crate) fn new() -> Self {
        Self { nodes: (1..=NODES).map(Node::new).collect(), sequence: 0 }
    }

    pub(crate) fn node(&mut self, node: u16) -> &mut Node {
        &mut self.nodes[usize::from(node) - 1]
    }

    pub(crate) fn streams(&self) -> Vec<Recorded> {
        self.nodes.iter().flat_map(|node| node.streams.iter().cloned()).collect()
    }

    /// Ends every stream in an orderly way.
    pub(crate) fn end(mut self) -> Vec<Recorded> {
        self.nodes.iter_mut().for_each(|node| node.push(Event::End));
        self.streams()
    }

    /// Steps a node and everything that comes of it, but for messages from or to `cut`.
    pub(crate) fn run(&mut self, node: u16, input: Input, cut: &[u16]) {
        let mut due = vec![(node, input)];
        while let Some((node, input)) = due.pop() {
            let output = self.node(node).step(input);
            if output.write.is_some() {
                due.push((node, Input::Durable));
            }
            let sent = output
                .send
                .into_iter()
                .filter(|message: &Message| !cut.contains(&message.to.0) && !cut.contains(&message.from.0));
            due.extend(sent.map(|message| (message.to.0, Input::Receive(message))));
        }
    }

    pub(crate) fn put(&mut self, node: u16, value: &'static str, cut: &[u16]) {
        self.sequence += 1;
        let id = RequestId::new(7, self.sequence);
        let base = Slot(self.node(node).log.record().chosen_slot().0);
        self.run(node, Input::Propose(Request::first(id, base, Operation::put(value))), cut);
        // A deferred proposer goes on when its timer fires.
        for _ in 0..4 {
            self.run(node, Input::Timeout(Timer::Defer), cut);
        }
    }

    /// Ten puts from all nodes.
    pub(crate) fn busy() -> Self {
        let mut cluster = Self::new();
        for (at, value) in (0..).zip(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]) {
            cluster.put(1 + at / 2 % NODES, value, &[]);
        }
        cluster
    }
}

/// Gives the steps of a stream with one log new serial numbers: what digests alone make of a mutation.
pub(crate) fn renumber(stream: &mut Recorded) {
    let steps = stream.events.iter_mut().filter_map(|event| match event {
        Event::Step { serial, .. } => Some(serial),
        _ => None,
    });
    (1..).zip(steps).for_each(|(number, serial)| *serial = number);
}

/// A stream as the bytes of one segment.
pub(crate) fn bytes(stream: &Recorded) -> Vec<u8> {
    let mut bytes = SEGMENT_MARK.to_vec();
    for event in [Event::Start(stream.start.clone())].iter().chain(&stream.events) {
        let body = postcard::to_allocvec(event).unwrap();
        let length = u32::try_from(body.len()).unwrap();
        let sum = crc32c::crc32c_append(crc32c::crc32c(&length.to_le_bytes()), &body);
        bytes.extend_from_slice(&frame_head(length, sum));
        bytes.extend_from_slice(&body);
    }
    bytes
}
