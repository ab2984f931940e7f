//! Which events are taken for alike, given the replica that they happen to.

use quorate_protocol::{Input, Message, Operation, PaxosLog, Row, Slot, Timer};
use std::cmp::Ordering;

/// An event at one replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// A message arrives.
    Receive(Heard),
    /// A request arrives.
    Propose {
        /// Whether it cancels another.
        cancels: bool,
        /// Whether it expects something of the value.
        expects: bool,
        /// Whether its client tried elsewhere before.
        again: bool,
        /// Whether the entry chosen last records it already.
        recorded: bool,
    },
    /// A caller goes.
    Withdraw,
    /// A reader asks for help in a slot below, at or above the open one.
    Help(Slots),
    /// A reader asks for a slot to be settled.
    Settle(Slots),
    /// A timer fires.
    Timeout(Timer),
    /// A write is durable.
    Durable,
    /// A crash.
    Crash {
        /// With the write under way.
        kept: bool,
    },
}

/// A slot in comparison with the receiver's open one.
pub type Slots = Ordering;

/// What a message says, in comparison with what its receiver has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Heard {
    /// The sender's slot; and, in the same slot, its promise, and its vote if it has one.
    pub row: (Slots, Option<Ordering>, Option<Ordering>),
    /// Whether the entry of its vote comes along.
    pub accepted: bool,
    /// What it knows chosen: the slot; in the same slot, whether under the ballot voted in here; and whether the entry
    /// comes along.
    pub chosen: (Slots, bool, bool),
    /// What it proposes.
    pub proposal: Option<Proposed>,
    /// Whether it asks, and if so, whether it knows all of the receiver's row.
    pub belief: Option<bool>,
}

/// A proposal, in comparison with what its receiver has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proposed {
    /// Its slot.
    pub slot: Slots,
    /// In the same slot, its ballot beside the promise and beside the vote.
    pub ballots: Option<(Ordering, Ordering)>,
    /// Whether its ballot is an owner's.
    pub fast: bool,
}

impl Event {
    /// The class of an input.
    pub fn new(log: &PaxosLog, input: &Input) -> Self {
        let open = log.record().open_slot();
        match input {
            Input::Receive(message) => Self::Receive(Heard::new(log, message)),
            Input::Propose(request) => Self::Propose {
                cancels: request.operation == Operation::Cancel,
                expects: matches!(request.operation, Operation::CompareAndSet { .. }),
                again: request.attempt > 0,
                recorded: log.record().chosen_entry().is_some_and(|entry| entry.find(request.id).is_some()),
            },
            Input::Withdraw(_) => Self::Withdraw,
            Input::Help(slot) => Self::Help(slot.cmp(&open)),
            Input::Settle(slot) => Self::Settle(slot.cmp(&open)),
            Input::Timeout(timer) => Self::Timeout(*timer),
            Input::Durable => Self::Durable,
        }
    }
}

impl Heard {
    fn new(log: &PaxosLog, message: &Message) -> Self {
        let record = log.record();
        let ours = record.row();
        let in_open = |slot: Slot| slot == ours.slot;
        let theirs = message.row;
        let vote = (in_open(theirs.slot) && !theirs.accepted.is_none()).then(|| theirs.accepted.cmp(&ours.accepted));
        let notice = &message.chosen;
        let proposal = message.proposal.as_ref().map(|proposal| {
            let ballot = proposal.ballot;
            let ballots = in_open(proposal.slot).then(|| (ballot.cmp(&ours.promised), ballot.cmp(&ours.accepted)));
            Proposed { slot: proposal.slot.cmp(&ours.slot), ballots, fast: ballot.is_fast() }
        });
        Self {
            row: (theirs.slot.cmp(&ours.slot), in_open(theirs.slot).then(|| theirs.promised.cmp(&ours.promised)), vote),
            accepted: message.accepted.is_some(),
            chosen: (
                notice.slot.cmp(&ours.slot),
                in_open(notice.slot) && !ours.accepted.is_none() && notice.ballot == ours.accepted,
                notice.entry.is_some(),
            ),
            proposal,
            belief: message.belief.map(|belief| knows(belief, ours)),
        }
    }
}

fn knows(belief: Row, ours: Row) -> bool {
    belief.slot == ours.slot && belief.promised >= ours.promised && belief.accepted >= ours.accepted
}
