//! The write gate: what may leave, and when.
//!
//! The release rule holds by construction. Every message is built at the moment it leaves, from the
//! durable record (the row and its entry), from facts about a majority's disks (what is chosen), and
//! from our own proposal, which receivers vote for and never count. What is owed to a peer is therefore
//! a bit, not a queue: an answer that needs a write waits for it and then says all there is to say.

use crate::{Ballot, ChosenNotice, LogRecord, Message, NodeId, NodeSet, Output, PaxosLog, Phase, Proposal, Row, Slot};

impl PaxosLog {
    /// The write under way is durable: peers that waited for it hear of it now.
    pub(super) fn confirm(&mut self, out: &mut Output) {
        let Some(written) = self.writing.take() else {
            return;
        };
        self.durable = written;
        out.readable = true;
        let owed = core::mem::take(&mut self.owed);
        self.send_rows(owed, out);
    }

    /// Ends a step: issues a write if one is needed and none is under way, and sends what need not wait.
    pub(super) fn flush(&mut self, out: &mut Output) {
        let due = core::mem::take(&mut self.owed_next);
        if mutant!(PromiseBeforeSync) || mutant!(VoteBeforeSync) {
            self.send_rows(due, out);
        }
        if self.must_write() {
            if self.writing.is_some() {
                self.owed_next = due;
                return;
            }
            let record = self.to_write();
            self.writing = Some(record.clone());
            out.write = Some(record);
            self.owed = self.owed.union(due);
        } else if self.writing.is_some() {
            self.owed = self.owed.union(due);
        } else {
            self.send_rows(due, out);
        }
    }

    /// Whether something must be made durable that no write issued so far holds. That a slot is chosen
    /// is none of it while our own durable vote holds its entry: the mark rides on the next write.
    fn must_write(&self) -> bool {
        let issued = self.writing.as_ref().unwrap_or(&self.durable);
        let (now, then) = (self.record.row(), issued.row());
        if now.slot == then.slot {
            let promised = now.promised != then.promised && !mutant!(PromiseInMemory);
            return promised || now.accepted != then.accepted;
        }
        let vote_cast = !now.promised.is_none() || !now.accepted.is_none();
        let held = self
            .record
            .chosen
            .as_ref()
            .is_some_and(|chosen| issued.open_slot() == chosen.slot && issued.accepted_ballot() == chosen.ballot);
        vote_cast || !held || mutant!(SyncChosen)
    }

    fn to_write(&self) -> LogRecord {
        let mut record = self.record.clone();
        if mutant!(PromiseInMemory) {
            record.promised = record.accepted_ballot();
        }
        record
    }

    /// P7: a row on the wire is durable.
    fn told_row(&self) -> Row {
        let mut row = self.durable.row();
        let now = self.record.row();
        if mutant!(OmitReported) && row.promised.round > row.accepted.round + 1 {
            row.accepted = Ballot::ZERO;
        }
        if mutant!(VoteBeforeSync) {
            return now;
        }
        if row.slot == now.slot && (mutant!(PromiseBeforeSync) || mutant!(PromiseInMemory)) {
            row.promised = now.promised;
        }
        row
    }

    fn send_rows(&self, to: NodeSet, out: &mut Output) {
        let messages = to.iter(self.replica().config()).map(|peer| self.message_to(peer, false, false));
        out.send.extend(messages);
    }

    /// Sends the entry we accepted as a proposal: our own round's, or another's that is relayed.
    pub(super) fn send_proposal(&self, to: NodeSet, out: &mut Output) {
        for peer in to.iter(self.replica().config()) {
            let mut message = self.message_to(peer, false, false);
            message.proposal = self.proposal();
            message.belief = Some(self.nothing_known());
            out.send.push(message);
        }
    }

    fn proposal(&self) -> Option<Proposal> {
        let vote = self.record.accepted.as_ref()?;
        Some(Proposal { slot: self.record.open_slot(), ballot: vote.ballot, entry: vote.entry.clone() })
    }

    /// A message as of now. `with_entry`: the peer lacks the entry chosen last. `ask`: the peer is ahead
    /// and shall send what we lack.
    pub(super) fn message_to(&self, to: NodeId, with_entry: bool, ask: bool) -> Message {
        let row = self.told_row();
        let to_preparer = row.promised.node == to && row.accepted != row.promised;
        let omitted = mutant!(OmitReported) && row.accepted.is_none();
        let vote = if mutant!(VoteBeforeSync) { &self.record.accepted } else { &self.durable.accepted };
        let accepted = vote.as_ref().filter(|_| to_preparer && !omitted).map(|vote| vote.entry.clone());
        let chosen = self.record.chosen.as_ref().map_or_else(ChosenNotice::default, |chosen| ChosenNotice {
            slot: chosen.slot,
            ballot: chosen.ballot,
            entry: with_entry.then(|| chosen.entry.clone()),
        });
        let waits_for_it = self.waits_for(to);
        let accepting = waits_for_it && matches!(self.phase, Phase::Accepting { .. });
        Message {
            epoch: self.replica().config().epoch(),
            from: self.replica().me().node,
            to,
            row,
            accepted,
            chosen,
            proposal: self.proposal().filter(|_| accepting),
            belief: (ask || waits_for_it).then(|| self.nothing_known()),
        }
    }

    /// Whether our round still needs this peer's answer.
    fn waits_for(&self, peer: NodeId) -> bool {
        let config = self.replica().config();
        match &self.phase {
            Phase::Preparing { promises, .. } => !promises.contains(config, peer),
            Phase::Accepting { .. } => !self.votes.contains(config, peer),
            Phase::Idle | Phase::Deferred => false,
        }
    }

    /// The belief of one that waits for an answer: nothing in the open slot.
    fn nothing_known(&self) -> Row {
        Row { slot: Slot(self.record.open_slot().0), ..Row::default() }
    }
}
