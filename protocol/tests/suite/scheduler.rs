//! A deterministic scheduler: whole clusters of logs on disks that lose what was not yet durable, over a network that
//! loses, repeats and reorders, with clients that retry elsewhere. A seed gives a run; everything is audited as it
//! happens.

use crate::audit::{Audit, Verdict};
use crate::clients::Clients;
use quorate_protocol::{
    Config, Incarnation, Input, LogRecord, Message, NodeId, Output, PaxosLog, Replica, Request, RequestId, Slot, Timer,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 for no bound at all.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).unwrap()
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

pub(crate) struct Node {
    pub(crate) log: PaxosLog,
    incarnation: u32,
    disk: LogRecord,
    timers: BTreeMap<Timer, u64>,
}

pub(crate) struct Scheduler {
    pub(crate) config: Config,
    pub(crate) nodes: Vec<Node>,
    pub(crate) network: Vec<Message>,
    pub(crate) audit: Audit,
    pub(crate) random: Random,
    pub(crate) clients: Clients,
    /// The most events that healing took.
    pub(crate) healed: usize,
    now: u64,
}

impl Scheduler {
    pub(crate) fn new(seed: u64, voters: u16) -> Self {
        let config = Config::new(1.into(), (1..=voters).map(NodeId)).unwrap();
        let mut scheduler = Self {
            nodes: Vec::new(),
            network: Vec::new(),
            audit: Audit::new(usize::from(voters)),
            random: Random(seed),
            clients: Clients::new(&config),
            config,
            healed: 0,
            now: 0,
        };
        for at in 0..usize::from(voters) {
            let log = scheduler.restore(at, 1, LogRecord::default());
            let node = Node { log, incarnation: 1, disk: LogRecord::default(), timers: BTreeMap::new() };
            scheduler.nodes.push(node);
        }
        scheduler
    }

    fn restore(&self, at: usize, incarnation: u32, record: LogRecord) -> PaxosLog {
        let node = self.config.voters()[at];
        let replica = Replica::new(node, Incarnation(incarnation), self.config.clone()).unwrap();
        PaxosLog::restore(Arc::new(replica), record).unwrap()
    }

    pub(crate) fn step(&mut self, at: usize, input: Input) -> Verdict {
        let output = self.nodes[at].log.step(input);
        self.nodes[at].log.check().map_err(|violation| violation.to_string())?;
        let Output { write, send, done, timers, .. } = output;
        if write.is_some() && self.nodes[at].log.writing() != write.as_ref() {
            return Err("a write is issued that is not under way".into());
        }
        self.audit.holds(self.nodes[at].log.record())?;
        for message in &send {
            self.audit.sent(message)?;
        }
        self.network.extend(send);
        for (timer, range) in timers {
            let wait = u64::from(range.min_ms) + self.random.below((range.max_ms - range.min_ms) as usize + 1) as u64;
            self.nodes[at].timers.insert(timer, self.now + wait);
        }
        for (id, reply) in done {
            self.clients.answered(at, id, reply);
        }
        self.always_pursued(at)
    }

    /// Whoever waits, waits for a write or a timer, never for nothing.
    fn always_pursued(&self, at: usize) -> Verdict {
        let Node { log, timers, .. } = &self.nodes[at];
        if log.waiting() > 0 && log.writing().is_none() && timers.is_empty() {
            return Err(format!("a request waits at {at} and nothing will wake it: {:?}", log.phase()));
        }
        Ok(())
    }

    /// The write under way reaches the disk; the log may yet die before it hears of it.
    fn persist(&mut self, at: usize) -> Result<bool, String> {
        let Some(record) = self.nodes[at].log.writing().cloned() else { return Ok(false) };
        self.nodes[at].disk = record.clone();
        self.audit.persisted(self.config.voters()[at], &record)?;
        Ok(true)
    }

    fn sync(&mut self, at: usize) -> Verdict {
        if self.persist(at)? { self.step(at, Input::Durable) } else { Ok(()) }
    }

    fn crash(&mut self, at: usize) -> Verdict {
        if self.random.chance(50) {
            self.persist(at)?;
        }
        let incarnation = self.nodes[at].incarnation + 1;
        let log = self.restore(at, incarnation, self.nodes[at].disk.clone());
        self.nodes[at] = Node { log, incarnation, disk: self.nodes[at].disk.clone(), timers: BTreeMap::new() };
        self.clients.lost(at);
        Ok(())
    }

    /// An idle log may be dropped from memory and loaded again.
    fn evict(&mut self, at: usize) {
        let Node { log, incarnation, disk, .. } = &self.nodes[at];
        if log.is_idle() {
            self.nodes[at].log = self.restore(at, *incarnation, disk.clone());
            self.nodes[at].timers.clear();
        }
    }

    fn deliver(&mut self, at: usize, keep: bool) -> Verdict {
        let message = if keep { self.network[at].clone() } else { self.network.swap_remove(at) };
        let to = self.config.index(message.to).unwrap();
        self.step(to, Input::Receive(message))
    }

    fn fire(&mut self, at: usize, timer: Timer) -> Verdict {
        self.nodes[at].timers.remove(&timer);
        self.step(at, Input::Timeout(timer))
    }

    pub(crate) fn propose(&mut self, to: NodeId, request: Request) -> Verdict {
        let at = self.config.index(to).unwrap();
        self.step(at, Input::Propose(request))
    }

    pub(crate) fn withdraw(&mut self, at: usize, id: RequestId) -> Verdict {
        self.step(at, Input::Withdraw(id))
    }

    /// One random event.
    pub(crate) fn chaos(&mut self) -> Verdict {
        let at = self.random.below(self.nodes.len());
        match self.random.below(100) {
            0..45 if !self.network.is_empty() => {
                let which = self.random.below(self.network.len());
                let keep = self.random.chance(10);
                self.deliver(which, keep)
            }
            45..50 if !self.network.is_empty() => {
                let which = self.random.below(self.network.len());
                self.network.swap_remove(which);
                Ok(())
            }
            50..70 => self.sync(at),
            70..74 => {
                let armed: Vec<Timer> = self.nodes[at].timers.keys().copied().collect();
                armed.into_iter().try_for_each(|timer| self.fire(at, timer))
            }
            74..75 => self.crash(at),
            75..76 => {
                self.evict(at);
                Ok(())
            }
            76..77 => self.repair(at),
            _ => self.client_event(),
        }
    }

    /// What readers ask of replicas, with slots that may be stale or wild.
    fn repair(&mut self, at: usize) -> Verdict {
        let last = self.audit.last_chosen().0;
        let slot = Slot((last + 2).saturating_sub(self.random.below(4) as u64));
        let input = if self.random.chance(50) { Input::Help(slot) } else { Input::Settle(slot) };
        self.step(at, input)
    }

    /// From now on all works: messages arrive in order, disks are quick, timers fire when they are due. Everything that
    /// waits is answered within `bound` events, and then silence falls.
    pub(crate) fn heal(&mut self, bound: usize) -> Verdict {
        for event in 0..bound {
            self.healed = self.healed.max(event);
            if let Some(at) = (0..self.nodes.len()).find(|at| self.nodes[*at].log.writing().is_some()) {
                self.sync(at)?;
            } else if !self.network.is_empty() {
                let message = self.network.remove(0);
                let to = self.config.index(message.to).unwrap();
                self.step(to, Input::Receive(message))?;
            } else if let Some((due, at, timer)) = self.next_timer() {
                self.now = self.now.max(due);
                self.fire(at, timer)?;
            } else {
                let idle = self.nodes.iter().all(|node| node.log.is_idle() && node.log.waiting() == 0);
                return if idle { Ok(()) } else { Err("silence, and somebody still waits".into()) };
            }
        }
        let phases: Vec<_> = self.nodes.iter().map(|node| (node.log.phase(), node.log.waiting())).collect();
        Err(format!("no silence within {bound} events of healing: {phases:?}"))
    }

    fn next_timer(&self) -> Option<(u64, usize, Timer)> {
        let timers = self.nodes.iter().enumerate();
        timers.flat_map(|(at, node)| node.timers.iter().map(move |(timer, due)| (*due, at, *timer))).min()
    }
}
