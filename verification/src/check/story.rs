//! A counterexample as a story: one line a step, and below it only what changed.

use crate::model::{Action, Cluster, READERS_MAX, State};
use quorate_protocol::{Accepted, Entry, LogRecord, Message, PaxosLog, Phase, Row};
use stateright::Path;

/// Tells how a model came to break a property.
pub fn story(model: &Cluster, path: Path<State, Action>) -> String {
    let steps = path.into_vec();
    let mut text = String::new();
    for (number, pair) in steps.windows(2).enumerate() {
        let [(before, Some(action)), (after, _)] = pair else { continue };
        text.push_str(&format!("{:>3}. {}\n", number + 1, describe(model, Some(before), action)));
        for change in changes(model, before, after) {
            text.push_str(&format!("       {change}\n"));
        }
    }
    if let Some((last, _)) = steps.last().filter(|(last, _)| !model.makes_progress(last)) {
        let mut told = Vec::new();
        model.heals_within(last, model.scenario.heals_within.unwrap_or_default(), Some(&mut told));
        text.push_str("     from here on nothing is lost, and yet:\n");
        told.iter().for_each(|line| text.push_str(&format!("       {line}\n")));
    }
    if let Some(broken) = steps.last().and_then(|(state, _)| state.broken) {
        text.push_str(&format!("     broken: {broken}\n"));
    }
    text
}

/// One event in words; the state before it adds what was answered or asked.
pub(crate) fn describe(model: &Cluster, state: Option<&State>, action: &Action) -> String {
    match action {
        Action::Deliver(message) => {
            let message = model.message(*message);
            format!("n{} -> n{}: {}", message.from.0, message.to.0, said(message))
        }
        Action::CatchUp { node, slot } => format!("n{node} catches up: it learns what is chosen in slot {}", slot.0),
        Action::Durable(node) => format!("n{node}'s write is durable"),
        Action::Crash { node, kept: true } => format!("n{node} crashes after its write reached the disk; it restarts"),
        Action::Crash { node, kept: false } => format!("n{node} crashes; what was not durable is lost; it restarts"),
        Action::Propose(index) => match model.scenario.scripts.get(*index) {
            Some(script) => format!("a client asks n{}: {:?}", script.to.0, script.operation),
            None => format!("a client asks for request {index}"),
        },
        Action::Defer(node) => format!("n{node} has waited long enough"),
        Action::Settle(node) => format!("a reader asks n{node} to settle the open slot"),
        Action::ReadBegins(reader) => format!("reader {reader} begins a read"),
        Action::ReadReply { reader, node } => {
            let record = state.and_then(|state| model.log(state, *node)).map(|log| log.snapshot());
            let known = record.map(|record| format!(": chosen {}, {}", record.chosen_slot().0, vote(&record)));
            format!("n{node} answers reader {reader}{}", known.unwrap_or_default())
        }
        Action::LateReply { reader, index } => {
            let reply = state.and_then(|state| model.reader(state, *reader)).and_then(|reader| reader.late.get(*index));
            reply.map_or_else(
                || "a late reply arrives".to_owned(),
                |late| {
                    let (from, read, chosen) = (late.0.0, late.1.id.sequence, late.1.chosen.0);
                    format!("n{from}'s reply to read {read} arrives now: chosen {chosen}")
                },
            )
        }
        Action::ReadTimeout(reader) => format!("the patience of reader {reader} runs out"),
        Action::AttemptArrives(index) => attempt(model, state, *index),
        Action::AttemptReply(index) => {
            let writer = state.and_then(|state| model.writer(state));
            let reply = writer.and_then(|writer| writer.replies.get(*index));
            reply.map_or_else(
                || "the client hears".to_owned(),
                |(from, _, reply)| format!("n{} answers: {reply:?}", from.0),
            )
        }
        Action::AttemptTimeout => "the client's patience runs out; it tries the next replica".to_owned(),
        Action::Deadline => "the client's deadline passes; it has its request resolved".to_owned(),
    }
}

fn attempt(model: &Cluster, state: Option<&State>, index: usize) -> String {
    let writer = state.and_then(|state| model.writer(state));
    match writer.and_then(|writer| writer.sent.get(index)) {
        Some((to, request)) => format!("attempt {} reaches n{}: {:?}", request.attempt, to.0, request.operation),
        None => "an attempt arrives".to_owned(),
    }
}

pub(crate) fn said(message: &Message) -> String {
    let Row { slot, promised, accepted } = message.row;
    let mut text = format!("slot {}: promised {promised}, accepted {accepted}", slot.0);
    if let Some(entry) = &message.accepted {
        text.push_str(&format!(" = {}", value(entry)));
    }
    if let Some(proposal) = &message.proposal {
        let (slot, ballot) = (proposal.slot.0, proposal.ballot);
        text.push_str(&format!("; proposes {} at {ballot} in slot {slot}", value(&proposal.entry)));
    }
    text.push_str(&format!("; knows slot {} chosen", message.chosen.slot.0));
    text
}

/// What an event changed, a line for each node or client.
pub(crate) fn changes(model: &Cluster, before: &State, after: &State) -> Vec<String> {
    let mut changes = Vec::new();
    for (index, (was, is)) in model.logs(before).zip(model.logs(after)).enumerate() {
        let pairs = fields(was).into_iter().zip(fields(is));
        let different: Vec<String> = pairs.filter(|(was, is)| was != is).map(|(_, is)| is).collect();
        if !different.is_empty() {
            changes.push(format!("n{index}: {}", different.join(", ")));
        }
    }
    if let (Some(was), Some(is)) = (model.writer(before), model.writer(after))
        && was.told() != is.told()
    {
        changes.push(format!("the client is told: {:?}", is.told()));
    }
    for reader in 0..READERS_MAX {
        let reading = |state| model.reader(state, reader).is_some_and(|reader| reader.read.is_some());
        if reading(before) && !reading(after) {
            changes.push(format!("the read of reader {reader} returns"));
        }
    }
    changes
}

/// A whole state: a line for each replica, then what is chosen, then what is on the network.
pub(crate) fn told(model: &Cluster, state: &State) -> Vec<String> {
    let mut lines: Vec<String> =
        model.logs(state).enumerate().map(|(index, log)| format!("n{index}: {}", fields(log).join(", "))).collect();
    for (slot, entry) in model.ghost(state).chosen() {
        lines.push(format!("slot {}: {} is chosen", slot.0, value(entry)));
    }
    for message in state.network.iter().map(|id| model.message(id)) {
        lines.push(format!("may arrive: n{} -> n{}: {}", message.from.0, message.to.0, said(message)));
    }
    lines.extend(state.broken.map(|broken| format!("broken: {broken}")));
    lines
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

fn phase(phase: &Phase) -> String {
    match phase {
        Phase::Idle => "idle".to_owned(),
        Phase::Deferred => "defers".to_owned(),
        Phase::Preparing { ballot, promises, .. } => format!("preparing {ballot}, promises {promises:?}"),
        Phase::Accepting { ballot } => format!("accepting {ballot}"),
    }
}

fn vote(record: &LogRecord) -> String {
    match &record.accepted {
        Some(Accepted { ballot, entry }) => format!("accepted {} at {ballot}", value(entry)),
        None => "accepted nothing".to_owned(),
    }
}

fn value(entry: &Entry) -> String {
    entry.value.as_ref().map_or_else(|| "nothing".to_owned(), |value| String::from_utf8_lossy(value).into_owned())
}
