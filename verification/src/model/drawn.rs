//! A run of a model over the shipped core as a picture.

use super::told::asked;
use super::{Action, Cluster, READERS_MAX, State, Writer};
use crate::diagram::{Lane, MarkKind, Scene};
use crate::playback::words::{answered, draw_crash, draw_log, label, told, value, vote};
use crate::shared::digest;
use quorate_protocol::{NodeId, QuorumRead, ReadReply, ReadStep, Request, read_reply};

/// What a key of the scene is about: the number of a message, of a client's request, of an answer to it.
#[derive(Hash)]
enum Key<T> {
    Message(T),
    Request(T),
    Answer(T),
}

impl Cluster {
    /// Nodes, then one client for each scripted request, the retrying client, the readers.
    pub(super) fn all_lanes(&self) -> Vec<Lane> {
        let node = |node: &NodeId| Lane { name: format!("n{}", node.0), is_node: true };
        let client = |name: String| Lane { name, is_node: false };
        let nodes = self.config.voters().iter().map(node);
        let clients = (0..self.scenario.scripts.len()).map(|index| client(format!("client {}", index + 1)));
        let readers = (0..READERS_MAX).map(|reader| client(format!("reader {reader}")));
        nodes.chain(clients).chain([client("retrying client".to_owned())]).chain(readers).collect()
    }

    fn client_lane(&self, script: usize) -> usize {
        self.config.voters().len() + script
    }

    fn writer_lane(&self) -> usize {
        self.client_lane(self.scenario.scripts.len())
    }

    fn reader_lane(&self, reader: usize) -> usize {
        self.writer_lane() + 1 + reader
    }

    /// Draws what happens.
    pub(super) fn draw_action(&self, scene: &mut Scene, before: &State, action: &Action) {
        match *action {
            Action::Deliver(id) => scene.arrives(digest(&Key::Message(self.message(id)))),
            Action::CatchUp { node, slot } => {
                let entry = self.ghost(before).chosen_in(slot).map_or_else(String::new, |chosen| value(&chosen.entry));
                scene.mark(node, MarkKind::Note, format!("catches up: slot {} is {entry}", slot.0));
            }
            // What became durable is drawn with what changed.
            Action::Durable(_) | Action::Crash { .. } => {}
            Action::Propose(index) => {
                if let Some(script) = self.scenario.scripts.get(index) {
                    let ends = (self.client_lane(index), usize::from(script.to.0));
                    scene.says(ends, asked(&script.operation));
                }
            }
            Action::Defer(node) => scene.mark(node, MarkKind::Note, "has waited long enough".to_owned()),
            Action::Settle(node) => scene.says((self.reader_lane(0), node), "settle the open slot".to_owned()),
            Action::ReadBegins(reader) => {
                scene.mark(self.reader_lane(reader), MarkKind::Note, "begins a read".to_owned());
            }
            Action::ReadReply { reader, node } => self.draw_reply(scene, before, reader, node),
            Action::LateReply { reader, index } => self.draw_late(scene, before, reader, index),
            Action::ReadTimeout(reader) => {
                scene.mark(self.reader_lane(reader), MarkKind::Note, "patience runs out".to_owned());
            }
            Action::AttemptArrives(index) => {
                let sent = self.writer(before).and_then(|writer| writer.sent.get(index));
                sent.into_iter().for_each(|sent| scene.arrives(digest(&Key::Request(sent))));
            }
            Action::AttemptReply(index) => {
                let reply = self.writer(before).and_then(|writer| writer.replies.get(index));
                reply.into_iter().for_each(|reply| scene.arrives(digest(&Key::Answer(reply))));
            }
            Action::AttemptTimeout => {
                scene.mark(self.writer_lane(), MarkKind::Note, "patience runs out: the next replica".to_owned());
            }
            Action::Deadline => {
                scene.mark(self.writer_lane(), MarkKind::Note, "deadline: has it resolved".to_owned());
            }
        }
    }

    fn draw_reply(&self, scene: &mut Scene, before: &State, reader: usize, node: usize) {
        let (Some(log), Some(machine)) = (self.log(before, node), self.reader(before, reader)) else { return };
        let Some(read) = &machine.read else { return };
        let record = log.snapshot();
        let text = format!("chosen {}, {}", record.chosen_slot().0, vote(&record));
        scene.says((node, self.reader_lane(reader)), text);
        self.draw_result(scene, reader, (read, log.replica().me().node), read_reply(read.id(), &record, true));
    }

    fn draw_late(&self, scene: &mut Scene, before: &State, reader: usize, index: usize) {
        let Some(machine) = self.reader(before, reader) else { return };
        let (Some(late), Some(read)) = (machine.late.get(index), &machine.read) else { return };
        let (from, reply) = (late.0, late.1.clone());
        let text = format!("late, to read {}: chosen {}", reply.id.sequence, reply.chosen.0);
        scene.says((usize::from(from.0), self.reader_lane(reader)), text);
        self.draw_result(scene, reader, (read, from), reply);
    }

    /// What a read returns with this reply, if it does.
    fn draw_result(&self, scene: &mut Scene, reader: usize, read: (&QuorumRead, NodeId), reply: ReadReply) {
        let (read, from) = read;
        if let ReadStep::Done(result) = read.clone().on_reply(&self.config, from, reply) {
            let read = result.snapshot.value.as_ref().map_or("nothing".into(), |v| String::from_utf8_lossy(v));
            scene.mark(
                self.reader_lane(reader),
                MarkKind::Answer,
                format!("returns {read}, of slot {}", result.slot.0),
            );
        }
    }

    /// Draws what a step changed.
    pub(super) fn draw_changes(&self, scene: &mut Scene, (before, action, after): (&State, &Action, &State)) {
        for (node, (was, is)) in self.logs(before).zip(self.logs(after)).enumerate() {
            match action {
                Action::Crash { node: crashed, kept } if *crashed == node => draw_crash(scene, node, was, is, *kept),
                _ => draw_log(scene, node, was, is),
            }
        }
        for message in after.network.iter().filter(|id| !before.network.contains(*id)).map(|id| self.message(id)) {
            let ends = (usize::from(message.from.0), usize::from(message.to.0));
            scene.sends(digest(&Key::Message(message)), ends, label(message));
        }
        let (was, is) = (self.ghost(before), self.ghost(after));
        let new = is.chosen().filter(|(slot, entry)| !was.is_chosen(*slot, entry));
        for (slot, entry) in new {
            let lane = self.acting(before, action).unwrap_or_default();
            scene.mark(lane, MarkKind::Chosen, format!("slot {}: {} is chosen", slot.0, value(entry)));
        }
        if let (Some(was), Some(is)) = (self.writer(before), self.writer(after)) {
            self.draw_writer(scene, was, is);
        }
    }

    /// The node at which an action happens.
    fn acting(&self, before: &State, action: &Action) -> Option<usize> {
        match *action {
            Action::Deliver(id) => Some(usize::from(self.message(id).to.0)),
            Action::CatchUp { node, .. }
            | Action::Durable(node)
            | Action::Crash { node, .. }
            | Action::Defer(node)
            | Action::Settle(node)
            | Action::ReadReply { node, .. } => Some(node),
            Action::Propose(index) => self.scenario.scripts.get(index).map(|script| usize::from(script.to.0)),
            Action::AttemptArrives(index) => {
                self.writer(before).and_then(|writer| writer.sent.get(index)).map(|(to, _)| usize::from(to.0))
            }
            _ => None,
        }
    }

    /// Draws the client's requests that were not on their way before.
    pub(super) fn draw_requests(&self, scene: &mut Scene, before: &[(NodeId, Request)], writer: &Writer) {
        for sent in writer.sent.iter().filter(|sent| !before.contains(sent)) {
            let (to, request) = sent;
            let text = format!("attempt {}: {}", request.attempt, asked(&request.operation));
            scene.sends(digest(&Key::Request(sent)), (self.writer_lane(), usize::from(to.0)), text);
        }
    }

    fn draw_writer(&self, scene: &mut Scene, was: &Writer, is: &Writer) {
        let lane = self.writer_lane();
        self.draw_requests(scene, &was.sent, is);
        for reply in is.replies.iter().filter(|reply| !was.replies.contains(reply)) {
            let (from, _, said) = reply;
            scene.sends(digest(&Key::Answer(reply)), (usize::from(from.0), lane), answered(*said));
        }
        if let Some(outcome) = is.told().filter(|_| was.told() != is.told()) {
            scene.mark(lane, MarkKind::Answer, format!("is told: {}", told(outcome)));
        }
    }
}
