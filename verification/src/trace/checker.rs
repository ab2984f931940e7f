use super::facts::{Hole, LogFacts};
use super::failure::{Failure, Fault};
use super::known::NodeKnown;
use super::replay::StreamReplay;
use super::report::Report;
use super::segment::Position;
use super::{describe, judge};
use quorate_protocol::trace::{Digest64, Event, Start};
use quorate_protocol::{Config, LogId, NodeId, Replica, Slot};
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The events of one stream.
pub trait Source {
    /// What it is of.
    fn start(&self) -> &Start;
    /// The next event, without the starts of segments; `None` at the end, be it torn or not.
    ///
    /// # Errors
    /// It cannot be read on.
    fn next_event(&mut self) -> Result<Option<(Position, Event)>, Fault>;
    /// An event again that was given before.
    fn look_up(&self, at: Position) -> Option<Event>;
    /// A position for people.
    fn place(&self, at: Position) -> String;
}

/// Which of the logs are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// From 0.
    pub index: u64,
    /// How many parts there are.
    pub of: u64,
}

/// Replays streams, and judges them together at the end. The streams of one node come in the order of its starts.
#[derive(Debug)]
pub struct Checker {
    part: Part,
    pub(super) config: Option<Config>,
    numbers: HashMap<LogId, u32>,
    pub(super) ids: Vec<LogId>,
    pub(super) facts: Vec<LogFacts>,
    pub(super) nodes: BTreeMap<NodeId, NodeKnown>,
    pub(super) report: Report,
}

impl Checker {
    /// A checker of a part of the logs.
    pub fn new(part: Part) -> Self {
        Self {
            part,
            config: None,
            numbers: HashMap::new(),
            ids: Vec::new(),
            facts: Vec::new(),
            nodes: BTreeMap::new(),
            report: Report::default(),
        }
    }

    /// Replays one stream.
    pub fn replay(&mut self, source: &mut impl Source) {
        self.report.streams += 1;
        match self.replica(source.start()) {
            Some(replica) => StreamReplay::new(self, replica, source).run(),
            None => self.fail_stream(Fault::Config, source.place(Position::default())),
        }
    }

    /// Judges what all streams came to.
    pub fn finish(mut self) -> Report {
        self.report.nodes = self.nodes.len();
        self.report.logs = self.ids.len() as u64;
        let Some(config) = self.config.take() else { return self.report };
        self.report.voters = config.voters().len();
        for (log, (id, mut facts)) in (0..).zip(self.ids.iter().zip(std::mem::take(&mut self.facts))) {
            for node in config.voters() {
                let from = self.nodes.get(node).map_or(Some(Slot::ZERO), |known| known.unknown_from(log));
                facts.holes.extend(from.map(|from| Hole { node: *node, from, to: Slot(u64::MAX) }));
            }
            judge::judge(&config, &describe::log(id), facts, &mut self.report);
        }
        self.report
    }

    /// The log's number here, if it is one of this part.
    pub(super) fn number(&mut self, id: &LogId) -> Option<u32> {
        let mut digest = Digest64::default();
        id.hash(&mut digest);
        if digest.finish().checked_rem(self.part.of).unwrap_or(0) != self.part.index {
            return None;
        }
        if let Some(number) = self.numbers.get(id) {
            return Some(*number);
        }
        let number = u32::try_from(self.ids.len()).ok()?;
        self.numbers.insert(id.clone(), number);
        self.ids.push(id.clone());
        self.facts.push(LogFacts::default());
        Some(number)
    }

    pub(super) fn facts(&mut self, log: u32) -> &mut LogFacts {
        let at = log as usize;
        if self.facts.len() <= at {
            self.facts.resize_with(at + 1, LogFacts::default);
        }
        self.facts.get_mut(at).unwrap_or_else(|| unreachable!("just made"))
    }

    /// A failure of a stream as a whole; each part reads it, and one tells.
    pub(super) fn fail_stream(&mut self, fault: Fault, place: String) {
        if self.part.index == 0 {
            self.report.fail(Failure { fault, log: None, place, neighbourhood: Vec::new() });
        }
    }

    fn replica(&mut self, start: &Start) -> Option<Arc<Replica>> {
        let config = Config::new(start.epoch, start.voters.iter().copied()).ok()?;
        if self.config.get_or_insert_with(|| config.clone()) != &config {
            return None;
        }
        Replica::new(start.me.node, start.me.incarnation, config).ok().map(Arc::new)
    }
}
