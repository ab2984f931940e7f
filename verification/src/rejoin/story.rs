//! A counterexample as a story: one line a step, and below it only what changed.

use super::{Action, Cluster, Role, Sent, State};
use quorate_protocol::{Accepted, Entry, LogRecord, Row};
use stateright::Path;

/// Tells how a model came to break a property.
pub(super) fn story(_: &Cluster, path: Path<State, Action>) -> String {
    let steps = path.into_vec();
    let mut text = String::new();
    for (number, pair) in steps.windows(2).enumerate() {
        let [(before, Some(action)), (after, _)] = pair else { continue };
        text.push_str(&format!("{:>3}. {}\n", number + 1, describe(action)));
        for (node, (was, is)) in before.nodes.iter().zip(&after.nodes).enumerate() {
            let (was, is) = (role(&was.role), role(&is.role));
            if was != is {
                text.push_str(&format!("       n{node}: {is}\n"));
            }
        }
    }
    if let Some(state) = steps.last().map(|(state, _)| state) {
        for vote in state.ghost.votes() {
            let (slot, ballot) = (vote.slot.0, vote.ballot);
            text.push_str(&format!(
                "     votes for {} in slot {slot} at {ballot}: {:?}\n",
                value(&vote.entry),
                vote.voters
            ));
        }
        if let Some(broken) = state.broken {
            text.push_str(&format!("     broken: {broken}\n"));
        }
    }
    text
}

/// One event in words.
pub(super) fn describe(action: &Action) -> String {
    match action {
        Action::Deliver(sent) => said(sent),
        Action::CatchUp(node, slot) => format!("n{node} catches up: it learns what is chosen in slot {}", slot.0),
        Action::Durable(node) => format!("n{node}'s write is durable"),
        Action::Crash(node, true) => format!("n{node} crashes after its write reached the disk; it restarts"),
        Action::Crash(node, false) => format!("n{node} crashes; what was not durable is lost; it restarts"),
        Action::Wipe(node) => format!("n{node} loses its disk, and begins to come back"),
        Action::Record(node, voter) => format!("n{voter} records n{node}'s new incarnation, and tells its row"),
        Action::Settle(node) => format!("n{node} completes the open slot"),
        Action::Relay(node) => format!("n{node} sends on what it accepted"),
        Action::Ready(node) => format!("n{node} is back: it votes again"),
        Action::Propose(index) => format!("put {index} arrives"),
        Action::Defer(node) => format!("n{node}'s deferral ends"),
        Action::ReadBegins => "a read begins".to_owned(),
        Action::ReadReply(node) => format!("n{node} answers the read"),
    }
}

fn said(sent: &Sent) -> String {
    let Sent { incarnation, message } = sent;
    let Row { slot, promised, accepted } = message.row;
    let mut text = format!("n{} -> n{}", message.from.0, message.to.0);
    if incarnation.0 > 0 {
        text.push_str(&format!(" (sent in incarnation {})", incarnation.0));
    }
    text.push_str(&format!(": slot {}, promised {promised}, accepted {accepted}", slot.0));
    if let Some(entry) = &message.accepted {
        text.push_str(&format!(" = {}", value(entry)));
    }
    if let Some(proposal) = &message.proposal {
        let (slot, ballot) = (proposal.slot.0, proposal.ballot);
        text.push_str(&format!("; proposes {} at {ballot} in slot {slot}", value(&proposal.entry)));
    }
    text
}

fn role(role: &Role) -> String {
    match role {
        Role::Voting(log) => {
            format!("{}; durable: {}; {:?}", record(log.record()), record(log.durable()), log.phase())
        }
        Role::Returning(rejoin) => {
            let known = rejoin.chosen().map_or(0, |chosen| chosen.slot.0);
            format!("a learner that knows slot {known} chosen; {:?}", rejoin.step())
        }
    }
}

fn record(record: &LogRecord) -> String {
    let accepted = match &record.accepted {
        Some(Accepted { ballot, entry }) => format!("accepted {} at {ballot}", value(entry)),
        None => "accepted nothing".to_owned(),
    };
    format!("slot {}, promised {}, {accepted}", record.open_slot().0, record.promised)
}

fn value(entry: &Entry) -> String {
    entry.value.as_ref().map_or_else(|| "nothing".to_owned(), |value| String::from_utf8_lossy(value).into_owned())
}
