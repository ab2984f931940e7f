//! All nodes together: the durable rows of one log, slot by slot, as a behaviour of `spec`'s Voting.

use super::facts::{EntryMark, LearnedFact, LogFacts, RowFact};
use super::failure::{Failure, Fault};
use super::report::Report;
use quorate_protocol::{Ballot, Config, NodeId, NodeSet, Slot};
use quorate_spec::{
    Acceptor, MAX_ACCEPTORS, MAX_BALLOTS, MAX_VALUES, NO_BALLOT, Property, RecordedAcceptor, RecordedVotes, Spec,
    Value, Violation, Voting, VotingState, checks,
};
use std::collections::BTreeMap;

/// Rows and learned entries that a failure shows.
const SHOWN: usize = 24;

/// What is known of one slot.
struct SlotFacts<'a> {
    slot: Slot,
    rows: &'a [RowFact],
    learned: &'a [LearnedFact],
    /// Voters who may have done more than is known.
    unknown: NodeSet,
    /// The owner, by the entry chosen in the slot before, if that is known.
    owner: Option<Ballot>,
}

/// Judges one log.
pub(super) fn judge(config: &Config, log: &str, mut facts: LogFacts, report: &mut Report) {
    facts.rows.sort_by_key(|row| row.slot);
    facts.learned.sort_by_key(|learned| learned.slot);
    report.learned += facts.learned.len() as u64;
    let (mut rows, mut learned) = (&facts.rows[..], &facts.learned[..]);
    let mut owner: Option<(Slot, Ballot)> = None;
    while let Some(slot) = rows.first().map(|row| row.slot).into_iter().chain(learned.first().map(|l| l.slot)).min() {
        let (these, rest) = rows.split_at(rows.partition_point(|row| row.slot == slot));
        rows = rest;
        let (those, rest) = learned.split_at(learned.partition_point(|learned| learned.slot == slot));
        learned = rest;
        let holes = facts.holes.iter().filter(|hole| hole.from <= slot && slot <= hole.to);
        let unknown = holes.fold(NodeSet::default(), |set, hole| set.with(config, hole.node));
        let owns = owner.filter(|(before, _)| before.next() == slot).map(|(_, ballot)| ballot);
        let this = SlotFacts { slot, rows: these, learned: those, unknown, owner: owns };
        report.slots += 1;
        report.slots_in_full += u64::from(unknown.is_empty());
        match this.judge(config) {
            Ok(chosen) => {
                report.chosen += u64::from(chosen.is_some());
                let known = chosen.or(those.first().map(|learned| learned.entry));
                owner = known.map(|entry| (slot, Ballot::fast(entry.owner)));
            }
            Err(fault) => {
                let neighbourhood = neighbourhood(&facts, slot, &fault.1);
                let (fault, log) = (fault.0, Some(log.to_owned()));
                report.fail(Failure { fault, log, place: format!("slot {}", slot.0), neighbourhood });
                return;
            }
        }
    }
}

type Broken = (Fault, Vec<NodeId>);

impl SlotFacts<'_> {
    /// What the recorded votes chose.
    fn judge(&self, config: &Config) -> Result<Option<EntryMark>, Broken> {
        let spec = |violation| (Fault::Spec(violation), Vec::new());
        // Whatever was issued was proposed or voted for, durable or not (P3).
        let votes = self.rows.iter().filter_map(|row| row.vote);
        checks::one_entry_a_ballot(votes.map(|(ballot, entry)| ((self.slot.0, ballot), entry))).map_err(spec)?;
        let chosen = self.chosen(config);
        let learned = self.learned.iter().map(|learned| learned.entry);
        let all = chosen.iter().map(|(_, entry)| *entry).chain(learned);
        checks::agreement(all.clone().map(|entry| (self.slot.0, entry))).map_err(spec)?;
        let owners = all.map(|entry| entry.owner);
        checks::agreement(owners.map(|owner| (self.slot.0, owner)))
            .map_err(|violation| spec(Violation { property: Property::Owner, ..violation }))?;
        self.owner_alone().map_err(spec)?;
        self.learned_is_chosen(config)?;
        let recorded = self.recorded(config);
        recorded.check().map_err(spec)?;
        if self.unknown.is_empty() {
            as_voting(&recorded).map_err(spec)?;
        }
        Ok(chosen.first().map(|(_, entry)| *entry))
    }

    /// What a majority durably voted for in one ballot, counted as the protocol counts.
    fn chosen(&self, config: &Config) -> Vec<(Ballot, EntryMark)> {
        let mut voters: BTreeMap<(Ballot, EntryMark), NodeSet> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.durable) {
            if let Some(vote) = row.vote {
                voters.entry(vote).or_default().insert(config, row.node);
            }
        }
        voters.into_iter().filter(|(_, voters)| config.is_majority(*voters)).map(|(vote, _)| vote).collect()
    }

    /// P6: round 0 is used by nobody but the owner in the entry chosen before.
    fn owner_alone(&self) -> Result<(), Violation> {
        let Some(owner) = self.owner else { return Ok(()) };
        let fast = self.rows.iter().filter_map(|row| row.vote).map(|(ballot, _)| ballot).filter(|b| b.is_fast());
        match fast.into_iter().find(|ballot| *ballot != owner) {
            None => Ok(()),
            Some(ballot) => Err(Violation::new(Property::Owner, format!("round 0 is {owner}'s, used by {ballot}"))),
        }
    }

    /// P8: whatever a node took for chosen in a ballot, a majority durably voted for in that ballot; those of whom
    /// not all is known may have.
    fn learned_is_chosen(&self, config: &Config) -> Result<(), Broken> {
        for LearnedFact { node, ballot, entry, .. } in self.learned {
            let voted = self.rows.iter().filter(|row| row.durable && row.vote == Some((*ballot, *entry)));
            let voters = voted.fold(self.unknown, |set, row| set.with(config, row.node));
            if !config.is_majority(voters) {
                return Err((Fault::LearnedUnchosen { node: *node, slot: self.slot.0 }, vec![*node]));
            }
        }
        Ok(())
    }

    /// The slot in the terms of the specification: what is durable, and nothing else.
    fn recorded(&self, config: &Config) -> RecordedVotes<Ballot, EntryMark> {
        let acceptor = |node: &NodeId| {
            let rows = || self.rows.iter().filter(|row| row.durable && row.node == *node);
            let mut votes: Vec<(Ballot, EntryMark)> = rows().filter_map(|row| row.vote).collect();
            votes.sort_unstable();
            votes.dedup();
            let max_bal = rows().map(|row| row.promised).filter(|ballot| !ballot.is_none()).max();
            RecordedAcceptor { max_bal, votes, complete: !self.unknown.contains(config, *node) }
        };
        let acceptors: Vec<_> = config.voters().iter().map(acceptor).collect();
        // Round 0 has one owner, and nothing is below it.
        let fast = self.rows.iter().filter_map(|row| row.vote).map(|(ballot, _)| ballot).find(|b| b.is_fast());
        RecordedVotes { acceptors, joined: fast.filter(|_| self.slot > Slot(1)) }
    }
}

/// The same slot as a state of [`Voting`], where it is within that model's bounds: its own invariants.
fn as_voting(recorded: &RecordedVotes<Ballot, EntryMark>) -> Result<(), Violation> {
    let votes = || recorded.acceptors.iter().flat_map(|acceptor| &acceptor.votes);
    let mut ballots: Vec<Ballot> = votes().map(|(ballot, _)| *ballot).chain(recorded.joined).collect();
    ballots.extend(recorded.acceptors.iter().filter_map(|acceptor| acceptor.max_bal));
    ballots.sort_unstable();
    ballots.dedup();
    let mut entries: Vec<EntryMark> = votes().map(|(_, entry)| *entry).collect();
    entries.sort_unstable();
    entries.dedup();
    let small = |count: usize, most: u8| u8::try_from(count.max(1)).ok().filter(|count| *count <= most);
    let bounds = (
        small(recorded.acceptors.len(), MAX_ACCEPTORS),
        small(entries.len(), MAX_VALUES),
        small(ballots.len(), MAX_BALLOTS),
    );
    let (Some(acceptors), Some(values), Some(count)) = bounds else { return Ok(()) };
    let Ok(voting) = Voting::new(acceptors, values, count) else { return Ok(()) };
    let place = |ballot: &Ballot| ballots.binary_search(ballot).ok().and_then(|at| i8::try_from(at).ok());
    let mut state = if recorded.joined.is_some() { VotingState::joined(acceptors, 0) } else { VotingState::EMPTY };
    for (a, acceptor) in (0..).map(Acceptor).zip(&recorded.acceptors) {
        let joined = acceptor.max_bal.as_ref().and_then(place).unwrap_or(NO_BALLOT);
        if joined > state.max_bal(a) {
            state = state.with_max_bal(a, joined);
        }
        for (ballot, entry) in &acceptor.votes {
            let value = entries.binary_search(entry).ok().and_then(|at| u8::try_from(at).ok());
            if let Some((ballot, value)) = place(ballot).zip(value) {
                state = state.with_vote(a, ballot, Value(value));
            }
        }
    }
    voting.check_state(&state)
}

/// What every node wrote and learned in the slots around one.
fn neighbourhood(facts: &LogFacts, slot: Slot, suspects: &[NodeId]) -> Vec<String> {
    let near = |at: Slot| at.0.saturating_add(1) >= slot.0 && at.0 <= slot.0.saturating_add(1);
    let mut lines: Vec<(Slot, NodeId, u32, u64, String)> = Vec::new();
    for RowFact { node, slot, promised, vote, durable, origin } in facts.rows.iter().filter(|row| near(row.slot)) {
        let vote = vote.map_or("-".to_owned(), |(ballot, entry)| format!("{ballot} {entry:?}"));
        let durable = if *durable { "durable" } else { "issued" };
        let line = format!("{durable}: promised {promised} accepted {vote}");
        lines.push((*slot, *node, origin.incarnation, origin.event, line));
    }
    for LearnedFact { node, slot, ballot, entry, origin } in facts.learned.iter().filter(|l| near(l.slot)) {
        let line = format!("learned: {ballot} {entry:?}");
        lines.push((*slot, *node, origin.incarnation, origin.event, line));
    }
    lines.sort();
    let shown = lines.iter().take(SHOWN).map(|(at, node, incarnation, event, line)| {
        let mark = if *at == slot && (suspects.is_empty() || suspects.contains(node)) { ">>>" } else { "   " };
        format!("{mark} slot {} node {} start {incarnation} event {event}: {line}", at.0, node.0)
    });
    let more = lines.len().saturating_sub(SHOWN);
    shown.chain((more > 0).then(|| format!("    and {more} more"))).collect()
}
