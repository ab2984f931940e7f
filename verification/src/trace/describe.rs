//! Events in words.

use quorate_protocol::trace::Event;
use quorate_protocol::{Entry, Input, LogId, LogRecord, Message, Output, PaxosLog, Row, trace::entry_digest};

/// A key, as text where it is some.
pub(super) fn log(id: &LogId) -> String {
    let key = String::from_utf8_lossy(&id.key);
    let key = key.escape_debug();
    if id.namespace.0 == 0 { format!("\"{key}\"") } else { format!("{}/\"{key}\"", id.namespace.0) }
}

pub(super) fn event(event: &Event) -> String {
    match event {
        Event::Start(start) => format!("start of segment {}", start.segment),
        Event::Loaded { record, .. } => format!("loaded {}", self::record(record)),
        Event::Resumed { image, .. } => {
            format!("resumed: knows {}; durable {}", record(&image.record), record(&image.durable))
        }
        Event::Step { input, .. } => self::input(input),
        Event::Evicted { .. } => "evicted".to_owned(),
        Event::Gap { events } => format!("gap: {events} events are missing"),
        Event::Unrecorded { events } => format!("{events} steps were not recorded"),
        Event::End => "end".to_owned(),
    }
}

fn input(input: &Input) -> String {
    match input {
        Input::Receive(message) => self::message("receive from", message.from.0, message),
        Input::Propose(request) => {
            let (id, attempt, base) = (request.id, request.attempt, request.base.0);
            let client = id.client.0 >> 96;
            format!("propose {client:x}.{} attempt {attempt} base {base}: {:?}", id.sequence, request.operation)
        }
        other => format!("{other:?}"),
    }
}

fn message(what: &str, peer: u16, message: &Message) -> String {
    let mut text = format!("{what} {peer}: {}", row(&message.row));
    let mut add = |part: String| text.push_str(&format!(", {part}"));
    message.accepted.iter().for_each(|accepted| add(entry(accepted)));
    if message.chosen.slot.0 > 0 {
        add(format!("chosen {}@{}", message.chosen.slot.0, message.chosen.ballot));
    }
    message.chosen.entry.iter().for_each(|chosen| add(entry(chosen)));
    if let Some(proposal) = &message.proposal {
        add(format!("proposes {}@{} {}", proposal.slot.0, proposal.ballot, entry(&proposal.entry)));
    }
    message.belief.iter().for_each(|belief| add(format!("believes {}", row(belief))));
    text
}

fn row(row: &Row) -> String {
    format!("slot {} promised {} accepted {}", row.slot.0, row.promised, row.accepted)
}

pub(super) fn record(record: &LogRecord) -> String {
    let chosen = record.chosen.as_ref();
    let chosen = chosen
        .map_or("nothing".to_owned(), |chosen| format!("{}@{} {}", chosen.slot.0, chosen.ballot, entry(&chosen.entry)));
    let accepted = record.accepted.as_ref();
    let accepted =
        accepted.map_or("-".to_owned(), |accepted| format!("{} {}", accepted.ballot, entry(&accepted.entry)));
    format!("chosen {chosen}; slot {} promised {} accepted {accepted}", record.open_slot().0, record.promised)
}

fn entry(entry: &Entry) -> String {
    let value = entry.value.as_ref().map_or("no value".to_owned(), |value| format!("{} bytes", value.len()));
    let owner = entry.owner;
    format!("entry {:08x} of {}.{} ({value})", entry_digest(entry) >> 32, owner.node.0, owner.incarnation.0)
}

/// What a replayed step came to.
pub(super) fn step(output: &Output, after: &PaxosLog) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(output.write.as_ref().map(|write| format!("writes {}", record(write))));
    lines.extend(output.send.iter().map(|sent| message("sends to", sent.to.0, sent)));
    lines.extend(output.done.iter().map(|(id, reply)| format!("answers {}: {reply:?}", id.sequence)));
    lines.push(format!("knows {}", record(after.record())));
    lines.push(format!("durable {}", record(after.durable())));
    lines.push(format!("{:?}, {} waiting", after.phase(), after.waiting()));
    lines
}
