//! What replicas send each other. There is one kind of message (PaxosStore, VLDB 2017): the sender's
//! own row and what it believes of the receiver's. Receivers merge by maximum, so duplicated, late and
//! reordered messages are harmless by construction.

use crate::{Ballot, ConfigEpoch, Entry, NodeId, SLOT_MAX, Slot, check::check_window};
use alloc::sync::Arc;

/// A replica's durable row for its open slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Row {
    /// The slot after the last one this replica durably knew chosen.
    pub slot: Slot,
    /// The highest ballot promised in it.
    pub promised: Ballot,
    /// The ballot of the entry accepted in it; [`Ballot::ZERO`] for none.
    pub accepted: Ballot,
}

/// The last slot that the sender knows chosen, and a ballot it was chosen under. A receiver that
/// accepted under that very ballot holds the entry already; it travels only where it may be lacking.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ChosenNotice {
    /// The slot; 0 when nothing is known chosen.
    pub slot: Slot,
    /// A ballot under which a majority voted.
    pub ballot: Ballot,
    /// The entry, where the receiver may lack it.
    pub entry: Option<Arc<Entry>>,
}

/// An entry that a ballot's proposer put forward. Receivers may vote for it and never count it: a vote
/// is counted from a row alone. (An accept that leaves before its proposer's own write is durable would
/// otherwise pass for a vote.) The proposer's own vote is durable where the row says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Proposal {
    /// The slot it is for.
    pub slot: Slot,
    /// The ballot it is proposed under.
    pub ballot: Ballot,
    /// What is proposed.
    pub entry: Arc<Entry>,
}

/// One message about one log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Message {
    /// The configuration it belongs to; others are refused.
    pub epoch: ConfigEpoch,
    /// Who sent it.
    pub from: NodeId,
    /// For whom it is.
    pub to: NodeId,
    /// The sender's durable row.
    pub row: Row,
    /// The entry accepted in the row, where the receiver may lack it (an answer to a prepare).
    pub accepted: Option<Arc<Entry>>,
    /// What the sender knows chosen.
    pub chosen: ChosenNotice,
    /// A proposal to vote for.
    pub proposal: Option<Proposal>,
    /// What the sender believes of the receiver's row, when it wants to know more; the receiver answers
    /// where this is behind.
    pub belief: Option<Row>,
}

/// Why a message was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// From another configuration.
    #[error("the message belongs to another configuration epoch")]
    Epoch,
    /// Not from a voter, or not for this replica.
    #[error("the message is not between two voters, or not for this replica")]
    Party,
    /// A row that no replica can have, or an entry without its ballot.
    #[error("the row is one that no replica can have")]
    Row,
    /// A slot or round out of bounds.
    #[error("a slot or a round is out of bounds")]
    Bounds,
    /// An entry whose window no proposer can have made for its slot.
    #[error("an entry's window is out of order, too long, or not of its slot")]
    Window,
}

impl Message {
    /// Whether its parts fit together, whatever the receiver's state.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn validate(&self) -> Result<(), Malformed> {
        let row = &self.row;
        if row.accepted > row.promised || (row.accepted.is_none() && self.accepted.is_some()) {
            return Err(Malformed::Row);
        }
        let notice = &self.chosen;
        if notice.entry.is_some() && notice.slot == Slot::ZERO {
            return Err(Malformed::Row);
        }
        let proposed = self.proposal.as_ref().map_or(row.slot, |proposal| proposal.slot);
        let highest = row.slot.max(notice.slot).max(proposed);
        if highest.0 >= SLOT_MAX || row.slot == Slot::ZERO || proposed == Slot::ZERO {
            return Err(Malformed::Bounds);
        }
        let proposal = self.proposal.as_ref().map(|proposal| &proposal.entry);
        let entries = [(row.slot, self.accepted.as_ref()), (notice.slot, notice.entry.as_ref()), (proposed, proposal)];
        for (slot, entry) in entries.into_iter().filter_map(|(slot, entry)| Some((slot, entry?))) {
            check_window(entry, slot).map_err(|_| Malformed::Window)?;
        }
        Ok(())
    }
}
