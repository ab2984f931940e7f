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
        self.raise_promise(&message.row, out);
        if let Some(proposal) = &message.proposal {
            self.consider(proposal, out);
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
        let skip = mutant!(VoteBelowPromise) || (mutant!(FastSkipsPromise) && ballot.is_fast());
        if (*ballot < self.record.promised && !skip) || *ballot <= self.record.accepted_ballot() {
            return;
        }
        self.accept(*ballot, entry.clone());
        self.yield_to_higher(out);
    }

    /// P6: round 0 is the owner's, and the owner is part of the entry chosen before.
    fn is_owners(&self, ballot: Ballot) -> bool {
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
        self.record.promised = self.record.promised.max(ballot);
        self.record.accepted = Some(Accepted { ballot, entry });
        self.votes = NodeSet::default();
    }

    /// Counts a peer's durable vote and promise. Sets of voters, so a duplicate counts once.
    fn count_row(&mut self, from: NodeId, row: &Row, entry: Option<&Arc<Entry>>) {
        if row.slot != self.record.open_slot() {
            return;
        }
        let replica = self.replica.clone();
        let ours = self.record.accepted_ballot();
        if !row.accepted.is_none() && row.accepted == ours {
            self.votes.insert(replica.config(), from);
        }
        let Phase::Preparing { ballot, promises, highest } = &mut self.phase else {
            return;
        };
        let for_us = row.promised == *ballot || (mutant!(CountOldPromise) && !row.promised.is_none());
        if !for_us {
            return;
        }
        let best = highest.as_ref().map_or(Ballot::ZERO, |accepted| accepted.ballot).max(ours);
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

/// Whether a reported vote replaces the best one known.
fn prefer(reported: Ballot, best: Ballot) -> bool {
    if mutant!(AdoptLowest) && !best.is_none() {
        return reported < best;
    }
    reported > best
}
