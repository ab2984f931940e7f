//! What the models' stories have in common: entries, votes, messages in a few words.

use crate::diagram::{MarkKind, Scene};
use quorate_protocol::{Accepted, Entry, LogRecord, Message, PaxosLog, Phase, Recorded, Reply, Row, WriteOutcome};

/// An entry's value.
pub(crate) fn value(entry: &Entry) -> String {
    entry.value.as_ref().map_or_else(|| "nothing".to_owned(), |value| String::from_utf8_lossy(value).into_owned())
}

/// What a record has accepted in its open slot.
pub(crate) fn vote(record: &LogRecord) -> String {
    match &record.accepted {
        Some(Accepted { ballot, entry }) => format!("accepted {} at {ballot}", value(entry)),
        None => "accepted nothing".to_owned(),
    }
}

/// A message, whole.
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

/// A message in the words of Paxos, for an arrow. A row says what its sender has promised and voted for; which of the
/// two is the news follows from the ballots.
pub(crate) fn label(message: &Message) -> String {
    let Row { slot, promised, accepted } = message.row;
    let slot = slot.0;
    if let Some(proposal) = &message.proposal {
        return format!("accept {} at {}, slot {}?", value(&proposal.entry), proposal.ballot, proposal.slot.0);
    }
    if let Some(entry) = &message.chosen.entry {
        return format!("slot {}: {} is chosen", message.chosen.slot.0, value(entry));
    }
    if promised == accepted && !promised.is_none() {
        return format!("voted at {promised}, slot {slot}");
    }
    if promised.is_none() {
        return format!("slot {slot} is open here");
    }
    let asks = promised.proposer().node == message.from;
    let mut text = if asks { format!("prepare {promised}, slot {slot}") } else { format!("promise {promised}") };
    match &message.accepted {
        Some(entry) => text.push_str(&format!(", voted {} at {accepted}", value(entry))),
        None if !accepted.is_none() => text.push_str(&format!(", voted at {accepted}")),
        None if !asks => text.push_str(", no vote"),
        None => {}
    }
    text
}

/// What a replica answers a client.
pub(crate) fn answered(reply: Reply) -> String {
    match reply {
        Reply::Recorded(recorded) => recorded_as(recorded),
        other => format!("{other:?}"),
    }
}

/// What a client is told of its write.
pub(crate) fn told(outcome: WriteOutcome) -> String {
    match outcome {
        WriteOutcome::Recorded(recorded) => recorded_as(recorded),
        other => format!("{other:?}"),
    }
}

fn recorded_as(recorded: Recorded) -> String {
    format!("{:?}, recorded in slot {}", recorded.outcome, recorded.version.slot.0)
}

/// What a replica's phase is, in a word or two.
pub(crate) fn phase(phase: &Phase) -> String {
    match phase {
        Phase::Idle => "idle".to_owned(),
        Phase::Deferred => "defers".to_owned(),
        Phase::Preparing { ballot, promises, .. } => format!("preparing {ballot}, promises {promises:?}"),
        Phase::Accepting { ballot } => format!("accepting {ballot}"),
    }
}

/// The fields of a record in which `is` differs from `was`.
fn news(was: &LogRecord, is: &LogRecord) -> Vec<String> {
    let mut news = Vec::new();
    if was.chosen_slot() != is.chosen_slot() {
        let entry = is.chosen_entry().map_or_else(|| "nothing".to_owned(), |entry| value(entry));
        news.push(format!("knows slot {} chosen: {entry}", is.chosen_slot().0));
    }
    if was.promised != is.promised && !is.promised.is_none() {
        news.push(format!("promised {}", is.promised));
    }
    if was.accepted != is.accepted && is.accepted.is_some() {
        news.push(vote(is));
    }
    news
}

/// Draws what a step changed at a replica of the shipped core: what is on its disk now, what waits for the disk, what
/// it does.
pub(crate) fn draw_log(scene: &mut Scene, lane: usize, was: &PaxosLog, is: &PaxosLog) {
    if was == is {
        return;
    }
    let (durable, memory) = (news(was.durable(), is.durable()), news(was.record(), is.record()));
    let unwritten: Vec<String> = memory.into_iter().filter(|line| !durable.contains(line)).collect();
    if was.writing().is_some() && is.writing() != was.writing() {
        scene.written(lane, false);
    }
    if !durable.is_empty() {
        scene.mark(lane, MarkKind::Durable, durable.join(", "));
    }
    if !unwritten.is_empty() {
        let waits = if is.writing().is_some() { " (not on disk yet)" } else { "" };
        scene.mark(lane, MarkKind::Note, format!("{}{waits}", unwritten.join(", ")));
    }
    if std::mem::discriminant(was.phase()) != std::mem::discriminant(is.phase()) {
        match is.phase() {
            Phase::Idle => {}
            Phase::Deferred => scene.mark(lane, MarkKind::Note, "defers to another's round".to_owned()),
            Phase::Preparing { ballot, .. } => scene.mark(lane, MarkKind::Note, format!("prepares {ballot}")),
            Phase::Accepting { ballot } => scene.mark(lane, MarkKind::Note, format!("proposes at {ballot}")),
        }
    }
    if is.writing().is_some() && is.writing() != was.writing() {
        scene.writes(lane);
    }
}

/// Draws a crash of a replica of the shipped core: what was on the disk stays.
pub(crate) fn draw_crash(scene: &mut Scene, lane: usize, was: &PaxosLog, is: &PaxosLog, kept: bool) {
    let lost = match (was.writing().is_some(), kept) {
        (true, true) => "the write reached the disk",
        (true, false) => "the write is lost",
        (false, _) => "memory is lost",
    };
    let incarnation = is.replica().me().incarnation.0;
    scene.mark(lane, MarkKind::Crash, format!("crash: {lost}; starts again as incarnation {incarnation}"));
    if was.writing().is_some() {
        scene.written(lane, !kept);
    }
}
