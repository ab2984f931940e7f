//! What an omniscient observer knows: every durable vote there ever was, those on lost disks included.

use quorate_protocol::{Ballot, Chosen, Config, Entry, LogRecord, NodeId, NodeSet, Slot};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The durable votes of a run, and so what is chosen. No replica reads it; properties are judged by it.
#[derive(Clone, Debug)]
pub struct Ghost {
    votes: Vec<Vote>,
    base: Chosen,
    /// What follows from the votes: see [`Ghost::chosen`].
    chosen: Vec<Chosen>,
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
    pub fn new(base: Chosen) -> Self {
        Self { votes: Vec::new(), chosen: vec![base.clone()], base }
    }

    /// A record became durable at a node. Says whether that was a new vote.
    pub fn durable(&mut self, config: &Config, node: NodeId, record: &LogRecord) -> bool {
        let Some(accepted) = &record.accepted else {
            return false;
        };
        let (slot, ballot, entry) = (record.open_slot(), accepted.ballot, &accepted.entry);
        let known = self.votes.iter_mut().find(|v| v.slot == slot && v.ballot == ballot && v.entry == *entry);
        let new = match known {
            Some(vote) => {
                let new = !vote.voters.contains(config, node);
                vote.voters.insert(config, node);
                new
            }
            None => {
                let voters = NodeSet::default().with(config, node);
                self.votes.push(Vote { slot, ballot, entry: entry.clone(), voters });
                self.votes.sort_unstable();
                true
            }
        };
        self.conclude(config);
        new
    }

    fn conclude(&mut self, config: &Config) {
        let voted = self.votes.iter().filter(|vote| config.is_majority(vote.voters));
        let voted = voted.map(|vote| Chosen { slot: vote.slot, ballot: vote.ballot, entry: vote.entry.clone() });
        self.chosen = std::iter::once(self.base.clone()).chain(voted).collect();
    }

    /// All votes, by slot and ballot.
    pub fn votes(&self) -> &[Vote] {
        &self.votes
    }

    /// Everything a majority voted for under one ballot, by slot. A slot with two entries breaks P1.
    pub fn chosen(&self) -> impl Iterator<Item = (Slot, &Arc<Entry>)> {
        self.chosen.iter().map(|chosen| (chosen.slot, &chosen.entry))
    }

    /// What is chosen in a slot, with the lowest ballot under which it was.
    pub fn chosen_in(&self, slot: Slot) -> Option<&Chosen> {
        self.chosen.iter().find(|chosen| chosen.slot == slot)
    }

    /// The highest slot chosen.
    pub fn highest_chosen(&self) -> Slot {
        self.chosen().map(|(slot, _)| slot).max().unwrap_or_default()
    }

    /// Whether this entry is chosen in this slot.
    pub fn is_chosen(&self, slot: Slot, entry: &Arc<Entry>) -> bool {
        self.chosen().any(|(at, chosen)| at == slot && chosen == entry)
    }
}

/// The rest follows from the votes, and the base is the same for a whole run.
impl PartialEq for Ghost {
    fn eq(&self, other: &Self) -> bool {
        self.votes == other.votes
    }
}

impl Eq for Ghost {}

impl Hash for Ghost {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.votes.hash(state);
    }
}
