//! What the scheduler knows and no replica does: every durable vote, every proposal, every chosen entry. It counts
//! majorities by itself, so that a wrong quorum in the protocol shows here.

use bytes::Bytes;
use quorate_protocol::{
    Ballot, Entry, Expect, LogRecord, Message, NodeId, Operation, Outcome, Recorded, RequestId, Slot, Version,
    WriteOutcome,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) type Verdict = Result<(), String>;

#[derive(Default)]
pub(crate) struct Audit {
    voters: usize,
    votes: BTreeMap<(Slot, Ballot), BTreeSet<NodeId>>,
    entries: BTreeMap<(Slot, Ballot), Arc<Entry>>,
    durable: BTreeMap<NodeId, LogRecord>,
    chosen: BTreeMap<Slot, Arc<Entry>>,
    recorded: BTreeMap<RequestId, Recorded>,
    pub(crate) operations: BTreeMap<RequestId, Operation>,
    pub(crate) cancelled: BTreeSet<RequestId>,
    value: Option<Bytes>,
    version: Option<Version>,
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}

impl Audit {
    pub(crate) fn new(voters: usize) -> Self {
        Self { voters, ..Self::default() }
    }

    pub(crate) fn last_chosen(&self) -> Slot {
        self.chosen.last_key_value().map_or(Slot::ZERO, |(slot, _)| *slot)
    }

    pub(crate) fn recorded(&self) -> usize {
        self.recorded.len()
    }

    pub(crate) fn chosen(&self, slot: Slot) -> Option<&Arc<Entry>> {
        self.chosen.get(&slot)
    }

    /// P3: one entry a ballot, over all proposals and votes ever.
    fn proposed(&mut self, slot: Slot, ballot: Ballot, entry: &Arc<Entry>) -> Verdict {
        let known = self.entries.entry((slot, ballot)).or_insert_with(|| entry.clone());
        ensure(known == entry, || format!("P3: {slot:?} {ballot} holds two entries"))
    }

    /// A record reached a disk.
    pub(crate) fn persisted(&mut self, node: NodeId, record: &LogRecord) -> Verdict {
        let before = self.durable.insert(node, record.clone()).unwrap_or_default();
        ensure(record.follows(&before), || format!("P4: {node:?} fell from {before:?} to {record:?}"))?;
        ensure(record.accepted_ballot() <= record.promised, || format!("P4: {record:?}"))?;
        if let Some(vote) = &record.accepted {
            let slot = record.open_slot();
            self.proposed(slot, vote.ballot, &vote.entry)?;
            let voters = self.votes.entry((slot, vote.ballot)).or_default();
            voters.insert(node);
            if voters.len() * 2 > self.voters {
                self.choose(slot, &vote.entry)?;
            }
        }
        Ok(())
    }

    /// A message left: its row is durable (P7), what it calls chosen is (P8), and its proposal is alone in its ballot.
    pub(crate) fn sent(&mut self, message: &Message) -> Verdict {
        let durable = self.durable.get(&message.from).cloned().unwrap_or_default();
        ensure(message.row == durable.row(), || format!("P7: {:?} was sent over {:?}", message.row, durable.row()))?;
        if let Some(entry) = &message.accepted {
            let vote = durable.accepted.as_ref().map(|vote| &vote.entry);
            ensure(vote == Some(entry), || "P7: a reported vote is not durable".into())?;
        }
        if let Some(proposal) = &message.proposal {
            self.proposed(proposal.slot, proposal.ballot, &proposal.entry)?;
        }
        let notice = &message.chosen;
        if notice.slot > Slot::ZERO {
            let voters = self.votes.get(&(notice.slot, notice.ballot)).map_or(0, BTreeSet::len);
            ensure(voters * 2 > self.voters, || {
                format!("P8: {:?} is not chosen under {}", notice.slot, notice.ballot)
            })?;
            if let Some(entry) = &notice.entry {
                ensure(self.chosen(notice.slot) == Some(entry), || "P8: a notice of another entry".into())?;
            }
        }
        Ok(())
    }

    /// P8, and P5 by it: what a replica holds as chosen is.
    pub(crate) fn holds(&self, record: &LogRecord) -> Verdict {
        let Some(chosen) = &record.chosen else { return Ok(()) };
        ensure(self.chosen(chosen.slot) == Some(&chosen.entry), || format!("P8: {:?} is held, not chosen", chosen.slot))
    }

    fn choose(&mut self, slot: Slot, entry: &Arc<Entry>) -> Verdict {
        if let Some(known) = self.chosen(slot) {
            return ensure(known == entry, || format!("P1: {slot:?} has two chosen entries"));
        }
        ensure(slot == self.last_chosen().next(), || format!("P5: {slot:?} is chosen before the one below"))?;
        let floor = self.chosen.last_key_value().map_or(Slot::ZERO, |(_, before)| before.floor);
        ensure(floor <= entry.floor, || format!("P11: the floor fell at {slot:?}"))?;
        for (id, recorded) in &self.recorded {
            let found = entry.find(*id);
            let kept = found == Some(recorded) || found.is_none() && recorded.version.slot <= entry.floor;
            ensure(kept, || format!("P9, P11: {recorded:?} became {found:?} at {slot:?}, floor {:?}", entry.floor))?;
        }
        for recorded in entry.requests.iter().filter(|recorded| recorded.version.slot == slot) {
            self.apply(recorded)?;
        }
        let all_known = entry.requests.iter().all(|recorded| self.recorded.get(&recorded.id) == Some(recorded));
        ensure(all_known, || format!("P2: {slot:?} records what never was"))?;
        let right = entry.value == self.value && entry.version == self.version;
        ensure(right, || format!("{slot:?}: {entry:?}, but the operations give {:?}", self.value))?;
        self.chosen.insert(slot, entry.clone());
        Ok(())
    }

    /// The reference: one register, one operation after the other.
    fn apply(&mut self, recorded: &Recorded) -> Verdict {
        let Recorded { id, version, outcome } = *recorded;
        let last = self.recorded.values().map(|recorded| recorded.version).max();
        ensure(last < Some(version), || format!("P12: {version} after {last:?}"))?;
        let again = self.recorded.insert(id, *recorded);
        ensure(again.is_none(), || format!("P9: {id:?} at {again:?} and at {version}"))?;
        if outcome == Outcome::Cancelled {
            return ensure(self.cancelled.contains(&id), || format!("P2: nobody cancelled {id:?}"));
        }
        let Some(operation) = self.operations.get(&id) else { return Err(format!("P2: nobody asked for {id:?}")) };
        let (value, expected) = sequential(self.value.clone(), self.version, operation);
        if expected.is_applied() {
            self.version = Some(version);
        }
        self.value = value;
        ensure(outcome == expected, || format!("{operation:?} gave {outcome:?} instead of {expected:?}"))
    }

    /// P10 at the moment of the answer, and again at the end (P18).
    pub(crate) fn told(&self, id: RequestId, outcome: &WriteOutcome) -> Verdict {
        let found = self.recorded.get(&id);
        let right = match outcome {
            WriteOutcome::Recorded(recorded) => found == Some(recorded),
            WriteOutcome::NotApplied(_) => found.is_none_or(|recorded| !recorded.outcome.is_applied()),
            WriteOutcome::Unknown => true,
        };
        ensure(right, || format!("P10: {id:?} was told {outcome:?}, and {found:?} is chosen"))
    }
}

fn sequential(value: Option<Bytes>, version: Option<Version>, operation: &Operation) -> (Option<Bytes>, Outcome) {
    match operation {
        Operation::Put(new) => (Some(new.clone()), Outcome::Written),
        Operation::Delete if value.is_none() => (None, Outcome::Absent),
        Operation::Delete => (None, Outcome::Written),
        Operation::CompareAndSet { expect, new } => {
            let as_expected = match expect {
                Expect::Absent => value.is_none(),
                Expect::Version(expected) => version == Some(*expected),
                Expect::Value(expected) => value.as_ref() == Some(expected),
            };
            if as_expected { (new.clone(), Outcome::Written) } else { (value, Outcome::Mismatch(version)) }
        }
        Operation::Increment(by) => {
            let text = value.as_ref().map_or("0".into(), |value| String::from_utf8_lossy(value).into_owned());
            match text.parse::<i64>() {
                Ok(now) => (Some((now + by).to_string().into()), Outcome::Counted(now + by)),
                Err(_) => (value, Outcome::NotANumber),
            }
        }
        Operation::Cancel => (value, Outcome::Cancelled),
    }
}
