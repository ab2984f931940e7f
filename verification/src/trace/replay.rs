//! One stream through the core.

use super::checker::{Checker, Source};
use super::describe;
use super::facts::{Hole, LearnedFact, Origin, RowFact};
use super::failure::{Failure, Fault};
use super::known::{Fit, Known, NodeKnown};
use super::segment::Position;
use quorate_protocol::trace::{Event, LogNumber, StepDigests};
use quorate_protocol::{IdleImage, Input, LogId, LogRecord, NodeId, PaxosLog, Replica, Slot};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Events of a log that are shown before a failure, and after it.
const BEFORE: usize = 6;
const AFTER: u8 = 3;

pub(super) struct StreamReplay<'a, S> {
    checker: &'a mut Checker,
    source: &'a mut S,
    replica: Arc<Replica>,
    node: NodeId,
    incarnation: u32,
    live: HashMap<LogNumber, Live>,
    /// The logs of `live`, by their numbers in the checker.
    hosted: HashSet<u32>,
    /// Logs that are not looked at: those of other parts, and those that failed, with the failure's place in the
    /// report and how many of its events to add there.
    ignored: HashMap<LogNumber, Option<(usize, u8)>>,
    event: u64,
    at: Position,
    ended: bool,
}

/// A log in memory.
struct Live {
    id: u32,
    log: PaxosLog,
    steps: u64,
    /// Its write under way, among the facts.
    pending: Option<usize>,
    recent: [Option<Position>; BEFORE],
}

impl<'a, S: Source> StreamReplay<'a, S> {
    pub(super) fn new(checker: &'a mut Checker, replica: Arc<Replica>, source: &'a mut S) -> Self {
        let me = replica.me();
        let (live, hosted, ignored) = (HashMap::new(), HashSet::new(), HashMap::new());
        let (node, incarnation, at) = (me.node, me.incarnation.0, Position::default());
        Self { checker, source, replica, node, incarnation, live, hosted, ignored, event: 0, at, ended: false }
    }

    pub(super) fn run(mut self) {
        let incarnation = self.incarnation;
        self.known().begin(incarnation);
        loop {
            match self.source.next_event() {
                Ok(None) => break,
                Ok(Some((at, event))) => {
                    self.at = at;
                    self.event += 1;
                    self.take(event);
                }
                Err(fault) => {
                    let place = self.place();
                    self.checker.fail_stream(fault, place);
                    break;
                }
            }
        }
        self.checker.report.events += self.event;
        self.forget_all();
        if !self.ended {
            self.checker.report.torn += 1;
            self.known().losses += 1;
        }
    }

    fn take(&mut self, event: Event) {
        if self.ended {
            return self.misplaced("an event after the end of its stream");
        }
        match event {
            Event::Start(_) => self.misplaced("a segment begins within another"),
            Event::Loaded { log, id, record } => self.load(log, &id, record),
            Event::Resumed { log, id, image } => self.resume(log, &id, image),
            Event::Step { log, serial, input, after } => self.step(log, serial, input, after),
            Event::Evicted { log } => self.evict(log),
            Event::Gap { events } => {
                self.checker.report.gaps += 1;
                self.checker.report.lost += events;
                self.forget_all();
                self.ignored.clear();
                self.known().losses += 1;
            }
            Event::Unrecorded { events } => self.checker.report.lost += events,
            Event::End => self.ended = true,
        }
    }

    fn load(&mut self, number: LogNumber, id: &LogId, record: LogRecord) {
        let Some(id) = self.introduce(number, id) else { return };
        let fit = self.known().fit(id, &record);
        let restored = PaxosLog::restore(Arc::clone(&self.replica), record);
        match (restored, fit) {
            (Err(error), _) => self.fail_log(number, id, Fault::Record(error.0), &[], Vec::new()),
            (Ok(log), Ok(fit)) => self.host(number, id, log, fit),
            (Ok(log), Err(fault)) => {
                let lines = vec![format!("the store gave back: {}", describe::record(log.durable()))];
                self.fail_log(number, id, fault, &[], lines);
            }
        }
    }

    fn resume(&mut self, number: LogNumber, id: &LogId, image: IdleImage) {
        let Some(id) = self.introduce(number, id) else { return };
        let fit = self.known().fit(id, &image.durable);
        match (PaxosLog::from_idle_image(Arc::clone(&self.replica), image), fit) {
            (Err(error), _) => self.fail_log(number, id, Fault::Record(error.0), &[], Vec::new()),
            (Ok(_), Err(fault)) => self.fail_log(number, id, fault, &[], Vec::new()),
            (Ok(log), Ok(fit)) => self.host(number, id, log, fit),
        }
    }

    /// The log's number in the checker, if it is to be looked at.
    fn introduce(&mut self, number: LogNumber, id: &LogId) -> Option<u32> {
        let Some(id) = self.checker.number(id) else {
            self.ignored.insert(number, None);
            return None;
        };
        if self.known().failed.contains(&id) {
            self.ignored.insert(number, None);
            return None;
        }
        if self.live.contains_key(&number) || !self.hosted.insert(id) {
            self.misplaced("a number is given twice");
            return None;
        }
        Some(id)
    }

    fn host(&mut self, number: LogNumber, id: u32, log: PaxosLog, fit: Fit) {
        let (node, origin) = (self.node, self.origin());
        let facts = self.checker.facts(id);
        match fit {
            Fit::Same => {}
            Fit::Confirms(row) => facts.rows.get_mut(row).into_iter().for_each(|row| row.durable = true),
            Fit::Hole(from, to) => {
                facts.holes.push(Hole { node, from, to });
                facts.rows.push(RowFact::of(node, log.durable(), true, origin));
                let known = log.record().chosen.iter().chain(&log.durable().chosen);
                facts.learned.extend(known.map(|chosen| LearnedFact::of(node, chosen, origin)));
                self.checker.report.holes += u64::from(from > Slot::ZERO);
            }
        }
        let known = Known::new(log.durable(), None, self.known().losses);
        self.known().logs.insert(id, known);
        let mut live = Live { id, log, steps: 0, pending: None, recent: [None; BEFORE] };
        live.note(self.at);
        self.live.insert(number, live);
    }

    fn step(&mut self, number: LogNumber, serial: u64, input: Input, after: StepDigests) {
        let (node, origin) = (self.node, self.origin());
        let Some(live) = self.live.get_mut(&number) else { return self.step_of_another(number) };
        live.note(self.at);
        live.steps += 1;
        if serial != live.steps {
            let (id, recent, fault) = (live.id, live.recent, Fault::Serial { found: serial, expected: live.steps });
            return self.fail_log(number, id, fault, &recent, Vec::new());
        }
        let confirms = matches!(input, Input::Durable);
        let issued = live.log.writing().is_some();
        let learned = live.log.record().chosen_slot();
        let output = live.log.step(input);
        let digests = StepDigests::of(&output, &live.log);
        let fault = match live.log.check() {
            _ if confirms && !issued => Some(Fault::NotIssued),
            _ if digests.output != after.output => Some(Fault::Output),
            _ if digests.state != after.state => Some(Fault::State),
            Err(violation) => Some(Fault::Invariant(violation)),
            Ok(()) => None,
        };
        if let Some(fault) = fault {
            let (id, recent) = (live.id, live.recent);
            let lines = describe::step(&output, &live.log).into_iter().map(|line| format!("  replayed: {line}"));
            let lines = lines.collect();
            return self.fail_log(number, id, fault, &recent, lines);
        }
        let (report, facts) = (&mut self.checker.report, self.checker.facts.get_mut(live.id as usize));
        let Some(facts) = facts else { return };
        report.steps += 1;
        if confirms {
            report.durable += 1;
            let row = live.pending.take().and_then(|pending| facts.rows.get_mut(pending));
            row.into_iter().for_each(|row| row.durable = true);
        }
        if let Some(write) = &output.write {
            report.issued += 1;
            live.pending = Some(facts.rows.len());
            facts.rows.push(RowFact::of(node, write, false, origin));
        }
        if let Some(chosen) = live.log.record().chosen.as_ref().filter(|chosen| chosen.slot > learned) {
            facts.learned.push(LearnedFact::of(node, chosen, origin));
        }
    }

    /// A step of a log that is not live.
    fn step_of_another(&mut self, number: LogNumber) {
        match self.ignored.get_mut(&number) {
            None => self.misplaced("a step of a log that is not in memory"),
            Some(None) => {}
            Some(Some((failure, lines))) => {
                self.checker.report.after_failures += 1;
                if *lines > 0 {
                    *lines -= 1;
                    let failure = *failure;
                    let line = self.line(self.at, "   ");
                    if let Some(failure) = self.checker.report.failures.get_mut(failure) {
                        failure.neighbourhood.extend(line);
                    }
                }
            }
        }
    }

    fn evict(&mut self, number: LogNumber) {
        match self.live.remove(&number) {
            Some(live) if live.log.writing().is_some() => {
                self.misplaced("a log leaves memory with a write under way");
            }
            Some(live) => self.remember(&live),
            None if self.ignored.remove(&number).is_some() => {}
            None => self.misplaced("a log leaves memory that is not in it"),
        }
    }

    fn remember(&mut self, live: &Live) {
        self.hosted.remove(&live.id);
        let known = Known::new(live.log.durable(), live.log.writing().zip(live.pending), self.known().losses);
        self.known().logs.insert(live.id, known);
    }

    fn forget_all(&mut self) {
        for live in std::mem::take(&mut self.live).into_values() {
            self.remember(&live);
        }
    }

    fn fail_log(&mut self, number: LogNumber, id: u32, fault: Fault, recent: &[Option<Position>], lines: Vec<String>) {
        self.live.remove(&number);
        self.hosted.remove(&id);
        self.known().failed.insert(id);
        self.known().logs.remove(&id);
        let hole = Hole { node: self.node, from: Slot::ZERO, to: Slot(u64::MAX) };
        self.checker.facts(id).holes.push(hole);
        let before = recent.iter().flatten().filter(|at| **at != self.at);
        let mut neighbourhood: Vec<String> = before.filter_map(|at| self.line(*at, "   ")).collect();
        neighbourhood.extend(self.line(self.at, ">>>"));
        neighbourhood.extend(lines);
        let log = self.checker.ids.get(id as usize).map(describe::log);
        let failure = Failure { fault, log, place: self.place(), neighbourhood };
        self.ignored.insert(number, Some((self.checker.report.failures.len(), AFTER)));
        self.checker.report.fail(failure);
    }

    fn line(&self, at: Position, mark: &str) -> Option<String> {
        let event = self.source.look_up(at)?;
        Some(format!("{mark} {:>3}:{:<10} {}", at.segment, at.offset, describe::event(&event)))
    }

    fn misplaced(&mut self, what: &'static str) {
        let place = self.place();
        self.checker.fail_stream(Fault::Misplaced(what), place);
    }

    fn place(&self) -> String {
        let (node, incarnation) = (self.node.0, self.incarnation);
        format!("node {node} start {incarnation} event {} ({})", self.event, self.source.place(self.at))
    }

    fn origin(&self) -> Origin {
        Origin { incarnation: self.incarnation, event: self.event }
    }

    fn known(&mut self) -> &mut NodeKnown {
        self.checker.nodes.entry(self.node).or_default()
    }
}

impl Live {
    /// Keeps the last few positions, the oldest first.
    fn note(&mut self, at: Position) {
        self.recent.rotate_left(1);
        if let Some(last) = self.recent.last_mut() {
            *last = Some(at);
        }
    }
}
