use super::answer::Answer;
use super::bytes_text::excerpt;
use super::failure::failure;
use super::{Exit, Failure, Table, Target};
use bytes::Bytes;
use quorate_client::Client;
use quorate_client::wire::Inspection;
use quorate_protocol::Entry;

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
    let mut exit = if found.iter().all(|report| report.answer.is_err()) { Exit::Unavailable } else { Exit::Negative };
    for report in &found {
        let mut row = vec![report.node.0.to_string()];
        match &report.answer {
            Ok(inspection) => {
                exit = if inspection.record.is_some() { Exit::Ok } else { exit };
                row.extend(cells(inspection));
            }
            Err(reason) => row.push(format!("no answer: {reason}")),
        }
        table.row(row);
    }
    Ok(Answer::text(table.render(), exit))
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
