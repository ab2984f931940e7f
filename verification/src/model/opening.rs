//! What the models over the shipped core have in common: how they begin, how a node that is behind
//! catches up, what a crash would take.

use quorate_protocol::{
    Ballot, Chosen, ChosenNotice, Config, Entry, Incarnation, Message, NodeId, Outcome, Owner, PaxosLog, Recorded,
    RequestId, Row, Slot, Version,
};
use std::sync::Arc;

/// The entry chosen in slot 1 when a model begins. Node 0 proposed it, and so owns slot 2.
pub(crate) fn first_chosen(value: &'static str) -> Chosen {
    let owner = Owner { node: NodeId(0), incarnation: Incarnation(1) };
    let version = Version { slot: Slot(1), position: 0 };
    let first = Recorded { id: RequestId::new(0, 0), version, outcome: Outcome::Written };
    let value = Some(value.into());
    let entry = Entry { value, version: Some(version), owner, requests: vec![first], floor: Slot::ZERO };
    Chosen { slot: Slot(1), ballot: Ballot::ZERO.above(owner), entry: Arc::new(entry) }
}

/// The message by which a node that is behind learns what is chosen: its row says nothing. `None` in a
/// configuration of one.
pub(crate) fn notice(config: &Config, to: NodeId, chosen: &Chosen) -> Option<Message> {
    let entry = Some(chosen.entry.clone());
    Some(Message {
        epoch: config.epoch(),
        from: *config.voters().iter().find(|voter| **voter != to)?,
        to,
        row: Row { slot: Slot(1), ..Row::default() },
        accepted: None,
        chosen: ChosenNotice { slot: chosen.slot, ballot: chosen.ballot, entry },
        proposal: None,
        belief: None,
    })
}

/// Whether a crash would take anything from a node. One that takes nothing leaves the node as it was, but
/// for an incarnation that only its next ballots show.
pub(crate) fn has_something_to_lose(log: &PaxosLog) -> bool {
    let owns = log.durable().chosen_entry().is_some_and(|entry| entry.owner == log.replica().me());
    let fresh = PaxosLog::restore(Arc::new(log.replica().clone()), log.durable().clone());
    owns || fresh.map_or(true, |fresh| fresh != *log)
}
