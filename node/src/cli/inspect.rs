use super::answer::Answer;
use super::bytes_text::excerpt;
use super::failure::failure;
use super::format::Encoding;
use super::table::BAD;
use super::{Exit, Failure, Table, Target};
use bytes::Bytes;
use quorate_client::wire::Inspection;
use quorate_client::{Client, NodeReport};
use quorate_protocol::{Ballot, Entry};
use serde_json::{Value, json};

/// Characters of a value that are shown.
const EXCERPT_MAX: usize = 32;

/// Each replica's durable state for one key, side by side.
///
/// # Errors
/// Nobody could be asked.
pub(super) async fn inspect(client: &Client, key: Bytes, target: &Target) -> Result<Answer, Failure> {
    let found = client.inspect(key.clone()).await.map_err(|error| failure(&error, &key, target))?;
    let mut table = Table::new(&[
        "node",
        "start",
        "chosen",
        "by ballot",
        "owner",
        "version",
        "value",
        "open slot",
        "promised",
        "accepted",
        "its value",
        "doing",
        "waiting",
    ]);
    for report in &found {
        let mut row = vec![report.node.0.to_string()];
        match &report.answer {
            Ok(inspection) => row.extend(cells(inspection)),
            Err(reason) => row.push(format!("no answer: {reason}")),
        }
        table.row(row);
        match &report.answer {
            Ok(inspection) if inspection.corrupt => table.style(2, BAD),
            Err(_) => table.style(1, BAD),
            Ok(_) => {}
        }
    }
    let (outcome, exit) = outcome(&found);
    let encoding = target.format.encoding();
    let answer = Answer::text(outcome, table.render(), exit).shown_as(table.render_in(target.format.color()));
    let replicas: Value = found.iter().map(|report| replica(report, encoding)).collect();
    Ok(answer.with("key", encoding.json(&key)).with("replicas", replicas))
}

/// Whether anybody holds a record, or at least answers.
fn outcome(found: &[NodeReport<Inspection>]) -> (&'static str, Exit) {
    let mut answers = found.iter().filter_map(|report| report.answer.as_ref().ok());
    match (answers.clone().next(), answers.any(|inspection| inspection.record.is_some())) {
        (None, _) => ("unavailable", Exit::Unavailable),
        (_, true) => ("found", Exit::Ok),
        (_, false) => ("absent", Exit::Negative),
    }
}

/// One replica's answer, for programs. An entry is null where there is none.
fn replica(report: &NodeReport<Inspection>, encoding: Encoding) -> Value {
    let node = report.node.0;
    let inspection = match &report.answer {
        Ok(inspection) => inspection,
        Err(reason) => return json!({ "node": node, "state": "no_answer", "reason": reason.to_string() }),
    };
    let Some(record) = &inspection.record else {
        let state = if inspection.corrupt { "corrupt" } else { "no_record" };
        return json!({ "node": node, "state": state, "start": inspection.incarnation.0 });
    };
    let chosen = record.chosen.as_ref().map(|chosen| {
        json!({
            "slot": chosen.slot.0,
            "ballot": ballot(&chosen.ballot),
            "entry": entry(&chosen.entry, encoding),
        })
    });
    let accepted = record
        .accepted
        .as_ref()
        .map(|accepted| json!({ "ballot": ballot(&accepted.ballot), "entry": entry(&accepted.entry, encoding) }));
    json!({
        "node": node,
        "state": "record",
        "start": inspection.incarnation.0,
        "chosen": chosen,
        "open_slot": record.open_slot().0,
        "promised": ballot(&record.promised),
        "accepted": accepted,
        "doing": inspection.phase,
        "waiting": inspection.waiting,
    })
}

pub(super) fn ballot(ballot: &Ballot) -> Value {
    json!({ "round": ballot.round, "node": ballot.node.0, "start": ballot.incarnation.0 })
}

fn entry(entry: &Entry, encoding: Encoding) -> Value {
    json!({
        "value": entry.value.as_ref().map(|value| encoding.json(value)),
        "version": entry.version.map(|version| version.to_string()),
        "owner": { "node": entry.owner.node.0, "start": entry.owner.incarnation.0 },
    })
}

fn cells(inspection: &Inspection) -> Vec<String> {
    let mut cells = vec![inspection.incarnation.0.to_string()];
    let Some(record) = &inspection.record else {
        let why = if inspection.corrupt { "CORRUPT: neither votes nor answers" } else { "no record" };
        cells.push(why.to_owned());
        return cells;
    };
    let nothing = || "-".to_owned();
    match &record.chosen {
        Some(chosen) => cells.extend([
            chosen.slot.0.to_string(),
            chosen.ballot.to_string(),
            format!("{}.{}", chosen.entry.owner.node.0, chosen.entry.owner.incarnation.0),
            chosen.entry.version.map_or_else(nothing, |version| version.to_string()),
            value(&chosen.entry),
        ]),
        None => cells.extend(std::iter::repeat_with(nothing).take(5)),
    }
    cells.extend([record.open_slot().0.to_string(), record.promised.to_string()]);
    cells.push(record.accepted.as_ref().map_or_else(nothing, |accepted| accepted.ballot.to_string()));
    cells.push(record.accepted.as_ref().map_or_else(nothing, |accepted| value(&accepted.entry)));
    cells.extend([inspection.phase.clone(), inspection.waiting.to_string()]);
    cells
}

fn value(entry: &Entry) -> String {
    entry.value.as_ref().map_or_else(|| "(none)".to_owned(), |value| format!("\"{}\"", excerpt(value, EXCERPT_MAX)))
}
