//! One replica of one log.

mod acceptor;
mod gate;
mod image;
mod learner;
mod proposer;
mod replica;

pub use image::IdleImage;
pub use replica::Replica;

use crate::{Accepted, Ballot, Input, LogRecord, NodeSet, Output, Request, RestoreError, Slot};
use alloc::{sync::Arc, vec::Vec};

/// A replica's part in one log: acceptor, proposer and learner together.
///
/// Durable are the two entries of its [`LogRecord`]; everything else may be lost at any instant. What a
/// message says of this replica comes from `durable` alone, so a peer can never be told what a crash
/// would take back (P7).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PaxosLog {
    replica: Arc<Replica>,
    /// The newest state; what is durable follows it.
    pub(crate) record: LogRecord,
    /// What the store has confirmed.
    pub(crate) durable: LogRecord,
    /// The write under way, at most one.
    pub(crate) writing: Option<LogRecord>,
    /// Peers that hear from us once the write under way is durable.
    owed: NodeSet,
    /// Peers that hear from us once everything in `record` is durable.
    owed_next: NodeSet,
    /// Peers known to have durably voted for the entry we accepted.
    votes: NodeSet,
    phase: Phase,
    /// Prepares spent on the requests that wait now.
    prepares: u8,
    /// A slot that a reader wants settled; 0 for none.
    settle: Slot,
    waiting: Vec<Waiting>,
}

/// What this replica's proposer is doing in the open slot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    /// No round of its own.
    #[default]
    Idle,
    /// It leaves another proposer's round alone for a while.
    Deferred,
    /// It asks for promises.
    Preparing {
        /// Its ballot.
        ballot: Ballot,
        /// Who promised, besides itself.
        promises: NodeSet,
        /// The accepted entry of the highest ballot that a promise reported.
        highest: Option<Accepted>,
    },
    /// It asks for votes.
    Accepting {
        /// Its ballot.
        ballot: Ballot,
    },
}

/// A request that waits for a slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Waiting {
    request: Request,
    /// Whether an entry with it was ever proposed, so that it may yet be chosen.
    proposed: bool,
}

impl PaxosLog {
    /// A log as its record left it; an absent record is the default one.
    ///
    /// # Errors
    /// The record breaks an invariant. The log must then neither vote nor answer reads.
    pub fn restore(replica: Arc<Replica>, mut record: LogRecord) -> Result<Self, RestoreError> {
        record.check()?;
        if mutant!(RestoreDropsVote) {
            record.accepted = None;
        }
        if mutant!(RestoreDropsChosen) {
            record = LogRecord::default();
        }
        Ok(Self {
            replica,
            durable: record.clone(),
            record,
            writing: None,
            owed: NodeSet::default(),
            owed_next: NodeSet::default(),
            votes: NodeSet::default(),
            phase: Phase::Idle,
            prepares: 0,
            settle: Slot::ZERO,
            waiting: Vec::new(),
        })
    }

    /// Takes one event. Total on any input: what makes no sense changes nothing.
    pub fn step(&mut self, input: Input) -> Output {
        let mut out = Output::default();
        match input {
            Input::Receive(message) => self.receive(&message, &mut out),
            Input::Propose(request) => self.enqueue(request, &mut out),
            Input::Withdraw(id) => self.withdraw(id, &mut out),
            Input::Help(slot) => self.help(slot, &mut out),
            Input::Settle(slot) => self.settle = self.settle.max(slot),
            Input::Timeout(timer) => self.timeout(timer, &mut out),
            Input::Durable => self.confirm(&mut out),
        }
        self.count_votes(&mut out);
        self.count_promises(&mut out);
        self.pursue(&mut out);
        self.flush(&mut out);
        out
    }

    /// What readers may be told now: the durable vote, and the last entry known chosen, which may come
    /// from memory. A chosen slot that is not durable here covers the durable vote in it.
    pub fn snapshot(&self) -> LogRecord {
        if mutant!(ReadFromMemory) {
            return self.record.clone();
        }
        if self.durable.open_slot() == self.record.open_slot() {
            return self.durable.clone();
        }
        let known = if mutant!(LearningHidesVote) { &self.durable } else { &self.record };
        LogRecord { chosen: known.chosen.clone(), ..LogRecord::default() }
    }

    /// The newest record, durable or not.
    pub fn record(&self) -> &LogRecord {
        &self.record
    }

    /// The record that the store has confirmed.
    pub fn durable(&self) -> &LogRecord {
        &self.durable
    }

    /// The record whose write is under way.
    pub fn writing(&self) -> Option<&LogRecord> {
        self.writing.as_ref()
    }

    /// What its proposer is doing.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Whether nothing is lost when the log is restored from its durable record instead of kept in
    /// memory: no write under way, nobody waiting, no round of its own. (That a slot is chosen may be
    /// forgotten; a quorum's votes still say so.)
    pub fn is_idle(&self) -> bool {
        self.writing.is_none()
            && self.waiting.is_empty()
            && self.owed.union(self.owed_next).is_empty()
            && self.phase == Phase::Idle
    }

    /// How many requests wait here.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Who this replica is, and among which voters.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }
}
