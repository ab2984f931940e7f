use crate::ReplicaFailure;
use crate::wire::{KvRequestV1, KvResponseV1};
use quorate_protocol::{Ballot, NodeId, Reply, Slot};
use std::time::Duration;

/// One question to one replica. Times count from the operation's begin.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// Whom.
    pub node: NodeId,
    /// What.
    pub asked: Asked,
    /// When the question was put.
    pub began: Duration,
    /// How much of the time went by before there was a connection to send it over.
    pub connecting: Option<Duration>,
    /// When patience with the replica ran out and another one was asked as well, if it did. Its answer is still taken.
    pub late: Option<Duration>,
    /// When the answer, or the failure, was there; `None` if the operation ended before.
    pub answered_after: Option<Duration>,
    /// What was heard.
    pub heard: Heard,
}

/// What was asked of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asked {
    /// The highest slot it knows chosen: the base of a write.
    Slot,
    /// Its reply to a linearizable read.
    Read {
        /// Whether the value was to travel.
        value: bool,
    },
    /// To have a request chosen.
    Write {
        /// Which attempt of the operation, from 0.
        attempt: u8,
        /// The slot that was known chosen before it was first sent.
        base: Slot,
    },
    /// To send on what it accepted in an open slot.
    Help {
        /// The slot.
        slot: Slot,
    },
    /// To complete an open slot.
    Settle {
        /// The slot.
        slot: Slot,
    },
    /// What people ask: its status, or what it holds.
    Report,
}

/// What was heard from a replica.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Heard {
    /// Nothing, before the operation ended.
    Nothing,
    /// The highest slot that it knows chosen.
    Slot(Slot),
    /// Its reply to a read.
    Read {
        /// The slot that it knows chosen.
        chosen: Slot,
        /// The highest slot that it durably accepted in, or knows chosen.
        accepted: Slot,
        /// The ballot of its vote at `accepted`; [`Ballot::ZERO`] when that slot is known chosen.
        ballot: Ballot,
    },
    /// What became of the attempt at a write.
    Written(Reply),
    /// It has taken the request in.
    Taken,
    /// Why there was no answer.
    Failed(ReplicaFailure),
}

impl Asked {
    pub(super) fn of(request: &KvRequestV1) -> Self {
        match request {
            KvRequestV1::Write { request, .. } => Self::Write { attempt: request.attempt, base: request.base },
            KvRequestV1::Read { full, .. } => Self::Read { value: *full },
            KvRequestV1::Slot { .. } => Self::Slot,
            KvRequestV1::Help { slot, .. } => Self::Help { slot: *slot },
            KvRequestV1::Settle { slot, .. } => Self::Settle { slot: *slot },
            KvRequestV1::Inspect { .. } | KvRequestV1::Status => Self::Report,
        }
    }
}

impl Heard {
    pub(super) fn of(response: &KvResponseV1) -> Self {
        match response {
            KvResponseV1::Written(reply) => Self::Written(*reply),
            KvResponseV1::Read(reply) => {
                Self::Read { chosen: reply.chosen, accepted: reply.accepted, ballot: reply.ballot }
            }
            KvResponseV1::Slot(slot) => Self::Slot(*slot),
            KvResponseV1::Ack | KvResponseV1::Inspection(_) | KvResponseV1::Status(_) => Self::Taken,
        }
    }
}
