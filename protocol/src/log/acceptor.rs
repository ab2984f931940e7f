//! The acceptor: merging other replicas' messages. The promise is raised first, then the accept is
//! tested against it (TPaxos; the other order refines only EagerVoting).

use crate::{
    Accepted, Ballot, Entry, Malformed, Message, NodeId, NodeSet, Output, PaxosLog, Phase, Proposal, ROUND_JUMP_MAX,
    Row,
};
use alloc::sync::Arc;

impl PaxosLog {
    pub(super) fn receive(&mut self, message: &Message, out: &mut Output) {
        if self.admit(message).is_err() {
            return;
        }
        self.hear_chosen(message, out);
        if !mutant!(AcceptBeforePromise) {
            self.raise_promise(&message.row, out);
        }
        if let Some(proposal) = &message.proposal {
            self.consider(proposal, out);
            self.count_proposal(message.from, proposal, out);
        }
        if mutant!(AcceptBeforePromise) {
            self.raise_promise(&message.row, out);
        }
        self.count_row(message.from, &message.row, message.accepted.as_ref());
        self.answer(message, out);
    }

    /// Whether the message is one that this replica may look at.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(&self, message: &Message) -> Result<(), Malformed> {
        let replica = self.replica();
        let config = replica.config();
        if message.epoch != config.epoch() {
            return Err(Malformed::Epoch);
        }
        let me = replica.me().node;
        if message.to != me || message.from == me || !config.is_voter(message.from) {
            return Err(Malformed::Party);
        }
        message.validate()?;
        let highest = self.record.promised.round.saturating_add(ROUND_JUMP_MAX);
        let proposed = message.proposal.as_ref().map_or(0, |proposal| proposal.ballot.round);
        if message.row.promised.round.max(proposed) > highest {
            return Err(Malformed::Bounds);
        }
        Ok(())
    }

    /// P4: a promise only rises. A proposer learns from it that its own ballot has been passed.
    fn raise_promise(&mut self, row: &Row, out: &mut Output) {
        if row.slot == self.record.open_slot() && row.promised > self.record.promised {
            self.record.promised = row.promised;
            self.yield_to_higher(out);
        }
    }

    /// Votes for a proposal, if the promise allows it.
    fn consider(&mut self, proposal: &Proposal, out: &mut Output) {
        let Proposal { slot, ballot, entry } = proposal;
        if *slot != self.record.open_slot() || ballot.is_none() {
            return;
        }
        if ballot.is_fast() && !self.is_owners(*ballot) {
            return;
        }
        if self.is_below_promise(*ballot) || self.is_voted_already(*ballot) {
            self.promise_more(*ballot, out);
            return;
        }
        self.accept(*ballot, entry.clone());
        self.yield_to_higher(out);
    }

    fn is_below_promise(&self, ballot: Ballot) -> bool {
        let fast = ballot.is_fast() && (mutant!(FastSkipsPromise) || mutant!(FastOverwrites));
        if mutant!(VoteBelowPromise) || fast {
            return false;
        }
        if mutant!(StalePromise) && self.durable.open_slot() == self.record.open_slot() {
            return ballot < self.durable.promised;
        }
        ballot < self.record.promised
    }

    /// Whether a vote in this ballot would not be a new one.
    fn is_voted_already(&self, ballot: Ballot) -> bool {
        let accepted = self.record.accepted_ballot();
        if mutant!(FastOverwrites) && ballot.is_fast() {
            return ballot == accepted;
        }
        ballot <= accepted || (mutant!(FastByAnyoneOnce) && ballot.is_fast() && !accepted.is_none())
    }

    /// P6: round 0 is the owner's, and the owner is part of the entry chosen before.
    fn is_owners(&self, ballot: Ballot) -> bool {
        if mutant!(FastByAnyone) || mutant!(FastByAnyoneOnce) || mutant!(PrepareInRoundZero) {
            return true;
        }
        if mutant!(OwnedSlotOne) && self.record.chosen.is_none() {
            return self.replica.config().voters().first() == Some(&ballot.node);
        }
        if mutant!(OwnerByWinningBallot) {
            return self.record.chosen.is_some();
        }
        if mutant!(OwnerByNode) || mutant!(OwnerByOwnBallot) || mutant!(ReuseIncarnation) {
            return self.record.fast_ballot().is_some_and(|fast| fast.node == ballot.node || mutant!(OwnerByOwnBallot));
        }
        self.record.fast_ballot() == Some(ballot)
    }

    /// Records a vote; it is counted by others once it is durable here.
    pub(super) fn accept(&mut self, ballot: Ballot, entry: Arc<Entry>) {
        if !mutant!(AcceptKeepsPromise) {
            self.record.promised = self.record.promised.max(ballot);
        }
        self.record.accepted = Some(Accepted { ballot, entry });
        self.votes = NodeSet::default();
    }

    /// Counts a peer's durable vote and promise. Sets of voters, so a duplicate counts once.
    fn count_row(&mut self, from: NodeId, row: &Row, entry: Option<&Arc<Entry>>) {
        let replica = self.replica.clone();
        if mutant!(CountLearner) && row.slot > self.record.open_slot() {
            self.votes.insert(replica.config(), from);
        }
        if row.slot != self.record.open_slot() {
            return;
        }
        let ours = self.record.accepted_ballot();
        if !row.accepted.is_none() && (row.accepted == ours || mutant!(CountAnyBallot)) {
            self.votes.insert(replica.config(), from);
        }
        let Phase::Preparing { ballot, promises, highest } = &mut self.phase else {
            return;
        };
        let best = highest.as_ref().map_or(Ballot::ZERO, |accepted| accepted.ballot).max(ours);
        let for_us = row.promised == *ballot || (mutant!(CountOldPromise) && !row.promised.is_none());
        if !for_us {
            if let Some(entry) = entry.filter(|_| mutant!(AdoptFromAll) && row.accepted > best) {
                *highest = Some(Accepted { ballot: row.accepted, entry: entry.clone() });
            }
            return;
        }
        match entry {
            Some(entry) if prefer(row.accepted, best) => {
                *highest = Some(Accepted { ballot: row.accepted, entry: entry.clone() });
            }
            // Its vote is for an entry we do not hold: not a promise we could act on. It is asked again.
            None if row.accepted > best => return,
            _ => {}
        }
        promises.insert(replica.config(), from);
    }

    /// The acceptor's half of the conversation. It answers where the sender asks and its belief is
    /// behind; it asks where the sender is ahead of it.
    fn answer(&mut self, message: &Message, out: &mut Output) {
        let (from, ours) = (message.from, self.record.chosen_slot());
        let theirs = message.chosen.slot.0.max(message.row.slot.0.saturating_sub(1));
        let proposed = message.proposal.as_ref().map_or(0, |proposal| proposal.slot.0.saturating_sub(1));
        if theirs.max(proposed) > ours.0 {
            out.send.push(self.message_to(from, false, true));
            return;
        }
        let Some(belief) = message.belief else {
            return;
        };
        if theirs < ours.0 {
            out.send.push(self.message_to(from, true, false));
            return;
        }
        let row = self.record.row();
        let up_to_date = belief.slot == row.slot && belief.promised >= row.promised && belief.accepted >= row.accepted;
        if !up_to_date {
            let replica = self.replica.clone();
            self.owed_next.insert(replica.config(), from);
        }
    }
}

/// Wrong variants, and a harmless one; nothing in a shipped build.
impl PaxosLog {
    /// (4c) The sender of a proposal counts as a voter, though its vote may not be durable yet. (M4) Of three, the
    /// sender and we are a majority at once.
    fn count_proposal(&mut self, from: NodeId, proposal: &Proposal, out: &mut Output) {
        let ours = proposal.slot == self.record.open_slot() && proposal.ballot == self.record.accepted_ballot();
        if !ours || !(mutant!(CountProposal) || mutant!(FastChosen)) {
            return;
        }
        let replica = self.replica.clone();
        self.votes.insert(replica.config(), from);
        if mutant!(FastChosen) && replica.config().voters().len() == 3 {
            self.learn(proposal.slot, proposal.ballot, proposal.entry.clone(), out);
        }
    }

    /// (C3) An acceptor that refuses the owner's proposal promises more than it was asked for. In round 1 alone, so
    /// that rounds stay bounded.
    fn promise_more(&mut self, refused: Ballot, out: &mut Output) {
        if !mutant!(ExtraPromise) || !refused.is_fast() || self.record.promised.round != 1 {
            return;
        }
        let Some(node) = self.replica.config().voters().last().copied() else { return };
        let more = Ballot { node, incarnation: crate::Incarnation(u32::MAX), ..self.record.promised };
        self.record.promised = self.record.promised.max(more);
        self.yield_to_higher(out);
    }
}

/// Whether a reported vote replaces the best one known.
fn prefer(reported: Ballot, best: Ballot) -> bool {
    if mutant!(AdoptLatest) {
        return !reported.is_none();
    }
    if mutant!(AdoptLowest) && !best.is_none() {
        return reported < best;
    }
    reported > best
}
