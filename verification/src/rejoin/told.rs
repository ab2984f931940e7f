//! What a model of coming back says of its steps, and how they are drawn.

use super::{Action, Cluster, Role, Sent, State};
use crate::diagram::{Lane, MarkKind, Scene};
use crate::playback::Told;
use crate::playback::words::{draw_crash, draw_log, label, value, vote};
use crate::shared::digest;
use quorate_protocol::{LogRecord, NodeId, ReadStep, RejoinStep, Row, read_reply};

impl Told for Cluster {
    type Written = Action;

    fn written(&self, action: &Action) -> Action {
        action.clone()
    }

    fn describe(&self, _: Option<&State>, action: &Action) -> String {
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
            Action::Propose(index) => match self.scenario.puts.get(*index) {
                Some((to, value)) => format!("a client asks n{}: put {value}", to.0),
                None => format!("put {index} arrives"),
            },
            Action::Defer(node) => format!("n{node}'s deferral ends"),
            Action::ReadBegins => "a read begins".to_owned(),
            Action::ReadReply(node) => format!("n{node} answers the read"),
        }
    }

    fn changes(&self, before: &State, after: &State) -> Vec<String> {
        let mut changes = Vec::new();
        for (node, (was, is)) in before.nodes.iter().zip(&after.nodes).enumerate() {
            let (was, is) = (role(&was.role), role(&is.role));
            if was != is {
                changes.push(format!("n{node}: {is}"));
            }
        }
        changes
    }

    fn whole(&self, state: &State) -> Vec<String> {
        let nodes = state.nodes.iter().enumerate().map(|(node, is)| format!("n{node}: {}", role(&is.role)));
        let network = state.network.iter().map(|sent| format!("may arrive: {}", said(sent)));
        nodes.chain(self.ending(state)).chain(network).collect()
    }

    fn ending(&self, last: &State) -> Vec<String> {
        let votes = last.ghost.votes().iter().map(|vote| {
            let (slot, ballot) = (vote.slot.0, vote.ballot);
            let voters = self.config.voters().iter().filter(|voter| vote.voters.contains(&self.config, **voter));
            let voters = voters.map(|voter| format!("n{}", voter.0)).collect::<Vec<_>>().join(" ");
            format!("votes for {} in slot {slot} at {ballot}: {voters}", value(&vote.entry))
        });
        votes.chain(last.broken.map(|broken| format!("broken: {broken}"))).collect()
    }

    fn lanes(&self) -> Vec<Lane> {
        let node = |node: &NodeId| Lane { name: format!("n{}", node.0), is_node: true };
        let client = |name: String| Lane { name, is_node: false };
        let nodes = self.config.voters().iter().map(node);
        let clients = (0..self.scenario.puts.len()).map(|index| client(format!("client {}", index + 1)));
        nodes.chain(clients).chain([client("reader".to_owned())]).collect()
    }

    fn branches(&self) -> Vec<String> {
        self.scenario.expects.iter().map(|branch| format!("{branch:?}")).collect()
    }

    fn has_reached(&self, branch: &str) -> bool {
        self.scenario.expects.iter().any(|known| format!("{known:?}") == branch && self.coverage.count(*known) > 0)
    }

    fn draw_start(&self, _: &mut Scene, _: &State) {}

    fn draw(&self, scene: &mut Scene, (before, action, after): (&State, &Action, &State)) {
        self.draw_action(scene, before, action);
        for (node, (was, is)) in before.nodes.iter().zip(&after.nodes).enumerate() {
            match (action, &was.role, &is.role) {
                (Action::Crash(_, kept), Role::Voting(was), Role::Voting(is)) if was.replica() != is.replica() => {
                    draw_crash(scene, node, was, is, *kept);
                }
                (_, Role::Voting(was), Role::Voting(is)) => draw_log(scene, node, was, is),
                (_, was, is) if was != is => draw_return(scene, node, was, is),
                _ => {}
            }
        }
        for sent in after.network.iter().filter(|sent| !before.has(sent)) {
            let ends = (usize::from(sent.message.from.0), usize::from(sent.message.to.0));
            scene.sends(digest(&**sent), ends, label(&sent.message));
        }
        let new = after.ghost.chosen().filter(|(slot, entry)| !before.ghost.is_chosen(*slot, entry));
        for (slot, entry) in new {
            scene.mark(acting(action), MarkKind::Chosen, format!("slot {}: {} is chosen", slot.0, value(entry)));
        }
    }
}

impl Cluster {
    fn draw_action(&self, scene: &mut Scene, before: &State, action: &Action) {
        let client = |index: usize| self.config.voters().len() + index;
        let reader = client(self.scenario.puts.len());
        let note = |scene: &mut Scene, node: usize, text: &str| scene.mark(node, MarkKind::Note, text.to_owned());
        match action {
            Action::Deliver(sent) => scene.arrives(digest(&**sent)),
            Action::CatchUp(node, slot) => {
                scene.mark(*node, MarkKind::Note, format!("catches up: learns slot {}", slot.0));
            }
            Action::Durable(_) | Action::Crash(..) => {}
            Action::Wipe(node) => {
                let why = "its disk is lost; it comes back as a learner";
                scene.mark(*node, MarkKind::Crash, why.to_owned());
                scene.written(*node, true);
            }
            Action::Record(node, voter) => {
                scene.says((*voter, *node), "your new incarnation is recorded; my row".to_owned());
            }
            Action::Settle(node) => note(scene, *node, "completes the open slot"),
            Action::Relay(node) => note(scene, *node, "sends on what it accepted"),
            Action::Ready(node) => note(scene, *node, "is back: it votes again"),
            Action::Propose(index) => {
                if let Some((to, value)) = self.scenario.puts.get(*index) {
                    scene.says((client(*index), usize::from(to.0)), format!("put {value}"));
                }
            }
            Action::Defer(node) => note(scene, *node, "has waited long enough"),
            Action::ReadBegins => note(scene, reader, "begins a read"),
            Action::ReadReply(node) => {
                let read = before.reader.as_ref().and_then(|reader| reader.read.as_ref());
                let (Some(read), Some(log)) = (read, before.log(*node)) else { return };
                let record = log.snapshot();
                scene.says((*node, reader), format!("chosen {}, {}", record.chosen_slot().0, vote(&record)));
                let reply = read_reply(read.id(), &record, true);
                let step = read.clone().on_reply(&self.config, log.replica().me().node, reply);
                if let ReadStep::Done(result) = step {
                    let value = result.snapshot.value.as_ref();
                    let value = value.map_or("nothing".into(), |value| String::from_utf8_lossy(value));
                    scene.mark(reader, MarkKind::Answer, format!("returns {value}, of slot {}", result.slot.0));
                }
            }
        }
    }
}

/// The node at which an action happens.
fn acting(action: &Action) -> usize {
    match action {
        Action::Deliver(sent) => usize::from(sent.message.to.0),
        Action::CatchUp(node, _)
        | Action::Durable(node)
        | Action::Crash(node, _)
        | Action::Wipe(node)
        | Action::Record(node, _)
        | Action::Settle(node)
        | Action::Relay(node)
        | Action::Ready(node)
        | Action::Defer(node)
        | Action::ReadReply(node) => *node,
        Action::Propose(_) | Action::ReadBegins => 0,
    }
}

/// A step of a node that comes back.
fn draw_return(scene: &mut Scene, node: usize, was: &Role, is: &Role) {
    let text = match (was, is) {
        (Role::Returning(_), Role::Returning(rejoin)) => match rejoin.step() {
            RejoinStep::Ask(_) => "waits for every other voter's word".to_owned(),
            RejoinStep::Settle { voter, slot } => format!("wants n{} to settle slot {}", voter.0, slot.0),
            RejoinStep::Fence(_) => "fences the next slot".to_owned(),
            RejoinStep::Ready(_) => "may vote again".to_owned(),
        },
        (Role::Returning(_), Role::Voting(log)) => format!("votes again: {}", record(log.record())),
        _ => return,
    };
    scene.mark(node, MarkKind::Note, text);
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
    format!("slot {}, promised {}, {}", record.open_slot().0, record.promised, vote(record))
}
