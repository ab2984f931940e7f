//! The traces of the simulated drivers, run again.

use super::report::Failure;
use super::simulation::Simulation;
use quorate_protocol::trace::{Event, Start};
use quorate_verification::trace::{Checker, Fault, Part, Position, Source};

impl Simulation {
    /// Replays and judges what every driver did; how many steps. A simulated crash loses nothing of a trace, so a store
    /// may give back what it confirmed or had under way, and nothing else.
    pub(super) fn replay_traces(&mut self) -> Result<u64, Failure> {
        let mut checker = Checker::new(Part { index: 0, of: 1 });
        for node in self.nodes.values_mut() {
            for trace in node.traces.drain(..) {
                let (start, events) = trace.into_events();
                checker.replay(&mut Recorded { start, events, next: 0 });
            }
        }
        let report = checker.finish();
        let complete = report.gaps == 0 && report.torn == 0 && report.slots_in_full == report.slots;
        if report.is_explained() && complete { Ok(report.steps) } else { Err(Failure::Trace(report.to_string())) }
    }
}

struct Recorded {
    start: Start,
    events: Vec<Event>,
    next: usize,
}

impl Source for Recorded {
    fn start(&self) -> &Start {
        &self.start
    }

    fn next_event(&mut self) -> Result<Option<(Position, Event)>, Fault> {
        let at = Position { segment: 0, offset: self.next as u64 };
        self.next += 1;
        Ok(self.look_up(at).map(|event| (at, event)))
    }

    fn look_up(&self, at: Position) -> Option<Event> {
        self.events.get(usize::try_from(at.offset).ok()?).cloned()
    }

    fn place(&self, at: Position) -> String {
        format!("in memory, {}", at.offset)
    }
}
