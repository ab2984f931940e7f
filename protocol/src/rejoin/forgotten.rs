//! What a voter keeps about nodes that lost their disks, and what it refuses because of it.

use super::left_out::RejoinPart;
use crate::{Ballot, Config, Incarnation, Message, NodeId, Owner, Row};
use alloc::vec::Vec;

/// The oldest incarnation of each node that is not forgotten. A voter keeps it durably; a node that comes
/// back keeps it about itself too, from its first start on. It only rises, and has at most one element for
/// each voter.
///
/// A restart that kept its disk raises nothing here: what an earlier incarnation of such a node promised
/// and voted for is still on its disk, and its ballots may be sent on.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Forgotten(Vec<Owner>);

impl Forgotten {
    /// Forgets every incarnation of a voter before this one. Says whether that changed anything; if so, it
    /// is to be made durable before the node is told so. A stranger to the configuration changes nothing.
    pub fn record(&mut self, config: &Config, returned: Owner) -> bool {
        if !config.is_voter(returned.node) || returned.incarnation <= self.oldest(returned.node) {
            return false;
        }
        match self.0.binary_search_by_key(&returned.node, |known| known.node) {
            Ok(at) => {
                if let Some(known) = self.0.get_mut(at) {
                    *known = returned;
                }
            }
            Err(at) => self.0.insert(at, returned),
        }
        true
    }

    /// The oldest incarnation of a node that is not forgotten; 0 where it never lost its disk.
    pub fn oldest(&self, node: NodeId) -> Incarnation {
        let known = self.0.iter().find(|known| known.node == node);
        known.map_or(Incarnation(0), |known| known.incarnation)
    }

    /// Whether this start of a node is one whose disk is lost.
    pub fn is_forgotten(&self, owner: Owner) -> bool {
        owner.incarnation < self.oldest(owner.node)
    }

    /// What is left of a message that `sender`'s node sent in that incarnation; `None` for nothing.
    ///
    /// Nothing of a forgotten incarnation itself: its promises and votes were lost with its disk. A
    /// proposal under a forgotten ballot is taken out whoever sends it. The *row* of a third node stays as
    /// it is, a forgotten ballot in it or not: it is that node's own durable promise and vote, and the slot
    /// could not be completed without it.
    pub fn admit(&self, sender: Incarnation, mut message: Message) -> Option<Message> {
        if self.is_forgotten(Owner { node: message.from, incarnation: sender }) {
            message = what_a_wrong_variant_keeps(message)?;
        }
        let under = message.proposal.as_ref().map(|proposal| proposal.ballot);
        if under.is_some_and(|ballot| self.refuses(ballot, message.to)) {
            message.proposal = None;
        }
        Some(message)
    }

    fn refuses(&self, ballot: Ballot, me: NodeId) -> bool {
        let own = ballot.node == me;
        let part = if own { RejoinPart::OwnProposals } else { RejoinPart::OldProposals };
        self.is_forgotten(ballot.proposer()) && !part.is_left_out()
    }
}

/// Of a message of a forgotten incarnation: nothing, unless a part of the rule is left out.
fn what_a_wrong_variant_keeps(message: Message) -> Option<Message> {
    let is_vote = !message.row.accepted.is_none() && message.row.accepted == message.row.promised;
    let counts = if is_vote { RejoinPart::OldVotes } else { RejoinPart::OldPromises };
    if counts.is_left_out() {
        return Some(Message { proposal: None, ..message });
    }
    if RejoinPart::OldProposals.is_left_out() || RejoinPart::OwnProposals.is_left_out() {
        let row = Row { slot: message.row.slot, ..Row::default() };
        return Some(Message { row, accepted: None, ..message });
    }
    None
}
