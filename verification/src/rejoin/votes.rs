//! What an omniscient observer knows: every durable vote there ever was, those on lost disks included.

use quorate_protocol::{Ballot, Chosen, Config, Entry, LogRecord, NodeId, NodeSet, Slot};
use std::sync::Arc;

/// All durable votes for one entry under one ballot of one slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vote {
    /// The slot.
    pub slot: Slot,
    /// The ballot.
    pub ballot: Ballot,
    /// The entry.
    pub entry: Arc<Entry>,
    /// Who voted.
    pub voters: NodeSet,
}

/// The durable votes of a run, and so what is chosen. No replica reads it; properties are judged by it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Votes {
    base: Chosen,
    cast: Vec<Vote>,
}

impl Votes {
    /// A run that starts with this entry chosen.
    pub fn new(base: Chosen) -> Self {
        Self { base, cast: Vec::new() }
    }

    /// A record became durable at a node. Says whether that was a new vote.
    pub fn durable(&mut self, config: &Config, node: NodeId, record: &LogRecord) -> bool {
        let Some(accepted) = &record.accepted else { return false };
        let (slot, ballot, entry) = (record.open_slot(), accepted.ballot, &accepted.entry);
        let same = |vote: &&mut Vote| vote.slot == slot && vote.ballot == ballot && vote.entry == *entry;
        if let Some(vote) = self.cast.iter_mut().find(same) {
            let new = !vote.voters.contains(config, node);
            vote.voters.insert(config, node);
            return new;
        }
        let voters = NodeSet::default().with(config, node);
        self.cast.push(Vote { slot, ballot, entry: entry.clone(), voters });
        self.cast.sort_unstable();
        true
    }

    /// All votes, by slot and ballot.
    pub fn cast(&self) -> &[Vote] {
        &self.cast
    }

    /// Everything a majority voted for under one ballot. A slot with two entries breaks P1.
    pub fn chosen<'a>(&'a self, config: &'a Config) -> impl Iterator<Item = (Slot, Ballot, &'a Arc<Entry>)> {
        let voted = self.cast.iter().filter(|vote| config.is_majority(vote.voters));
        let base = (self.base.slot, self.base.ballot, &self.base.entry);
        std::iter::once(base).chain(voted.map(|vote| (vote.slot, vote.ballot, &vote.entry)))
    }

    /// The highest slot chosen.
    pub fn highest_chosen(&self, config: &Config) -> Slot {
        self.chosen(config).map(|(slot, ..)| slot).max().unwrap_or_default()
    }

    /// Whether this entry is chosen in this slot.
    pub fn is_chosen(&self, config: &Config, slot: Slot, entry: &Arc<Entry>) -> bool {
        self.chosen(config).any(|(at, _, chosen)| at == slot && chosen == entry)
    }
}
