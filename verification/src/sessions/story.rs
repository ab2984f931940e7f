//! A counterexample as a story: one line a step, and below it only what changed.

use super::{Action, Cluster, Doing, Session, State};
use crate::check::said;
use quorate_protocol::{LogRecord, PaxosLog};
use stateright::Path;

/// Tells how a model came to break a property.
pub(super) fn story(model: &Cluster, path: Path<State, Action>) -> String {
    let steps = path.into_vec();
    let mut text = String::new();
    for (number, pair) in steps.windows(2).enumerate() {
        let [(before, Some(action)), (after, _)] = pair else { continue };
        text.push_str(&format!("{:>3}. {}\n", number + 1, describe(model, before, action)));
        for (key, (was, is)) in before.keys.iter().zip(&after.keys).enumerate() {
            for (node, (was, is)) in was.logs.iter().zip(&is.logs).enumerate() {
                let (was, is) = (log(was), log(is));
                if was != is {
                    text.push_str(&format!("       {} at n{node}: {is}\n", name(model, key)));
                }
            }
        }
        for (who, (was, is)) in before.sessions.iter().zip(&after.sessions).enumerate() {
            let (was, is) = (token(was), token(is));
            if was != is {
                text.push_str(&format!("       s{who} has {is}\n"));
            }
        }
    }
    if let Some(broken) = steps.last().and_then(|(state, _)| state.broken) {
        text.push_str(&format!("     broken: {broken}\n"));
    }
    text
}

fn describe(model: &Cluster, before: &State, action: &Action) -> String {
    match action {
        Action::Deliver(key, message) => {
            format!("{}: n{} hears n{}: {}", name(model, *key), message.to.0, message.from.0, said(message))
        }
        Action::CatchUp(key, node, slot) => {
            format!("{}: n{node} learns what is chosen in slot {}", name(model, *key), slot.0)
        }
        Action::Crash(node) => format!("n{node} crashes and restarts"),
        Action::Defer(key, node) => format!("{}: n{node}'s deferral ends", name(model, *key)),
        Action::Put(number) => format!("put {number} arrives"),
        Action::Begin(who, key) => {
            let op = model.next_op(before, *who);
            format!(
                "s{who} begins {} with {}",
                op.map_or_else(|| "nothing".to_owned(), |op| format!("{op:?}")),
                name(model, *key)
            )
        }
        Action::Skip(who) => format!("s{who} leaves out what was next"),
        Action::Answer(who, node) => format!("n{node} answers the read of s{who}"),
        Action::Timeout(who) => format!("s{who} loses patience"),
        Action::GiveUp(who) => format!("s{who} gives its write up"),
    }
}

fn name(model: &Cluster, key: usize) -> String {
    model.names.get(key).map(|log| short(log)).unwrap_or_default()
}

fn log(log: &PaxosLog) -> String {
    let LogRecord { promised, accepted, .. } = log.record();
    let vote = accepted.as_ref().map_or_else(|| "none".to_owned(), |vote| vote.ballot.to_string());
    let (known, kept) = (log.record().chosen_slot().0, log.durable().chosen_slot().0);
    format!("slot {known} known chosen ({kept} on disk), promised {promised}, vote {vote}, {:?}", log.phase())
}

fn token(session: &Session) -> String {
    let floors = session.seen.floors().filter(|(log, _)| !log.key.first().is_some_and(u8::is_ascii_digit));
    let floors: Vec<String> = floors.map(|(log, slot)| format!("{} at {}", short(log), slot.0)).collect();
    let full = if session.seen.is_full() { ", and is full" } else { "" };
    let doing = match &session.doing {
        None => "",
        Some(Doing::Write { .. }) => "; it waits for its write",
        Some(Doing::Read { .. }) => "; it reads",
    };
    format!("seen [{}]{full}{doing}; has seen {:?}", floors.join(", "), session.view)
}

/// The first letter, which tells the two keys apart.
fn short(log: &quorate_protocol::LogId) -> String {
    String::from_utf8_lossy(log.key.get(..1).unwrap_or_default()).into_owned()
}
