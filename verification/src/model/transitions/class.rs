//! Which transitions are taken for alike.

use super::Event;
use quorate_protocol::{Ballot, LogRecord, NotApplied, Output, PaxosLog, Phase, Reply};

/// Transitions of one class differ in names alone: which replica, which requests, which ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class {
    /// The replica before.
    pub held: Held,
    /// What happened to it.
    pub event: Event,
    /// What came of it.
    pub result: Result,
}

/// A replica's state. Which peers it knows to have voted is private to the core, and shows in the result alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// What its proposer does.
    pub stage: Stage,
    /// Its vote in the open slot.
    pub vote: Vote,
    /// Its promise in the open slot.
    pub promise: Promise,
    /// Whose slot it is.
    pub owns: Owns,
    /// Whether a write is under way.
    pub writes: bool,
    /// Whether promise and vote are as on disk.
    pub is_durable: bool,
    /// Whether it knows a slot chosen that its disk does not show chosen.
    pub knows_more: bool,
    /// Requests that wait: 0, 1, or 2 for more.
    pub waiting: u8,
}

/// What a proposer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Nothing.
    Idle,
    /// It leaves another's round alone.
    Deferred,
    /// It asks for promises.
    Preparing {
        /// Whether one came.
        promised: bool,
        /// Whether one of them reported a vote.
        reported: bool,
    },
    /// It asks for votes.
    Accepting {
        /// Under the owner's ballot.
        fast: bool,
    },
}

/// A vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vote {
    /// None.
    None,
    /// In the owner's ballot.
    Fast,
    /// In a prepared one.
    Prepared,
}

/// A promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Promise {
    /// None.
    None,
    /// For the ballot that was voted in.
    AtVote,
    /// To itself.
    Own,
    /// To another, or to itself before a restart.
    Foreign,
}

/// Who may use round 0 of the open slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owns {
    /// This replica in this start of it.
    Now,
    /// This replica in an earlier start: nobody any more.
    Before,
    /// Another one, or nobody.
    Other,
}

/// What came of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Result {
    /// The proposer afterwards.
    pub stage: Stage,
    /// Whether a write was issued.
    pub wrote: bool,
    /// Whether the promise in the same slot rose.
    pub promised: bool,
    /// Whether a vote was cast.
    pub voted: bool,
    /// Whether a slot was learnt to be chosen.
    pub learnt: bool,
    /// Messages with a proposal; with a chosen entry; with an accepted entry; that ask; and others. 2 for more.
    pub sent: [u8; 5],
    /// Which answers were given, one bit for each kind.
    pub answers: u8,
}

impl Class {
    /// The class of what `before`, told of `event`, became.
    pub fn new(before: &PaxosLog, event: Event, output: &Output, after: &PaxosLog) -> Self {
        Self { held: Held::new(before), event, result: Result::new(before, output, after) }
    }
}

impl Held {
    fn new(log: &PaxosLog) -> Self {
        let (record, durable) = (log.record(), log.durable());
        let me = log.replica().me();
        let owner = record.chosen_entry().map(|entry| entry.owner);
        Self {
            stage: Stage::new(log.phase()),
            vote: Vote::new(record),
            promise: Promise::new(log),
            owns: match owner {
                Some(owner) if owner == me => Owns::Now,
                Some(owner) if owner.node == me.node => Owns::Before,
                _ => Owns::Other,
            },
            writes: log.writing().is_some(),
            is_durable: record.row() == durable.row(),
            knows_more: record.chosen_slot() > durable.chosen_slot(),
            waiting: few(log.waiting()),
        }
    }
}

impl Stage {
    fn new(phase: &Phase) -> Self {
        match phase {
            Phase::Idle => Self::Idle,
            Phase::Deferred => Self::Deferred,
            Phase::Preparing { promises, highest, .. } => {
                Self::Preparing { promised: !promises.is_empty(), reported: highest.is_some() }
            }
            Phase::Accepting { ballot } => Self::Accepting { fast: ballot.is_fast() },
        }
    }
}

impl Vote {
    fn new(record: &LogRecord) -> Self {
        match record.accepted_ballot() {
            ballot if ballot.is_none() => Self::None,
            ballot if ballot.is_fast() => Self::Fast,
            _ => Self::Prepared,
        }
    }
}

impl Promise {
    fn new(log: &PaxosLog) -> Self {
        let record = log.record();
        match record.promised {
            Ballot::ZERO => Self::None,
            ballot if ballot == record.accepted_ballot() => Self::AtVote,
            ballot if ballot.proposer() == log.replica().me() => Self::Own,
            _ => Self::Foreign,
        }
    }
}

impl Result {
    fn new(before: &PaxosLog, output: &Output, after: &PaxosLog) -> Self {
        let (was, is) = (before.record(), after.record());
        let mut sent = [0; 5];
        for message in &output.send {
            let kind = match message {
                message if message.proposal.is_some() => 0,
                message if message.chosen.entry.is_some() => 1,
                message if message.accepted.is_some() => 2,
                message if message.belief.is_some() => 3,
                _ => 4,
            };
            sent.iter_mut().skip(kind).take(1).for_each(|count| *count = few(usize::from(*count) + 1));
        }
        Self {
            stage: Stage::new(after.phase()),
            wrote: output.write.is_some(),
            promised: is.chosen_slot() == was.chosen_slot() && is.promised > was.promised,
            voted: is.accepted.is_some() && is.accepted != was.accepted,
            learnt: is.chosen_slot() > was.chosen_slot(),
            sent,
            answers: output.done.iter().fold(0, |bits, (_, reply)| bits | 1 << kind(*reply)),
        }
    }
}

fn few(count: usize) -> u8 {
    u8::try_from(count.min(2)).unwrap_or(2)
}

fn kind(reply: Reply) -> u8 {
    match reply {
        Reply::Recorded(recorded) if recorded.outcome.is_applied() => 0,
        Reply::Recorded(_) => 1,
        Reply::Unknown => 2,
        Reply::Forgotten => 3,
        Reply::NotApplied(NotApplied::Stale) => 4,
        Reply::NotApplied(NotApplied::Contention) => 5,
        Reply::NotApplied(_) => 6,
    }
}
