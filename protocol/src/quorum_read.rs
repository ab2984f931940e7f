//! The reader's side of a linearizable read (Paxos Quorum Reads, for logs without a leader).

use crate::{Ballot, Config, NodeId, NodeSet, ReadId, ReadReply, Slot, Snapshot};
use alloc::vec::Vec;

/// One linearizable read of one key, from the first question to the value.
///
/// Let C be the highest slot known chosen: the greatest that any voter knows, or a slot that a majority
/// report accepted under one ballot. The read returns the value at C as soon as a majority of the
/// voters have replied with a <= C. Had a slot above C been chosen before the read began, a majority
/// would have accepted in it durably, one of the repliers among them, and its a would be above C (P13).
/// Promises play no part and nothing is written.
///
/// Otherwise the reader rinses: it asks the remaining voters, asks again, has a holder of the open slot
/// send its accept on, and at last has the slot completed. The caller's deadline bounds all of it; past
/// it the answer is "unavailable", never an older value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QuorumRead {
    id: ReadId,
    asked: NodeSet,
    stage: u8,
    replies: Vec<(NodeId, ReadReply)>,
}

/// What the reader's caller does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadStep {
    /// Wait for replies, or for the reader's patience to run out ([`QuorumRead::on_timeout`]).
    Wait,
    /// Ask these voters for a reply; those in `full` for the value too.
    Ask {
        /// Whom to ask.
        voters: NodeSet,
        /// Who sends values.
        full: NodeSet,
    },
    /// Have this voter send on what it accepted at the slot ([`Input::Help`](crate::Input::Help)).
    Help {
        /// A voter that accepted in the slot.
        voter: NodeId,
        /// The open slot.
        slot: Slot,
    },
    /// Have this voter complete the slot ([`Input::Settle`](crate::Input::Settle)).
    Settle {
        /// A voter that answers.
        voter: NodeId,
        /// The open slot.
        slot: Slot,
    },
    /// The read is done.
    Done(ReadResult),
}

/// A fresh value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReadResult {
    /// The slot it was chosen in; 0 for a key that was never written.
    pub slot: Slot,
    /// The key's value and version there.
    pub snapshot: Snapshot,
    /// Whether the first question was enough.
    pub one_round: bool,
}

impl QuorumRead {
    /// Begins a read with an id that was never used before. `preference` orders the voters; a majority
    /// of them is asked first, and the first for the value.
    pub fn start(id: ReadId, config: &Config, preference: &[NodeId]) -> (Self, ReadStep) {
        let mut voters = NodeSet::default();
        let mut full = NodeSet::default();
        for node in preference.iter().chain(config.voters()) {
            if voters.len() < config.majority() {
                voters.insert(config, *node);
            }
            if full.is_empty() {
                full.insert(config, *node);
            }
        }
        (Self::asking(id, voters), ReadStep::Ask { voters, full })
    }

    /// A read whose first question goes to these voters.
    pub(crate) fn asking(id: ReadId, asked: NodeSet) -> Self {
        Self { id, asked, stage: 0, replies: Vec::new() }
    }

    /// The id its questions carry.
    pub fn id(&self) -> ReadId {
        self.id
    }

    /// Takes a voter's reply. Replies to other reads, of strangers, and impossible ones count nothing.
    pub fn on_reply(&mut self, config: &Config, from: NodeId, reply: ReadReply) -> ReadStep {
        if self.take(config, from, reply) { self.proceed(config) } else { ReadStep::Wait }
    }

    /// Keeps a reply, if it is one to this read.
    pub(crate) fn take(&mut self, config: &Config, from: NodeId, reply: ReadReply) -> bool {
        let foreign = reply.id != self.id && !mutant!(LateReadReply);
        if foreign || !config.is_voter(from) || !is_possible(&reply) {
            return false;
        }
        self.remember(from, reply);
        true
    }

    /// What the replies taken so far come to.
    pub(crate) fn proceed(&mut self, config: &Config) -> ReadStep {
        if let Some(step) = self.decide(config) {
            return step;
        }
        let answered = self.replies.iter().fold(NodeSet::default(), |set, (voter, _)| set.with(config, *voter));
        let rest = config.everyone().without(self.asked);
        if self.asked.without(answered).is_empty() && !rest.is_empty() {
            return self.widen(rest);
        }
        ReadStep::Wait
    }

    /// The caller's patience has run out: the next stage of rinsing. Stages come round again until the
    /// caller's deadline.
    pub fn on_timeout(&mut self, config: &Config) -> ReadStep {
        let rest = config.everyone().without(self.asked);
        if !rest.is_empty() {
            return self.widen(rest);
        }
        self.stage = self.stage.wrapping_add(1).max(1);
        let everyone = config.everyone();
        let again = ReadStep::Ask { voters: everyone, full: everyone };
        match (self.stage % 4, self.open_slot()) {
            (2, Some((voter, slot))) => ReadStep::Help { voter, slot },
            (0, Some((_, slot))) => self.settle(slot).unwrap_or(again),
            _ => again,
        }
    }

    fn widen(&mut self, rest: NodeSet) -> ReadStep {
        self.asked = self.asked.union(rest);
        self.stage = self.stage.max(1);
        ReadStep::Ask { voters: rest, full: rest }
    }

    /// The voters that answered take turns at completing, so that one that stopped since is not asked for ever.
    fn settle(&self, slot: Slot) -> Option<ReadStep> {
        let turn = usize::from(self.stage / 4).checked_rem(self.replies.len())?;
        let (voter, _) = self.replies.get(turn)?;
        Some(ReadStep::Settle { voter: *voter, slot })
    }

    /// Keeps one reply of each voter: any will do, since each was made after the read began. One with
    /// values is preferred to one without, then the greater. (Not the greater alone: a voter may forget
    /// that a slot is chosen, when it restarts or drops the log from memory, and what it reports then is
    /// less. Held against its earlier word that came without the value, it would be asked for ever.)
    fn remember(&mut self, from: NodeId, reply: ReadReply) {
        let rank = |reply: &ReadReply| {
            let full = reply.chosen_value.is_some() || reply.accepted_value.is_some();
            (full, reply.accepted, reply.chosen, reply.ballot)
        };
        match self.replies.iter_mut().find(|(voter, _)| *voter == from) {
            Some((_, known)) if rank(known) >= rank(&reply) => {}
            Some((_, known)) => *known = reply,
            None => self.replies.push((from, reply)),
        }
        self.replies.sort_unstable_by_key(|(voter, _)| *voter);
    }

    /// Fresh, or in want of the value alone; `None` while nothing is proven.
    fn decide(&self, config: &Config) -> Option<ReadStep> {
        let known = self.replies.iter().map(|(_, reply)| reply.chosen).max()?;
        if let Some(step) = self.wrong(config, known) {
            return Some(step);
        }
        let counted = self.counted(config, known);
        let (slot, ballot) = counted.unwrap_or((known, Ballot::ZERO));
        let current = self.voters_where(config, |reply| reply.accepted <= slot);
        let answered = self.voters_where(config, |_| true);
        let skip = mutant!(SkipRinse) && config.is_majority(answered)
            || mutant!(RinseFirstAnswer) && self.stage > 0 && !current.is_empty()
            || mutant!(ReadQuorumShort) && current.len() + 1 >= config.majority();
        // Two harmless variants: an answer of more than a quorum, and rinsing while anybody reports a slot above.
        let wait = mutant!(ReadFromMore) && answered.len() <= config.majority()
            || mutant!(RinseMore) && self.replies.iter().any(|(_, reply)| reply.accepted > slot);
        if (!config.is_majority(current) && !skip) || wait {
            return None;
        }
        let Some(snapshot) = self.value(slot, ballot) else {
            let holder = self.replies.iter().find(|(_, reply)| holds(reply, slot, ballot))?.0;
            let voters = NodeSet::default().with(config, holder);
            return Some(ReadStep::Ask { voters, full: voters });
        };
        Some(ReadStep::Done(ReadResult { slot, snapshot, one_round: self.stage == 0 }))
    }

    /// The highest slot known chosen, fresh or not, if it is from `floor` on and its value is here.
    pub(crate) fn known_from(&self, config: &Config, floor: Slot) -> Option<ReadResult> {
        let known = self.replies.iter().map(|(_, reply)| reply.chosen).max()?;
        let (slot, ballot) = self.counted(config, known).unwrap_or((known, Ballot::ZERO));
        let one_round = self.stage == 0;
        if let Some((slot, snapshot)) = self.voted_from(floor) {
            return Some(ReadResult { slot, snapshot, one_round });
        }
        if slot < floor && !mutant!(SessionBelowFloor) {
            return None;
        }
        Some(ReadResult { slot, snapshot: self.value(slot, ballot)?, one_round })
    }

    /// (S9) A vote is taken for chosen where its slot would be late enough. Nothing in a shipped build.
    fn voted_from(&self, floor: Slot) -> Option<(Slot, Snapshot)> {
        let late = self.replies.iter().filter(|(_, reply)| reply.accepted >= floor && mutant!(SessionTakesVote));
        late.filter_map(|(_, reply)| Some((reply.accepted, reply.accepted_value.clone()?))).next()
    }

    /// A slot not below `known` that a majority accepted under one ballot, and that ballot. Votes of
    /// different ballots in one slot prove nothing together. (For `known` itself it says whose votes hold
    /// the value, should the voter that knows it chosen be gone.)
    fn counted(&self, config: &Config, known: Slot) -> Option<(Slot, Ballot)> {
        let open = self.replies.iter().map(|(_, reply)| (reply.accepted, reply.ballot));
        open.filter(|(slot, ballot)| *slot >= known && !ballot.is_none())
            .filter(|(slot, ballot)| {
                let same =
                    |reply: &ReadReply| reply.accepted == *slot && (reply.ballot == *ballot || mutant!(CountBySlot));
                config.is_majority(self.voters_where(config, same))
            })
            .max()
    }

    /// Wrong variants that end a read in another way; nothing in a shipped build.
    fn wrong(&self, config: &Config, known: Slot) -> Option<ReadStep> {
        let answered = self.voters_where(config, |_| true);
        let open = |reply: &ReadReply| reply.accepted > known;
        let settled = |reply: &ReadReply| reply.accepted == reply.chosen;
        if mutant!(ReadLocal)
            || mutant!(ReadFallsBack) && self.stage > 1
            || mutant!(ReadSingleEqual) && config.is_majority(answered) && self.replies.iter().any(|(_, r)| settled(r))
            || mutant!(PendingEverywhere) && self.replies.len() == config.voters().len() && {
                self.replies.iter().all(|(_, reply)| open(reply) && reply.chosen == known)
            }
        {
            return self.known_chosen();
        }
        if mutant!(ReadNewestAccepted) && config.is_majority(answered) {
            let newest = self.replies.iter().max_by_key(|(_, reply)| (reply.accepted, reply.ballot))?;
            let snapshot = newest.1.accepted_value.clone().or_else(|| newest.1.chosen_value.clone())?;
            return Some(ReadStep::Done(ReadResult { slot: newest.1.accepted, snapshot, one_round: false }));
        }
        None
    }

    /// What is known chosen, fresh or not.
    fn known_chosen(&self) -> Option<ReadStep> {
        let slot = self.replies.iter().map(|(_, reply)| reply.chosen).max()?;
        let snapshot = self.value(slot, Ballot::ZERO)?;
        Some(ReadStep::Done(ReadResult { slot, snapshot, one_round: false }))
    }

    fn voters_where(&self, config: &Config, test: impl Fn(&ReadReply) -> bool) -> NodeSet {
        let matching = self.replies.iter().filter(|(_, reply)| test(reply));
        matching.fold(NodeSet::default(), |set, (voter, _)| set.with(config, *voter))
    }

    /// The value at the slot, from whoever sent it; for a counted slot, the one accepted under that ballot.
    fn value(&self, slot: Slot, ballot: Ballot) -> Option<Snapshot> {
        if slot == Slot::ZERO {
            return Some(Snapshot::default());
        }
        let held = self.replies.iter().filter(|(_, reply)| holds(reply, slot, ballot));
        held.filter_map(
            |(_, reply)| {
                if reply.chosen == slot { reply.chosen_value.clone() } else { reply.accepted_value.clone() }
            },
        )
        .next()
    }

    /// The highest slot that some voter accepted in and nobody proved chosen, and that voter.
    fn open_slot(&self) -> Option<(NodeId, Slot)> {
        let open = self.replies.iter().filter(|(_, reply)| reply.accepted > reply.chosen);
        open.map(|(voter, reply)| (*voter, reply.accepted)).max_by_key(|(_, slot)| *slot)
    }
}

/// Whether the voter of this reply holds the value chosen at `slot` (under `ballot`, when it was counted).
fn holds(reply: &ReadReply, slot: Slot, ballot: Ballot) -> bool {
    reply.chosen == slot || (!ballot.is_none() && reply.accepted == slot && reply.ballot == ballot)
}

/// What a voter can report: its highest slot is the chosen one, or the open one with the vote's ballot.
fn is_possible(reply: &ReadReply) -> bool {
    let open = reply.accepted.0.checked_sub(reply.chosen.0);
    match open {
        Some(0) => reply.ballot.is_none(),
        Some(1) => !reply.ballot.is_none(),
        _ => false,
    }
}
