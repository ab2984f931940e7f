//! P7 over a store that withholds writes and then drops them: no message, answer or snapshot that rests on one leaves.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use quorate_driver::{ClientRequest, Driver, DriverLimits, Effects, Event, LoadError, Records, SplitMix64};
use quorate_protocol::{
    Ballot, Config, Entry, Envelope, LogId, LogRecord, NodeId, NodeSet, Operation, Recorded, Reply, Request, RequestId,
    Slot,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use support::{key, replica};

#[derive(Clone, Default)]
struct Disk(Rc<RefCell<BTreeMap<LogId, LogRecord>>>);

impl Disk {
    fn get(&self, log: &LogId) -> LogRecord {
        self.0.borrow().get(log).cloned().unwrap_or_default()
    }
}

impl Records for Disk {
    fn load(&self, log: &LogId) -> Result<Option<LogRecord>, LoadError> {
        Ok(self.0.borrow().get(log).cloned())
    }
}

struct Node {
    id: u16,
    start: u32,
    disk: Disk,
    driver: Driver<Disk>,
    withheld: Vec<(LogId, LogRecord)>,
}

impl Node {
    fn new(id: u16, start: u32, disk: Disk) -> Self {
        let driver = Driver::new(replica(id, start, 3), disk.clone(), u64::from(id), DriverLimits::default());
        Self { id, start, disk, driver, withheld: Vec::new() }
    }
}

type Votes = BTreeMap<(LogId, Slot, Ballot), (Arc<Entry>, NodeSet)>;

/// Three nodes; what is durable is known from their disks alone.
struct World {
    config: Config,
    nodes: Vec<Node>,
    bag: Vec<Envelope>,
    votes: Votes,
    now_ms: u64,
    left: u64,
    answered: u64,
    dropped: u64,
}

impl World {
    fn new() -> Self {
        let config = Config::new(1.into(), (1..=3).map(NodeId)).unwrap();
        let nodes = (1..=3).map(|id| Node::new(id, 1, Disk::default())).collect();
        let (bag, votes) = (Vec::new(), Votes::new());
        Self { config, nodes, bag, votes, now_ms: 0, left: 0, answered: 0, dropped: 0 }
    }

    fn handle(&mut self, at: usize, event: Event) {
        let mut effects = Effects::default();
        let node = &mut self.nodes[at];
        node.driver.handle(self.now_ms, event, &mut effects).unwrap();
        node.withheld.append(&mut effects.writes);
        for (log, record) in &effects.publish {
            self.check_snapshot(at, log, record);
        }
        for envelope in effects.send {
            self.check_envelope(at, &envelope);
            self.left += 1;
            self.bag.push(envelope);
        }
        for (_, answer) in effects.answers {
            if let Ok(Reply::Recorded(recorded)) = answer {
                self.check_answer(&recorded);
                self.answered += 1;
            }
        }
    }

    /// What a message says of its sender is on its sender's disk.
    fn check_envelope(&self, at: usize, envelope: &Envelope) {
        let durable = self.nodes[at].disk.get(&envelope.log);
        let (told, held) = (envelope.message.row, durable.row());
        assert!(told.slot <= held.slot, "told {told:?}, durable {held:?}");
        if told.slot == held.slot {
            assert!(told.promised <= held.promised, "told {told:?}, durable {held:?}");
            assert!(told.accepted <= held.accepted, "told {told:?}, durable {held:?}");
        }
        if let Some(entry) = &envelope.message.accepted {
            assert!(self.has_voted(at, &envelope.log, told.slot, told.accepted, entry));
        }
        let chosen = &envelope.message.chosen;
        assert!(chosen.slot == Slot::ZERO || self.is_chosen(&envelope.log, chosen.slot, chosen.entry.as_ref()));
    }

    fn check_snapshot(&self, at: usize, log: &LogId, shown: &LogRecord) {
        if let Some(vote) = &shown.accepted {
            assert!(self.has_voted(at, log, shown.open_slot(), vote.ballot, &vote.entry), "{shown:?}");
        }
        assert!(shown.chosen.is_none() || self.is_chosen(log, shown.chosen_slot(), shown.chosen_entry()));
    }

    fn check_answer(&self, told: &Recorded) {
        let holds = |entry: &Arc<Entry>| entry.find(told.id) == Some(told);
        let mut chosen = self.votes.values().filter(|(_, voters)| self.config.is_majority(*voters));
        assert!(chosen.any(|(entry, _)| holds(entry)), "{told:?} is on no majority of disks");
    }

    fn has_voted(&self, at: usize, log: &LogId, slot: Slot, ballot: Ballot, entry: &Arc<Entry>) -> bool {
        let votes = self.votes.get(&(log.clone(), slot, ballot));
        let node = NodeId(self.nodes[at].id);
        votes.is_some_and(|(voted, voters)| voted == entry && voters.contains(&self.config, node))
    }

    fn is_chosen(&self, log: &LogId, slot: Slot, entry: Option<&Arc<Entry>>) -> bool {
        let of_slot = self.votes.iter().filter(|((voted, at, _), _)| voted == log && *at == slot);
        let mut chosen = of_slot.filter(|(_, (_, voters))| self.config.is_majority(*voters));
        chosen.any(|(_, (voted, _))| entry.is_none_or(|entry| entry == voted))
    }

    /// One withheld write reaches the disk, and its node hears of it.
    fn sync(&mut self, at: usize, which: usize) {
        let node = &mut self.nodes[at];
        let (log, record) = node.withheld.swap_remove(which);
        node.disk.0.borrow_mut().insert(log.clone(), record.clone());
        if let Some(vote) = &record.accepted {
            let key = (log.clone(), record.open_slot(), vote.ballot);
            let votes = self.votes.entry(key).or_insert_with(|| (vote.entry.clone(), NodeSet::default()));
            assert_eq!(votes.0, vote.entry, "P3: two entries under one ballot");
            votes.1.insert(&self.config, NodeId(node.id));
        }
        self.handle(at, Event::Synced(vec![log]));
    }

    /// Power is lost: whatever was withheld is gone, and so is the memory.
    fn crash(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        self.dropped += node.withheld.len() as u64;
        *node = Node::new(node.id, node.start + 1, node.disk.clone());
    }

    fn ask(&mut self, at: usize, sequence: u64, log: LogId) {
        let request = Request::first(RequestId::new(9, sequence), Slot::ZERO, Operation::put(sequence.to_string()));
        let asked = ClientRequest { token: sequence, log, request, deadline_ms: u64::MAX };
        self.handle(at, Event::Client(asked));
    }
}

#[test]
fn nothing_that_rests_on_a_dropped_write_ever_left() {
    let mut totals = (0, 0, 0);
    for seed in 0..60 {
        let mut random = SplitMix64::new(seed);
        let mut world = World::new();
        let mut below = |bound: usize| usize::try_from(random.below(bound as u64)).unwrap();
        for step in 0..1500 {
            world.now_ms += below(4) as u64;
            let at = below(3);
            match below(100) {
                0..6 => world.ask(at, step, key(["a", "b"][below(2)])),
                6..50 if !world.bag.is_empty() => {
                    let picked = below(world.bag.len());
                    // Some are left in the bag: they come again.
                    let again = below(5) == 0;
                    let envelope = if again { world.bag[picked].clone() } else { world.bag.swap_remove(picked) };
                    let to = usize::from(envelope.message.to.0) - 1;
                    world.handle(to, Event::Peer(vec![envelope]));
                }
                50..85 if !world.nodes[at].withheld.is_empty() => {
                    let which = below(world.nodes[at].withheld.len());
                    world.sync(at, which);
                }
                85..87 => world.crash(at),
                _ => world.handle(at, Event::Tick),
            }
            world.bag.truncate(200);
        }
        totals = (totals.0 + world.left, totals.1 + world.answered, totals.2 + world.dropped);
    }
    let (left, answered, dropped) = totals;
    assert!(left > 1000 && answered > 100 && dropped > 100, "{totals:?}: the runs were too quiet to show anything");
}

#[test]
fn a_store_that_syncs_nothing_lets_nothing_be_promised_voted_or_answered() {
    let mut world = World::new();
    for sequence in 0..20 {
        world.ask(usize::try_from(sequence % 3).unwrap(), sequence, key("a"));
        while let Some(envelope) = world.bag.pop() {
            assert_eq!(envelope.message.row, LogRecord::default().row(), "a promise or a vote was told");
            let to = usize::from(envelope.message.to.0) - 1;
            world.handle(to, Event::Peer(vec![envelope]));
        }
        world.now_ms += 50;
        (0..3).for_each(|at| world.handle(at, Event::Tick));
    }
    assert_eq!(world.answered, 0);
    assert!(world.nodes.iter().all(|node| !node.withheld.is_empty()));
}
