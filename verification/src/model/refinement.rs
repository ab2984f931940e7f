//! P20: what became durable is steps of `spec`'s `Voting`, or a stutter.

use super::memo::Durability;
use super::{Cluster, Ghost};
use quorate_protocol::{Ballot, Entry, LogRecord, NodeId, Slot};
use quorate_spec::{
    Acceptor, Property, Value, Violation, Voting, VotingAction, VotingState, voting_step_refines_consensus,
};
use std::cmp::Ordering;
use std::sync::Arc;

/// What the observer knows, and all durable records, at one instant.
type Disks<'a> = (&'a Ghost, &'a [&'a LogRecord]);

/// The abstract names of what stands in one slot. Abstract ballots are ranks: Voting knows ballots by
/// their order alone, and one that nobody has joined or voted in makes no difference to it.
struct Names {
    slot: Slot,
    /// The owner's ballot of round 0 first, which every acceptor counts as having joined (P6).
    ballots: Vec<Ballot>,
    entries: Vec<Arc<Entry>>,
}

impl Cluster {
    /// Whether a record that became durable is steps of Voting, by the one acceptor whose record it is,
    /// in the slot it had open and in the slot it has open now.
    pub(super) fn check_refinement(&self, event: &Durability, after: &Ghost) -> Result<(), Violation> {
        let records: Vec<&LogRecord> = event.records.iter().map(|id| self.records.get(*id)).collect();
        let mut then = records.clone();
        let now = self.records.get(event.now);
        if let Some(record) = then.get_mut(event.node) {
            *record = now;
        }
        let before = self.ghosts.get(event.ghost);
        let was = records.get(event.node).map_or(Slot::ZERO, |record| record.open_slot());
        self.check_slot(was, (before, &records), (after, &then), event.node)?;
        if now.open_slot() != was {
            self.check_slot(now.open_slot(), (before, &records), (after, &then), event.node)?;
        }
        Ok(())
    }

    fn check_slot(&self, slot: Slot, from: Disks<'_>, to: Disks<'_>, node: usize) -> Result<(), Violation> {
        let names = Names::of(slot, to.0, from.1.iter().chain(to.1).copied())?;
        let count = |len: usize| u8::try_from(len.max(1)).unwrap_or(u8::MAX);
        // One ballot more, which a replica that has left the slot counts as having joined.
        let ballots = count(names.ballots.len() + 1);
        let voting = Voting::new(count(self.config.voters().len()), count(names.entries.len()), ballots)
            .map_err(|error| Violation::new(Property::Refinement, error.to_string()))?;
        let acceptor = Acceptor(u8::try_from(node).unwrap_or(u8::MAX));
        let (from, to) = (self.abstraction(&names, from), self.abstraction(&names, to));
        let (Some(from), Some(to)) = (from, to) else {
            return Err(Violation::new(Property::Refinement, "a ballot or an entry has no abstract name"));
        };
        follow(&voting, from, to, acceptor)
    }

    /// The refinement mapping: see P20.
    fn abstraction(&self, names: &Names, (ghost, records): Disks<'_>) -> Option<VotingState> {
        let mut state = VotingState::EMPTY;
        let top = i8::try_from(names.ballots.len()).ok()?;
        for (index, record) in records.iter().enumerate().take(self.config.voters().len()) {
            let max_bal = match record.open_slot().cmp(&names.slot) {
                Ordering::Less => 0,
                Ordering::Equal => names.rank(record.promised)?,
                Ordering::Greater => top,
            };
            state = state.with_max_bal(Acceptor(u8::try_from(index).ok()?), max_bal);
        }
        for vote in ghost.votes().iter().filter(|vote| vote.slot == names.slot) {
            let value = names.entries.iter().position(|entry| *entry == vote.entry)?;
            let value = Value(u8::try_from(value).ok()?);
            for NodeId(voter) in vote.voters.iter(&self.config) {
                let acceptor = Acceptor(u8::try_from(voter).ok()?);
                state = state.with_vote(acceptor, names.rank(vote.ballot)?, value);
            }
        }
        Some(state)
    }
}

impl Names {
    fn of<'a>(slot: Slot, ghost: &Ghost, records: impl Iterator<Item = &'a LogRecord>) -> Result<Self, Violation> {
        let votes = || ghost.votes().iter().filter(move |vote| vote.slot == slot);
        let promised = records.filter(|record| record.open_slot() == slot).map(|record| record.promised);
        let mut ballots: Vec<Ballot> = votes().map(|vote| vote.ballot).chain(promised).collect();
        ballots.retain(|ballot| !ballot.is_none());
        ballots.sort_unstable();
        ballots.dedup();
        let previous = Slot(slot.0.saturating_sub(1));
        let owners = ghost.chosen().find(|(chosen, _)| *chosen == previous).map(|(_, entry)| entry.fast_ballot());
        if let Some(stranger) = ballots.iter().find(|ballot| ballot.is_fast() && Some(**ballot) != owners) {
            let detail = format!("slot {}: {stranger} is not the owner's ballot", slot.0);
            return Err(Violation::new(Property::Owner, detail));
        }
        if !ballots.first().is_some_and(|ballot| ballot.is_fast()) {
            ballots.insert(0, Ballot::ZERO);
        }
        let mut entries: Vec<_> = votes().map(|vote| vote.entry.clone()).collect();
        entries.sort_unstable();
        entries.dedup();
        Ok(Self { slot, ballots, entries })
    }

    /// A ballot's rank. No ballot at all ranks with the owner's: see P20.
    fn rank(&self, ballot: Ballot) -> Option<i8> {
        if ballot.is_none() {
            return Some(0);
        }
        self.ballots.iter().position(|known| *known == ballot).and_then(|rank| i8::try_from(rank).ok())
    }
}

/// Goes from one state to the other by the steps of one acceptor: a vote, then a promise.
fn follow(voting: &Voting, from: VotingState, to: VotingState, acceptor: Acceptor) -> Result<(), Violation> {
    let mut at = from;
    for ballot in voting.ballots() {
        for value in to.votes(acceptor, ballot).iter().filter(|value| !from.voted_for(acceptor, ballot, *value)) {
            at = step(voting, &at, VotingAction::VoteFor(acceptor, ballot, value))?;
        }
    }
    if to.max_bal(acceptor) > at.max_bal(acceptor) {
        at = step(voting, &at, VotingAction::IncreaseMaxBal(acceptor, to.max_bal(acceptor)))?;
    }
    if at == to {
        return Ok(());
    }
    Err(Violation::new(Property::Refinement, format!("{from:?} does not lead to {to:?}")))
}

/// One step of Voting, which is one of Consensus or a stutter.
fn step(voting: &Voting, at: &VotingState, action: VotingAction) -> Result<VotingState, Violation> {
    if !voting.enabled(at, action) {
        return Err(Violation::new(Property::Refinement, format!("{action:?} is not enabled in {at:?}")));
    }
    let next = Voting::apply(at, action);
    voting_step_refines_consensus(voting, at, &next)?;
    Ok(next)
}
