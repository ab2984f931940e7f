//! What a model over the shipped core says of its steps.

use super::{Action, Branch, Cluster, READERS_MAX, State};
use crate::diagram::{Lane, Scene};
use crate::playback::Told;
use crate::playback::words::{answered, phase, said, told, value, vote};
use quorate_protocol::{Message, Operation, PaxosLog};
use serde::{Deserialize, Serialize};

/// An action, as a file holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrittenAction {
    /// A message arrives: the message itself, since its name in a run means nothing in another.
    Delivered(Message),
    /// Anything else.
    Happened(Action),
}

impl Told for Cluster {
    type Written = WrittenAction;

    fn written(&self, action: &Action) -> WrittenAction {
        match action {
            Action::Deliver(message) => WrittenAction::Delivered(self.message(*message).clone()),
            other => WrittenAction::Happened(*other),
        }
    }

    fn describe(&self, before: Option<&State>, action: &Action) -> String {
        match action {
            Action::Deliver(message) => {
                let message = self.message(*message);
                format!("n{} -> n{}: {}", message.from.0, message.to.0, said(message))
            }
            Action::CatchUp { node, slot } => {
                format!("n{node} catches up: it learns what is chosen in slot {}", slot.0)
            }
            Action::Durable(node) => format!("n{node}'s write is durable"),
            Action::Crash { node, kept: true } => {
                format!("n{node} crashes after its write reached the disk; it restarts")
            }
            Action::Crash { node, kept: false } => {
                format!("n{node} crashes; what was not durable is lost; it restarts")
            }
            Action::Propose(index) => match self.scenario.scripts.get(*index) {
                Some(script) => format!("a client asks n{}: {}", script.to.0, asked(&script.operation)),
                None => format!("a client asks for request {index}"),
            },
            Action::Defer(node) => format!("n{node} has waited long enough"),
            Action::Settle(node) => format!("a reader asks n{node} to settle the open slot"),
            Action::ReadBegins(reader) => format!("reader {reader} begins a read"),
            Action::ReadReply { reader, node } => {
                let record = before.and_then(|state| self.log(state, *node)).map(|log| log.snapshot());
                let known = record.map(|record| format!(": chosen {}, {}", record.chosen_slot().0, vote(&record)));
                format!("n{node} answers reader {reader}{}", known.unwrap_or_default())
            }
            Action::LateReply { reader, index } => self.late(before, *reader, *index),
            Action::ReadTimeout(reader) => format!("the patience of reader {reader} runs out"),
            Action::AttemptArrives(index) => self.attempt(before, *index),
            Action::AttemptReply(index) => {
                let writer = before.and_then(|state| self.writer(state));
                let reply = writer.and_then(|writer| writer.replies.get(*index));
                let said = reply.map(|(from, _, reply)| format!("n{} answers: {}", from.0, answered(*reply)));
                said.unwrap_or_else(|| "the client hears".to_owned())
            }
            Action::AttemptTimeout => "the client's patience runs out; it tries the next replica".to_owned(),
            Action::Deadline => "the client's deadline passes; it has its request resolved".to_owned(),
        }
    }

    fn changes(&self, before: &State, after: &State) -> Vec<String> {
        let mut changes = Vec::new();
        for (index, (was, is)) in self.logs(before).zip(self.logs(after)).enumerate() {
            let pairs = fields(was).into_iter().zip(fields(is));
            let different: Vec<String> = pairs.filter(|(was, is)| was != is).map(|(_, is)| is).collect();
            if !different.is_empty() {
                changes.push(format!("n{index}: {}", different.join(", ")));
            }
        }
        if let (Some(was), Some(is)) = (self.writer(before), self.writer(after))
            && was.told() != is.told()
            && let Some(outcome) = is.told()
        {
            changes.push(format!("the client is told: {}", told(outcome)));
        }
        for reader in 0..READERS_MAX {
            if self.is_reading(before, reader) && !self.is_reading(after, reader) {
                changes.push(format!("the read of reader {reader} returns"));
            }
        }
        changes
    }

    fn whole(&self, state: &State) -> Vec<String> {
        let mut lines: Vec<String> =
            self.logs(state).enumerate().map(|(index, log)| format!("n{index}: {}", fields(log).join(", "))).collect();
        for (slot, entry) in self.ghost(state).chosen() {
            lines.push(format!("slot {}: {} is chosen", slot.0, value(entry)));
        }
        for message in state.network.iter().map(|id| self.message(id)) {
            lines.push(format!("may arrive: n{} -> n{}: {}", message.from.0, message.to.0, said(message)));
        }
        lines.extend(state.broken.map(|broken| format!("broken: {broken}")));
        lines
    }

    fn ending(&self, last: &State) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.makes_progress(last) {
            let mut steps = Vec::new();
            self.heals_within(last, self.scenario.heals_within.unwrap_or_default(), Some(&mut steps));
            lines.push("from here on nothing is lost, and yet:".to_owned());
            lines.extend(steps.into_iter().map(|line| format!("  {line}")));
        }
        lines.extend(last.broken.map(|broken| format!("broken: {broken}")));
        lines
    }

    fn lanes(&self) -> Vec<Lane> {
        self.all_lanes()
    }

    fn branches(&self) -> Vec<String> {
        let rest = Branch::ALL.into_iter().filter(|branch| !self.scenario.expects.contains(branch));
        self.scenario.expects.iter().copied().chain(rest).map(|branch| format!("{branch:?}")).collect()
    }

    fn has_reached(&self, branch: &str) -> bool {
        Branch::ALL.into_iter().any(|known| format!("{known:?}") == branch && self.coverage.is_taken(known))
    }

    fn draw_start(&self, scene: &mut Scene, first: &State) {
        self.writer(first).into_iter().for_each(|writer| self.draw_requests(scene, &[], writer));
    }

    fn draw(&self, scene: &mut Scene, (before, action, after): (&State, &Action, &State)) {
        self.draw_action(scene, before, action);
        self.draw_changes(scene, (before, action, after));
    }
}

impl Cluster {
    /// Whether a reader has a read under way.
    pub(super) fn is_reading(&self, state: &State, reader: usize) -> bool {
        self.reader(state, reader).is_some_and(|reader| reader.read.is_some())
    }

    fn late(&self, before: Option<&State>, reader: usize, index: usize) -> String {
        let reply = before.and_then(|state| self.reader(state, reader)).and_then(|reader| reader.late.get(index));
        reply.map_or_else(
            || "a late reply arrives".to_owned(),
            |late| {
                let (from, read, chosen) = (late.0.0, late.1.id.sequence, late.1.chosen.0);
                format!("n{from}'s reply to read {read} arrives now: chosen {chosen}")
            },
        )
    }

    fn attempt(&self, before: Option<&State>, index: usize) -> String {
        let writer = before.and_then(|state| self.writer(state));
        match writer.and_then(|writer| writer.sent.get(index)) {
            Some((to, request)) => {
                format!("attempt {} reaches n{}: {}", request.attempt, to.0, asked(&request.operation))
            }
            None => "an attempt arrives".to_owned(),
        }
    }
}

/// What a client asks for, in a few words.
pub(super) fn asked(operation: &Operation) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match operation {
        Operation::Put(value) => format!("put {}", text(value)),
        Operation::CompareAndSet { expect: quorate_protocol::Expect::Value(old), new: Some(new) } => {
            format!("cas {} to {}", text(old), text(new))
        }
        Operation::Cancel => "resolve, or cancel".to_owned(),
        other => format!("{other:?}"),
    }
}

fn fields(log: &PaxosLog) -> [String; 5] {
    let record = log.record();
    [
        format!("chosen {} = {}", record.chosen_slot().0, record.chosen_entry().map_or("-".into(), |e| value(e))),
        format!("promised {}", record.promised),
        vote(record),
        format!("durable ({}, {}, {})", log.durable().chosen_slot().0, log.durable().promised, vote(log.durable())),
        phase(log.phase()),
    ]
}
