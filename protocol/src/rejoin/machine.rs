//! What a node that lost its disk does in one log before it votes there again.

use super::left_out::RejoinPart;
use crate::{Ballot, Chosen, ChosenNotice, LogRecord, Message, NodeId, NodeSet, Replica, Row, Slot};
use alloc::{sync::Arc, vec::Vec};

/// A log at a node that lost its record of it, until the node may vote there again.
///
/// It stands in for the [`PaxosLog`](crate::PaxosLog) that is not there: the driver hands it what the other
/// voters say and does what [`Rejoin::step`] asks for, again after a while if nothing comes of it. Nothing
/// here is durable: after a crash the rejoin starts anew, under the next incarnation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rejoin {
    replica: Arc<Replica>,
    /// The highest entry heard of as chosen.
    chosen: Option<Chosen>,
    /// The newest row of each voter that has recorded this incarnation, by node.
    rows: Vec<(NodeId, Row)>,
    fence: Fence,
}

/// A ballot of this incarnation's own in the open slot. No row can show it that was made before this
/// incarnation began, so whoever shows it promised it since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Fence {
    slot: Slot,
    ballot: Ballot,
    /// Who was seen with this very promise, and no vote beside it.
    raised: NodeSet,
}

/// What the driver does for a [`Rejoin`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejoinStep {
    /// Have each of these voters record this node's incarnation ([`Forgotten`](crate::Forgotten)), durably,
    /// and answer with its record of the log, read in that transaction or later
    /// ([`Rejoin::on_recorded`]).
    Ask(NodeSet),
    /// The slot is open at this voter: have it completed there ([`Input::Settle`](crate::Input::Settle)),
    /// and ask it again.
    Settle {
        /// A voter that voted in the slot.
        voter: NodeId,
        /// The slot.
        slot: Slot,
    },
    /// Send these; the answers go to [`Rejoin::on_message`].
    Fence(Vec<Message>),
    /// Make this record durable. Once it is, a `PaxosLog` restored from it may take part.
    Ready(LogRecord),
}

impl Rejoin {
    /// Begins, for the replica in the incarnation that the others are to record: one that is above every
    /// incarnation of this node that any of them knows. `None` where there is no other voter to ask: what
    /// the only disk held is gone.
    pub fn start(replica: Arc<Replica>) -> Option<Self> {
        let others = replica.config().others(replica.me().node);
        let begun = Self { replica, chosen: None, rows: Vec::new(), fence: Fence::default() };
        (!others.is_empty()).then_some(begun)
    }

    /// A voter has durably recorded this incarnation; `record` is what it held of the log when it did, or
    /// later.
    pub fn on_recorded(&mut self, voter: NodeId, record: &LogRecord) {
        if !self.others().contains(self.replica.config(), voter) {
            return;
        }
        let first_alone = RejoinPart::HighestChosen.is_left_out() && !self.rows.is_empty();
        if let Some(chosen) = record.chosen.as_ref().filter(|_| !first_alone) {
            self.learn(chosen.clone());
        }
        if self.row(voter).is_none() {
            self.rows.push((voter, Row::default()));
            self.rows.sort_unstable_by_key(|(voter, _)| *voter);
        }
        self.heed(voter, record.row());
    }

    /// A message of another voter arrived. What it says is chosen is learnt; its row counts from a voter
    /// that has recorded this incarnation.
    pub fn on_message(&mut self, message: &Message) {
        let config = self.replica.config();
        let for_us = message.epoch == config.epoch() && message.to == self.replica.me().node;
        if !for_us || !self.others().contains(config, message.from) || message.validate().is_err() {
            return;
        }
        let notice = Some(&message.chosen).filter(|_| !RejoinPart::HighestChosen.is_left_out());
        if let Some(ChosenNotice { slot, ballot, entry: Some(entry) }) = notice {
            self.learn(Chosen { slot: *slot, ballot: *ballot, entry: entry.clone() });
        }
        self.heed(message.from, message.row);
    }

    /// What is to be done now; the same again until something new is heard.
    pub fn step(&self) -> RejoinStep {
        let config = self.replica.config();
        let heard = self.rows.iter().fold(NodeSet::default(), |set, (voter, _)| set.with(config, *voter));
        if !self.is_enough(heard) {
            return RejoinStep::Ask(self.others().without(heard));
        }
        let open = self.open_slot();
        let held = self.chosen.as_ref().map_or(Slot::ZERO, |chosen| chosen.slot);
        let of_open = || self.rows.iter().filter(|(_, row)| row.slot == open);
        if held.next() < open {
            return RejoinStep::Ask(of_open().fold(NodeSet::default(), |set, (voter, _)| set.with(config, *voter)));
        }
        // A vote above the fence was cast by a voter that has forgotten nothing and was told of the fence.
        let voted =
            |(voter, row): &&(NodeId, Row)| !row.accepted.is_none() && !self.fence.raised.contains(config, *voter);
        if let Some((voter, _)) = of_open().find(voted).filter(|_| !RejoinPart::OpenSlots.is_left_out()) {
            return RejoinStep::Settle { voter: *voter, slot: open };
        }
        if RejoinPart::Fence.is_left_out() {
            return RejoinStep::Ready(LogRecord { chosen: self.chosen.clone(), ..LogRecord::default() });
        }
        if !self.is_enough(self.fence.raised) {
            let waiting = self.others().without(self.fence.raised);
            return RejoinStep::Fence(waiting.iter(config).map(|voter| self.prepare_to(voter)).collect());
        }
        let promised = self.fence.ballot;
        RejoinStep::Ready(LogRecord { chosen: self.chosen.clone(), promised, accepted: None })
    }

    /// Who this replica is, and among which voters.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// The last entry heard of as chosen: what a learner knows.
    pub fn chosen(&self) -> Option<&Chosen> {
        self.chosen.as_ref()
    }

    fn others(&self) -> NodeSet {
        self.replica.config().others(self.replica.me().node)
    }

    fn row(&self, voter: NodeId) -> Option<Row> {
        self.rows.iter().find(|(known, _)| *known == voter).map(|(_, row)| *row)
    }

    fn learn(&mut self, chosen: Chosen) {
        let known = self.chosen.as_ref().map(|known| known.slot);
        if known.is_none_or(|known| chosen.slot > known) {
            self.chosen = Some(chosen);
            self.raise_fence();
        }
    }

    /// Takes a row of a voter that has recorded us. Within a voter rows only rise, so the greater is the
    /// newer.
    fn heed(&mut self, voter: NodeId, row: Row) {
        let Some((_, known)) = self.rows.iter_mut().find(|(known, _)| *known == voter) else { return };
        *known = row.max(*known);
        self.raise_fence();
    }

    /// The slot after the highest that any of the others knows chosen.
    fn open_slot(&self) -> Slot {
        let held = self.chosen.as_ref().map_or(Slot::ZERO, |chosen| chosen.slot).next();
        if RejoinPart::HighestChosen.is_left_out() {
            return held;
        }
        self.rows.iter().map(|(_, row)| row.slot).fold(held, Slot::max)
    }

    /// Keeps the fence above every promise in the open slot, and counts who shows it. A voter that showed
    /// it may since have promised more: that does not undo it.
    fn raise_fence(&mut self) {
        let (open, config) = (self.open_slot(), self.replica.config());
        let raised = |voter: NodeId| self.fence.raised.contains(config, voter);
        let passed = |(voter, row): &&(NodeId, Row)| row.promised > self.fence.ballot && !raised(*voter);
        let in_open = || self.rows.iter().filter(|(_, row)| row.slot == open);
        if self.fence.slot != open || in_open().any(|row| passed(&row)) {
            let highest = in_open().map(|(_, row)| row.promised).max().unwrap_or_default();
            let ballot = highest.above(self.replica.me());
            self.fence = Fence { slot: open, ballot, raised: NodeSet::default() };
        }
        let ballot = self.fence.ballot;
        for (voter, row) in &self.rows {
            let clean =
                row.accepted.is_none() || RejoinPart::OpenSlots.is_left_out() || RejoinPart::FenceVotes.is_left_out();
            let beyond = row.slot > open && RejoinPart::HighestChosen.is_left_out();
            if beyond || (row.slot == open && row.promised == ballot && clean) {
                self.fence.raised.insert(self.replica.config(), *voter);
            }
        }
    }

    /// A prepare of ours, with the entry that a voter behind lacks. Its row is counted by nobody: a promise
    /// counts for the ballot's own proposer, and a vote where there is one.
    fn prepare_to(&self, voter: NodeId) -> Message {
        let chosen = self.chosen.as_ref().map_or_else(ChosenNotice::default, |chosen| ChosenNotice {
            slot: chosen.slot,
            ballot: chosen.ballot,
            entry: Some(chosen.entry.clone()),
        });
        let nothing = Row { slot: self.fence.slot, ..Row::default() };
        Message {
            epoch: self.replica.config().epoch(),
            from: self.replica.me().node,
            to: voter,
            row: Row { promised: self.fence.ballot, ..nothing },
            accepted: None,
            chosen,
            proposal: None,
            belief: Some(nothing),
        }
    }

    fn is_enough(&self, voters: NodeSet) -> bool {
        let with_itself = voters.with(self.replica.config(), self.replica.me().node);
        let any_majority = RejoinPart::EveryVoter.is_left_out() && self.replica.config().is_majority(with_itself);
        any_majority || self.others().without(voters).is_empty()
    }
}
