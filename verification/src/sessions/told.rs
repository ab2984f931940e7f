//! What a model of sessions says of its steps, and how they are drawn.

use super::{Action, Cluster, Doing, Key, Session, State};
use crate::diagram::{Lane, MarkKind, Scene};
use crate::playback::Told;
use crate::playback::words::{draw_crash, draw_log, label, said};
use crate::shared::digest;
use quorate_protocol::{LogId, LogRecord, NodeId, PaxosLog};

impl Told for Cluster {
    type Written = Action;

    fn written(&self, action: &Action) -> Action {
        action.clone()
    }

    fn describe(&self, before: Option<&State>, action: &Action) -> String {
        match action {
            Action::Deliver(key, message) => format!("{}: {}", self.name(*key), said(message)),
            Action::CatchUp(key, node, slot) => {
                format!("{}: n{node} learns what is chosen in slot {}", self.name(*key), slot.0)
            }
            Action::Crash(node) => format!("n{node} crashes and restarts"),
            Action::Defer(key, node) => format!("{}: n{node}'s deferral ends", self.name(*key)),
            Action::Put(number) => format!("put {number} arrives"),
            Action::Begin(who, key) => {
                let op = before.and_then(|state| self.next_op(state, *who));
                let what = op.map_or_else(|| "what is next".to_owned(), |op| format!("{op:?}"));
                format!("s{who} begins {what}, {}", self.name(*key))
            }
            Action::Skip(who) => format!("s{who} leaves out what was next"),
            Action::Answer(who, node) => format!("n{node} answers the read of s{who}"),
            Action::Timeout(who) => format!("s{who} loses patience"),
            Action::GiveUp(who) => format!("s{who} gives its write up"),
        }
    }

    fn changes(&self, before: &State, after: &State) -> Vec<String> {
        let (was, is) = (self.parts(before), self.parts(after));
        was.into_iter().zip(is).filter(|(was, is)| was != is).map(|(_, is)| is).collect()
    }

    fn whole(&self, state: &State) -> Vec<String> {
        let network = state.keys.iter().enumerate().flat_map(|(key, at)| {
            at.network.iter().map(move |message| format!("may arrive: {}: {}", self.name(key), said(message)))
        });
        self.parts(state).into_iter().chain(self.ending(state)).chain(network).collect()
    }

    fn ending(&self, last: &State) -> Vec<String> {
        let slow = (!self.converges(last)).then(|| {
            format!(
                "broken: a replica does not answer what is chosen after {} refreshes",
                self.scenario.bounds.refreshes
            )
        });
        last.broken.map(|broken| format!("broken: {broken}")).into_iter().chain(slow).collect()
    }

    fn lanes(&self) -> Vec<Lane> {
        let nodes =
            self.config.voters().iter().map(|node: &NodeId| Lane { name: format!("n{}", node.0), is_node: true });
        let sessions = (0..self.scenario.sessions.len()).map(|who| Lane { name: format!("s{who}"), is_node: false });
        nodes.chain(sessions).collect()
    }

    fn branches(&self) -> Vec<String> {
        self.scenario.expects.iter().map(|branch| format!("{branch:?}")).collect()
    }

    fn has_reached(&self, branch: &str) -> bool {
        self.scenario.expects.iter().any(|known| format!("{known:?}") == branch && self.coverage.count(*known) > 0)
    }

    fn draw_start(&self, _: &mut Scene, _: &State) {}

    fn draw(&self, scene: &mut Scene, (before, action, after): (&State, &Action, &State)) {
        let session = |who: usize| self.config.voters().len() + who;
        let note = |scene: &mut Scene, lane: usize| {
            scene.mark(lane, MarkKind::Note, self.describe(Some(before), action));
        };
        match action {
            Action::Deliver(key, message) => scene.arrives(sent_key(*key, digest(&**message))),
            Action::Answer(who, node) => scene.says((*node, session(*who)), "answers the read".to_owned()),
            Action::Crash(_) => {}
            Action::CatchUp(_, node, _) | Action::Defer(_, node) => note(scene, *node),
            Action::Put(number) => {
                let to = self.scenario.puts.get(*number).and_then(|(_, to, _)| self.config.index(*to));
                to.into_iter().for_each(|node| note(scene, node));
            }
            Action::Begin(who, _) | Action::Skip(who) | Action::Timeout(who) | Action::GiveUp(who) => {
                note(scene, session(*who));
            }
        }
        for (key, (was, is)) in before.keys.iter().zip(&after.keys).enumerate() {
            for (node, (was, is)) in was.logs.iter().zip(&is.logs).enumerate() {
                if was.replica() == is.replica() {
                    draw_log(scene, node, was, is);
                } else if key == 0 {
                    draw_crash(scene, node, was, is, false);
                }
            }
            for message in is.network.iter().filter(|message| !was.has(message)) {
                let ends = (usize::from(message.from.0), usize::from(message.to.0));
                scene.sends(sent_key(key, digest(&**message)), ends, format!("{}: {}", self.name(key), label(message)));
            }
        }
    }
}

impl Cluster {
    /// Every log and every session, a line each.
    fn parts(&self, state: &State) -> Vec<String> {
        let logs = state.keys.iter().enumerate().flat_map(|(key, at)| {
            at.logs.iter().enumerate().map(move |(node, is)| format!("{} at n{node}: {}", self.name(key), log(is)))
        });
        let sessions = state.sessions.iter().enumerate().map(|(who, is)| format!("s{who} has {}", token(is)));
        logs.chain(sessions).collect()
    }

    fn name(&self, key: Key) -> String {
        self.names.get(key).map(short).unwrap_or_default()
    }
}

/// Two keys may have messages that are alike.
fn sent_key(key: Key, digest: u64) -> u64 {
    digest.wrapping_add(key as u64)
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
    format!("a token with [{}]{full}{doing}; has seen {:?}", floors.join(", "), session.view)
}

/// The first letter, which tells the two keys apart.
fn short(log: &LogId) -> String {
    String::from_utf8_lossy(log.key.get(..1).unwrap_or_default()).into_owned()
}
