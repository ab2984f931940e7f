use super::answer::Answer;
use super::inspect::ballot;
use super::outcome::Told;
use super::table::BAD;
use super::{Failure, Table, Target};
use futures::future::BoxFuture;
use quorate_client::explain::{Asked, Exchange, Explained, Explanation, Heard};
use quorate_client::{Client, Error, Version};
use quorate_protocol::{Ballot, LogRecord, NotApplied, Outcome, Reply};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::future::IntoFuture;
use std::time::Duration;

/// What an operation came to, and how, if that was asked for.
pub(super) struct Made {
    pub(super) result: Result<Told, Error>,
    pub(super) explanation: Option<Explanation>,
}

/// Runs an operation.
pub(super) async fn made<'a, T, O>(operation: O, explain: bool, told: fn(T) -> Told) -> Made
where
    T: Send + 'a,
    O: IntoFuture<Output = Result<T, Error>, IntoFuture = BoxFuture<'a, Result<T, Error>>>,
{
    if !explain {
        return Made { result: operation.into_future().await.map(told), explanation: None };
    }
    let (result, explanation) = Explained::new(operation).await;
    Made { result: result.map(told), explanation: Some(explanation) }
}

/// An explanation, and what was found out after the fact.
pub(super) struct Shown<'a> {
    explanation: &'a Explanation,
    /// The version that was written, and the ballot that its slot was chosen under, where a replica still tells.
    written: Option<(Version, Option<Ballot>)>,
}

impl<'a> Shown<'a> {
    /// Asks the replicas what they hold, if something was written: the answer to a write does not say how the node that
    /// proposed it went about it, but the ballot does, while the slot is the key's last.
    pub(super) async fn of(explanation: &'a Explanation, client: &Client, key: &[u8], told: Option<&Told>) -> Self {
        let Some(version) = told.map(Told::in_its_session).and_then(Told::written) else {
            return Self { explanation, written: None };
        };
        let found = client.inspect(key.to_vec()).await.unwrap_or_default();
        let records = || found.iter().filter_map(|report| report.answer.as_ref().ok()?.record.as_ref());
        // Where nobody knows it chosen yet, votes may differ, and then none of them tells.
        let mut votes = records().filter_map(|record| vote_in(record, version));
        let vote = votes.next().filter(|first| votes.all(|vote| vote == *first));
        let ballot = records().find_map(|record| chosen_in(record, version)).or(vote);
        Self { explanation, written: Some((version, ballot)) }
    }

    /// The answer with the explanation beside it.
    pub(super) fn beside(&self, answer: Answer, target: &Target) -> Answer {
        answer.with("explanation", self.document()).aside(self.words(target.format.color_on_stderr()))
    }

    /// The failure with the explanation beside it.
    pub(super) fn beside_failure(&self, failure: Failure, target: &Target) -> Failure {
        failure.with("explanation", self.document()).aside(self.words(target.format.color_on_stderr()))
    }

    fn words(&self, color: bool) -> String {
        let mut text = words(self.explanation, color);
        match self.written {
            Some((version, Some(ballot))) => {
                let how = if ballot.is_fast() { "the fast path, without a prepare" } else { "after a prepare" };
                let _ = writeln!(text, "slot {} was accepted under ballot {ballot}: {how}", version.slot.0);
            }
            Some((version, None)) => {
                let _ = writeln!(text, "the key has moved on from slot {}, so its ballot is not known", version.slot.0);
            }
            None => {}
        }
        text
    }

    fn document(&self) -> Value {
        let mut document = document(self.explanation);
        if let (Some((_, under)), Some(names)) = (self.written, document.as_object_mut()) {
            names.insert("ballot".to_owned(), under.as_ref().map_or(Value::Null, ballot));
            names.insert("fast_path".to_owned(), json!(under.map(Ballot::is_fast)));
        }
        document
    }
}

/// The ballot that a replica knows the slot of a version chosen under.
fn chosen_in(record: &LogRecord, version: Version) -> Option<Ballot> {
    record.chosen.as_ref().filter(|chosen| chosen.slot == version.slot).map(|chosen| chosen.ballot)
}

/// The ballot of a replica's vote in the slot of a version.
fn vote_in(record: &LogRecord, version: Version) -> Option<Ballot> {
    record.accepted.as_ref().filter(|_| record.open_slot() == version.slot).map(|accepted| accepted.ballot)
}

/// An explanation for people: how it went, and a row for each question.
fn words(explanation: &Explanation, color: bool) -> String {
    let mut text = format!(
        "{} in {}: {}, {}, {}\n",
        explanation.path(),
        short(explanation.took),
        count(explanation.round_trips(), "round trip"),
        count(explanation.exchanges.len(), "exchange"),
        count(explanation.hedges(), "hedge"),
    );
    let mut table = Table::new(&["node", "asked at", "what", "connecting", "answered", "said"]);
    for exchange in &explanation.exchanges {
        let nothing = || "-".to_owned();
        table.row(vec![
            exchange.node.0.to_string(),
            short(exchange.began),
            asked(exchange.asked),
            exchange.connecting.map_or_else(nothing, short),
            exchange.answered_after.map_or_else(nothing, short),
            said(exchange),
        ]);
        if matches!(exchange.heard, Heard::Failed(_)) {
            table.style(5, BAD);
        }
    }
    text.push_str(&table.render_in(color));
    if explanation.omitted > 0 {
        let _ = writeln!(text, "and {} more", explanation.omitted);
    }
    text
}

/// An explanation for programs. Times are microseconds; `began_us` counts from the operation's begin, the others from
/// their exchange's.
fn document(explanation: &Explanation) -> Value {
    json!({
        "path": explanation.path().to_string(),
        "took_us": micros(explanation.took),
        "round_trips": explanation.round_trips(),
        "hedges": explanation.hedges(),
        "omitted": explanation.omitted,
        "exchanges": explanation.exchanges.iter().map(exchange_json).collect::<Value>(),
    })
}

fn exchange_json(exchange: &Exchange) -> Value {
    json!({
        "node": exchange.node.0,
        "asked": asked_json(exchange.asked),
        "began_us": micros(exchange.began),
        "connecting_us": exchange.connecting.map(micros),
        "late_us": exchange.late.map(|late| micros(late.saturating_sub(exchange.began))),
        "answered_us": exchange.answered_after.map(micros),
        "said": said_json(&exchange.heard),
    })
}

fn asked(asked: Asked) -> String {
    match asked {
        Asked::Slot => "slot, for the base".to_owned(),
        Asked::Read { value: true } => "read, with the value".to_owned(),
        Asked::Read { value: false } => "read, slots only".to_owned(),
        Asked::Write { attempt, base } => format!("write, attempt {}, base {}", attempt + 1, base.0),
        Asked::Help { slot } => format!("send slot {} on", slot.0),
        Asked::Settle { slot } => format!("complete slot {}", slot.0),
        _ => "report".to_owned(),
    }
}

fn asked_json(asked: Asked) -> Value {
    match asked {
        Asked::Slot => json!({ "kind": "slot" }),
        Asked::Read { value } => json!({ "kind": "read", "value": value }),
        Asked::Write { attempt, base } => json!({ "kind": "write", "attempt": attempt, "base": base.0 }),
        Asked::Help { slot } => json!({ "kind": "help", "slot": slot.0 }),
        Asked::Settle { slot } => json!({ "kind": "settle", "slot": slot.0 }),
        _ => json!({ "kind": "report" }),
    }
}

fn said(exchange: &Exchange) -> String {
    let late = if exchange.late.is_some() { " (late: another was asked as well)" } else { "" };
    let said = match &exchange.heard {
        Heard::Nothing => "nothing before the operation ended".to_owned(),
        Heard::Slot(slot) => format!("slot {} is chosen", slot.0),
        Heard::Read { chosen, accepted, .. } if accepted <= chosen => format!("slot {} is chosen", chosen.0),
        Heard::Read { chosen, accepted, ballot } => {
            format!("slot {} is chosen, accepted in slot {} by {ballot}", chosen.0, accepted.0)
        }
        Heard::Written(reply) => written(reply),
        Heard::Taken => "taken in".to_owned(),
        Heard::Failed(failure) => failure.to_string(),
        _ => "something newer than this command".to_owned(),
    };
    said + late
}

fn said_json(heard: &Heard) -> Value {
    match heard {
        Heard::Nothing => Value::Null,
        Heard::Slot(slot) => json!({ "kind": "slot", "chosen": slot.0 }),
        Heard::Read { chosen, accepted, ballot: vote } => {
            let vote = (accepted > chosen).then(|| ballot(vote));
            json!({ "kind": "read", "chosen": chosen.0, "accepted": accepted.0, "ballot": vote })
        }
        Heard::Written(Reply::Recorded(recorded)) => json!({
            "kind": "written",
            "version": recorded.version.to_string(),
            "outcome": outcome(recorded.outcome),
        }),
        Heard::Written(reply) => json!({ "kind": "not_written", "reason": written(reply) }),
        Heard::Taken => json!({ "kind": "taken" }),
        Heard::Failed(failure) => json!({ "kind": "failed", "reason": failure.to_string() }),
        _ => json!({ "kind": "other" }),
    }
}

fn written(reply: &Reply) -> String {
    match reply {
        Reply::Recorded(recorded) => format!("recorded as {}: {}", recorded.version, outcome(recorded.outcome)),
        Reply::NotApplied(NotApplied::Busy) => "not applied: too much waits for this key".to_owned(),
        Reply::NotApplied(NotApplied::Contention) => "not applied: other writers kept winning".to_owned(),
        Reply::NotApplied(NotApplied::Stale) => "not applied: the base has left the window".to_owned(),
        Reply::NotApplied(NotApplied::Withdrawn) => "not applied: taken back at its deadline".to_owned(),
        Reply::NotApplied(NotApplied::TooLarge) => "not applied: the value is too long".to_owned(),
        Reply::Unknown => "cannot tell what became of it".to_owned(),
        Reply::Forgotten => "cannot tell any more".to_owned(),
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Written => "written",
        Outcome::Counted(_) => "counted",
        Outcome::Mismatch(_) => "mismatch",
        Outcome::Absent => "absent",
        Outcome::NotANumber => "not a number",
        Outcome::Overflow => "overflow",
        Outcome::Cancelled => "cancelled",
    }
}

fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A time with three digits or so, in the unit that fits.
fn short(time: Duration) -> String {
    match time.as_micros() {
        us @ 0..1000 => format!("{us}us"),
        us @ 1000..1_000_000 => format!("{}.{:02}ms", us / 1000, us % 1000 / 10),
        us => format!("{}.{:02}s", us / 1_000_000, us % 1_000_000 / 10_000),
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
