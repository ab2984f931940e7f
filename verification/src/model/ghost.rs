//! What an omniscient observer knows: every durable vote there ever was.

use quorate_protocol::{Ballot, Chosen, Config, Entry, LogRecord, NodeId, NodeSet, Slot};
use std::sync::Arc;

/// The durable votes of a run, and so what is chosen. No replica reads it; properties are judged by it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ghost {
    base: Vec<Chosen>,
    votes: Vec<Vote>,
}

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

impl Ghost {
    /// A run that starts with this entry chosen.
    pub fn new(base: Option<Chosen>) -> Self {
        Self { base: base.into_iter().collect(), votes: Vec::new() }
    }

    /// A record became durable at a node. Says whether that was a new vote.
    pub fn durable(&mut self, config: &Config, node: NodeId, record: &LogRecord) -> bool {
        let Some(accepted) = &record.accepted else {
            return false;
        };
        let (slot, ballot, entry) = (record.open_slot(), accepted.ballot, &accepted.entry);
        let known = self.votes.iter_mut().find(|v| v.slot == slot && v.ballot == ballot && v.entry == *entry);
        if let Some(vote) = known {
            let new = !vote.voters.contains(config, node);
            vote.voters.insert(config, node);
            return new;
        }
        let voters = NodeSet::default().with(config, node);
        self.votes.push(Vote { slot, ballot, entry: entry.clone(), voters });
        self.votes.sort_unstable();
        true
    }

    /// All votes, by slot and ballot.
    pub fn votes(&self) -> &[Vote] {
        &self.votes
    }

    /// Everything a majority voted for under one ballot, by slot. A slot with two entries breaks P1.
    pub fn chosen<'a>(&'a self, config: &'a Config) -> impl Iterator<Item = (Slot, &'a Arc<Entry>)> {
        let voted = self.votes.iter().filter(|vote| config.is_majority(vote.voters));
        let base = self.base.iter().map(|chosen| (chosen.slot, &chosen.entry));
        base.chain(voted.map(|vote| (vote.slot, &vote.entry)))
    }

    /// The highest slot chosen.
    pub fn highest_chosen(&self, config: &Config) -> Slot {
        self.chosen(config).map(|(slot, _)| slot).max().unwrap_or_default()
    }

    /// Whether this entry is chosen in this slot.
    pub fn is_chosen(&self, config: &Config, slot: Slot, entry: &Arc<Entry>) -> bool {
        self.chosen(config).any(|(at, chosen)| at == slot && chosen == entry)
    }
}
