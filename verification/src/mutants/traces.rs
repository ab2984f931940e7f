//! A trace of which an event is skipped: a node of one voter, its one log, and a write from its arrival to its answer.

use super::distorted::Shown;
use crate::trace::{Checker, Fault, Part, Position, Report, Source};
use quorate_protocol::trace::{Event, Start, StepDigests};
use quorate_protocol::{
    Config, Incarnation, Input, LogId, LogRecord, NodeId, Operation, PaxosLog, Replica, Request, RequestId, Slot,
};
use std::sync::Arc;

/// The replay is to say that what follows the skipped event cannot be explained. The right replay must explain all.
pub(super) fn skipped() -> Shown {
    let (start, events) = recorded().ok_or("the trace cannot be made")?;
    let right = replay(&start, &events, None);
    if !right.is_explained() {
        return Err(format!("the right replay fails: {right}"));
    }
    let durable = |event: &Event| matches!(event, Event::Step { input: Input::Durable, .. });
    let skip = events.iter().position(durable).ok_or("the trace has no durable write")?;
    let wrong = replay(&start, &events, Some(skip));
    Ok(wrong.failures.first().map(|failure| format!("event {}: {}", skip + 2, failure.fault)))
}

fn recorded() -> Option<(Start, Vec<Event>)> {
    let config = Config::new(1.into(), [NodeId(1)]).ok()?;
    let replica = Arc::new(Replica::new(NodeId(1), Incarnation(1), config.clone()).ok()?);
    let (epoch, voters) = (config.epoch(), config.voters().to_vec());
    let start = Start { me: replica.me(), shard: 0, segment: 0, epoch, voters };
    let mut log = PaxosLog::restore(replica, LogRecord::default()).ok()?;
    let mut events = vec![Event::Loaded { log: 1, id: LogId::of_key("k"), record: LogRecord::default() }];
    let request = Request::first(RequestId::new(1, 1), Slot::ZERO, Operation::put("v"));
    for (serial, input) in (1..).zip([Input::Propose(request), Input::Durable, Input::Durable]) {
        let output = log.step(input.clone());
        let after = StepDigests::of(&output, &log);
        events.push(Event::Step { log: 1, serial, input, after });
    }
    events.push(Event::End);
    Some((start, events))
}

fn replay(start: &Start, events: &[Event], skip: Option<usize>) -> Report {
    let mut checker = Checker::new(Part { index: 0, of: 1 });
    checker.replay(&mut Reader { start, events, skip, at: 0 });
    checker.finish()
}

/// Reads a trace, and loses an event of it.
struct Reader<'a> {
    start: &'a Start,
    events: &'a [Event],
    skip: Option<usize>,
    at: usize,
}

impl Source for Reader<'_> {
    fn start(&self) -> &Start {
        self.start
    }

    fn next_event(&mut self) -> Result<Option<(Position, Event)>, Fault> {
        if self.skip == Some(self.at) {
            self.at += 1;
        }
        let at = Position { segment: 0, offset: self.at as u64 };
        self.at += 1;
        Ok(self.events.get(self.at - 1).map(|event| (at, event.clone())))
    }

    fn look_up(&self, at: Position) -> Option<Event> {
        self.events.get(usize::try_from(at.offset).ok()?).cloned()
    }

    fn place(&self, at: Position) -> String {
        format!("event {}", at.offset + 1)
    }
}
