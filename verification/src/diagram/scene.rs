//! A diagram in the making: what happens is said step by step.

use super::{Arrival, Arrow, Diagram, Fate, Lane, Mark, MarkKind, Write};
use std::collections::BTreeMap;

/// A diagram in the making. Lanes are named by their place in the list it began with; those that nothing happens at
/// are left out of the picture.
#[derive(Debug)]
pub struct Scene {
    diagram: Diagram,
    /// Messages on their way, by the key that the model gave them.
    sent: BTreeMap<u64, Sent>,
    /// By lane, the row of its last crash.
    crashes: BTreeMap<usize, usize>,
}

#[derive(Debug)]
struct Sent {
    from: usize,
    to: usize,
    row: usize,
    text: String,
    arrivals: usize,
}

impl Scene {
    /// An empty diagram with these lanes.
    pub fn new(lanes: Vec<Lane>) -> Self {
        let diagram = Diagram { lanes, ..Diagram::default() };
        Self { diagram, sent: BTreeMap::new(), crashes: BTreeMap::new() }
    }

    /// The next step begins.
    pub fn step(&mut self, says: String) {
        self.diagram.rows.push(says);
    }

    fn row(&self) -> usize {
        self.diagram.rows.len()
    }

    /// A message is on its way. One that was sent before, under this key, stays what it was.
    pub fn sends(&mut self, key: u64, (from, to): (usize, usize), text: String) {
        let row = self.row();
        self.sent.entry(key).or_insert(Sent { from, to, row, text, arrivals: 0 });
    }

    /// The message of this key arrives.
    pub fn arrives(&mut self, key: u64) {
        let row = self.row();
        let Some(sent) = self.sent.get_mut(&key) else { return };
        let again = sent.arrivals > 0;
        sent.arrivals += 1;
        let outlived = self.crashes.get(&sent.from).is_some_and(|crash| *crash > sent.row);
        let fate = Fate::Arrived(Arrival { row, again, outlived });
        let Sent { from, to, row: sent_in, ref text, .. } = *sent;
        self.diagram.arrows.push(Arrow { from, to, sent: sent_in, text: text.clone(), fate });
    }

    /// Something is said and heard in this very step.
    pub fn says(&mut self, (from, to): (usize, usize), text: String) {
        let row = self.row();
        let fate = Fate::Arrived(Arrival { row, again: false, outlived: false });
        self.diagram.arrows.push(Arrow { from, to, sent: row, text, fate });
    }

    /// Something happens at a lane.
    pub fn mark(&mut self, lane: usize, kind: MarkKind, text: String) {
        if kind == MarkKind::Crash {
            self.crashes.insert(lane, self.row());
        }
        self.diagram.marks.push(Mark { row: self.row(), lane, kind, text });
    }

    /// A node issues a write.
    pub fn writes(&mut self, lane: usize) {
        let from = self.row();
        self.diagram.writes.push(Write { lane, from, to: None, is_lost: false });
    }

    /// The write under way at a node is over: it is durable, or a crash took it.
    pub fn written(&mut self, lane: usize, is_lost: bool) {
        let row = self.row();
        let open = self.diagram.writes.iter_mut().rev().find(|write| write.lane == lane && write.to.is_none());
        if let Some(write) = open {
            (write.to, write.is_lost) = (Some(row), is_lost);
        }
    }

    /// The whole diagram: messages that never arrived are lost, lanes that nothing happened at are gone. Nodes stay.
    pub fn finish(mut self) -> Diagram {
        let lost = self.sent.into_values().filter(|sent| sent.arrivals == 0);
        self.diagram.arrows.extend(lost.map(|sent| {
            let Sent { from, to, row, text, .. } = sent;
            Arrow { from, to, sent: row, text, fate: Fate::Lost }
        }));
        self.diagram.arrows.sort_by_key(|arrow| (arrow.sent, arrow.from, arrow.to));
        let used: Vec<bool> = (0..self.diagram.lanes.len()).map(|lane| self.diagram.uses(lane)).collect();
        let place = |lane: usize| used.iter().take(lane).filter(|used| **used).count();
        for arrow in &mut self.diagram.arrows {
            (arrow.from, arrow.to) = (place(arrow.from), place(arrow.to));
        }
        self.diagram.marks.iter_mut().for_each(|mark| mark.lane = place(mark.lane));
        self.diagram.writes.iter_mut().for_each(|write| write.lane = place(write.lane));
        let mut kept = used.iter();
        self.diagram.lanes.retain(|_| kept.next() == Some(&true));
        self.diagram
    }
}

impl Diagram {
    /// Whether a lane belongs into the picture.
    fn uses(&self, lane: usize) -> bool {
        let arrow = |arrow: &Arrow| arrow.from == lane || arrow.to == lane;
        self.lanes.get(lane).is_some_and(|lane| lane.is_node)
            || self.arrows.iter().any(arrow)
            || self.marks.iter().any(|mark| mark.lane == lane)
    }
}
