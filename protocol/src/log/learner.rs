//! The learner: what is chosen, and who is answered by it.

use crate::{
    Accepted, Ballot, Chosen, Entry, LogRecord, Message, NodeSet, Output, PaxosLog, Phase, Reply, SLOT_MAX, Slot,
};
use alloc::sync::Arc;

impl PaxosLog {
    /// Takes what a peer knows chosen: its entry where it travels, or our own vote where it was cast
    /// under the very ballot that won. (A vote at another ballot may be for another entry.)
    pub(super) fn hear_chosen(&mut self, message: &Message, out: &mut Output) {
        let notice = &message.chosen;
        let open = self.record.open_slot();
        if mutant!(TrustBelowNotice)
            && notice.slot > open
            && let Some(stale) = self.record.accepted.clone()
        {
            self.learn(open, stale.ballot, stale.entry, out);
        }
        if notice.slot >= open || mutant!(LearnOlder) {
            let own = self.record.accepted.as_ref();
            let same = |vote: &Accepted| vote.ballot == notice.ballot || mutant!(NoticeWithoutBallot);
            let own = own.filter(|vote| notice.slot == open && same(vote));
            let entry = notice.entry.as_ref().or(own.map(|vote| &vote.entry)).cloned();
            if let Some(entry) = entry {
                self.learn(notice.slot, notice.ballot, entry, out);
            }
        }
        let trusted = message.accepted.as_ref().filter(|_| mutant!(TrustAccepted));
        if let Some(entry) = trusted.filter(|_| message.row.slot == self.record.open_slot()) {
            self.learn(message.row.slot, message.row.accepted, entry.clone(), out);
        }
    }

    /// A slot is chosen when a majority durably voted in it under one ballot; our own vote counts from
    /// the moment it is durable, and no sooner.
    pub(super) fn count_votes(&mut self, out: &mut Output) {
        let Some(vote) = self.record.accepted.clone() else {
            return;
        };
        let config = self.replica().config();
        let durable =
            self.durable.open_slot() == self.record.open_slot() && self.durable.accepted_ballot() == vote.ballot;
        let counts = durable || mutant!(CountUnsyncedVote);
        let voters = if counts { self.votes.with(config, self.replica().me().node) } else { self.votes };
        let enough = mutant!(TwoVotesAreEnough) && voters.len() >= 2;
        if config.is_majority(voters) || enough || (mutant!(OpenEarly) && durable) {
            self.learn(self.record.open_slot(), vote.ballot, vote.entry, out);
        }
    }

    /// Moves on past a chosen slot, and answers the requests that its entry records. That the slot is
    /// chosen need not be durable here for that: a majority's votes are.
    pub(super) fn learn(&mut self, slot: Slot, ballot: Ballot, entry: Arc<Entry>, out: &mut Output) {
        let known = slot < self.record.open_slot() && !mutant!(LearnOlder);
        if known || slot.0 >= SLOT_MAX {
            return;
        }
        self.waiting.retain(|waiting| match entry.find(waiting.request.id) {
            Some(recorded) => {
                out.done.push((recorded.id, Reply::Recorded(*recorded)));
                false
            }
            None => true,
        });
        if entry.owner == self.replica().me() {
            self.prepares = 0;
        }
        self.record = LogRecord { chosen: Some(Chosen { slot, ballot, entry }), ..LogRecord::default() };
        self.votes = NodeSet::default();
        self.phase = Phase::Idle;
        out.readable = true;
    }
}
