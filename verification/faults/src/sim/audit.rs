use quorate_client::wire::Envelope;
use quorate_protocol::{
    Ballot, Config, Entry, LogId, LogRecord, Message, NodeId, NodeSet, Recorded, RequestId, Row, Slot, Snapshot,
};
use quorate_spec::{Property, Violation, checks};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is true of a run, known from the disks alone: who voted for what, and so what is chosen. Majorities are judged
/// by [`Config::is_majority`].
#[derive(Debug)]
pub struct Audit {
    config: Config,
    logs: BTreeMap<LogId, LogAudit>,
}

#[derive(Debug, Default)]
struct LogAudit {
    /// Every entry that was durably voted for under a ballot, by whom, and by whom of them that knows it.
    votes: BTreeMap<(Slot, Ballot), Votes>,
    chosen: BTreeMap<Slot, Arc<Entry>>,
    /// The highest slot with votes of a majority, each confirmed to its voter: nobody can have been told more.
    known: Slot,
    recorded: BTreeMap<RequestId, Recorded>,
}

#[derive(Debug)]
struct Votes {
    entry: Arc<Entry>,
    voters: NodeSet,
    confirmed: NodeSet,
}

impl Audit {
    /// Nothing has happened yet.
    pub fn new(config: Config) -> Self {
        Self { config, logs: BTreeMap::new() }
    }

    /// A disk made a record durable, in place of another.
    ///
    /// # Errors
    /// P1, P3, P4, P9, P11 or P12.
    pub fn durable(&mut self, node: NodeId, log: &LogId, old: &LogRecord, new: &LogRecord) -> Result<(), Violation> {
        let (before, after) = (old.row(), new.row());
        checks::never_falls(Property::PromiseDurable, &(before.slot, before.promised), &(after.slot, after.promised))?;
        checks::never_falls(Property::PromiseDurable, &(before.slot, before.accepted), &(after.slot, after.accepted))?;
        let Some(vote) = &new.accepted else { return Ok(()) };
        let config = &self.config;
        let audit = self.logs.entry(log.clone()).or_default();
        let key = (new.open_slot(), vote.ballot);
        let votes = audit.votes.entry(key).or_insert_with(|| Votes::of(&vote.entry));
        checks::one_entry_a_ballot([(key, &votes.entry), (key, &vote.entry)])?;
        votes.voters.insert(config, node);
        if config.is_majority(votes.voters) {
            audit.choose(key.0, &vote.entry)?;
        }
        Ok(())
    }

    /// A node has heard that this record of its is durable.
    pub fn confirmed(&mut self, node: NodeId, log: &LogId, record: &LogRecord) {
        let Some(vote) = &record.accepted else { return };
        let audit = self.logs.entry(log.clone()).or_default();
        let slot = record.open_slot();
        if let Some(votes) = audit.votes.get_mut(&(slot, vote.ballot)) {
            votes.confirmed.insert(&self.config, node);
            if self.config.is_majority(votes.confirmed) {
                audit.known = audit.known.max(slot);
            }
        }
    }

    /// The slot below which no read that begins now may return.
    pub fn floor(&self, log: &LogId) -> Slot {
        self.logs.get(log).map_or(Slot::ZERO, |audit| audit.known)
    }

    /// Slots chosen so far.
    pub fn chosen(&self) -> u64 {
        self.logs.values().map(|audit| u64::try_from(audit.chosen.len()).unwrap_or(u64::MAX)).sum()
    }

    /// A message leaves a node whose disk holds `durable` for the log.
    ///
    /// # Errors
    /// P7 or P8.
    pub fn left(&self, envelope: &Envelope, durable: &LogRecord) -> Result<(), Violation> {
        let Message { row, accepted, chosen, .. } = &envelope.message;
        let holds: Row = durable.row();
        checks::never_ahead(&(row.slot, row.promised), &(holds.slot, holds.promised))?;
        checks::never_ahead(&(row.slot, row.accepted), &(holds.slot, holds.accepted))?;
        if let Some(entry) = accepted {
            self.voted(envelope.message.from, &envelope.log, row.slot, row.accepted, entry)?;
        }
        self.is_chosen(&envelope.log, chosen.slot, chosen.entry.as_ref())
    }

    /// A node shows its readers this record.
    ///
    /// # Errors
    /// P7, P8 or P14.
    pub fn shown(&self, node: NodeId, log: &LogId, record: &LogRecord) -> Result<(), Violation> {
        if let Some(vote) = &record.accepted {
            self.voted(node, log, record.open_slot(), vote.ballot, &vote.entry)?;
        }
        self.is_chosen(log, record.chosen_slot(), record.chosen_entry())
    }

    /// What a replica holds in memory as chosen is.
    ///
    /// # Errors
    /// P8.
    pub fn held(&self, log: &LogId, record: &LogRecord) -> Result<(), Violation> {
        self.is_chosen(log, record.chosen_slot(), record.chosen_entry())
    }

    /// A client is told that its request was recorded so.
    ///
    /// # Errors
    /// P10.
    pub fn told(&self, log: &LogId, told: &Recorded) -> Result<(), Violation> {
        let recorded = self.logs.get(log).and_then(|audit| audit.recorded.get(&told.id));
        checks::true_outcome(&told.id, Some(told), recorded)
    }

    /// A client was told that its request is not applied; to be asked when nothing is under way any more.
    ///
    /// # Errors
    /// P18, told as P10.
    pub fn told_not_applied(&self, log: &LogId, id: RequestId) -> Result<(), Violation> {
        let recorded = self.logs.get(log).and_then(|audit| audit.recorded.get(&id));
        checks::true_outcome(&id, None, recorded.filter(|recorded| recorded.outcome.is_applied()))
    }

    /// A read returns this.
    ///
    /// # Errors
    /// P13 or P14.
    pub fn read(&self, log: &LogId, floor: Slot, slot: Slot, snapshot: &Snapshot) -> Result<(), Violation> {
        checks::fresh_read(&slot, &floor)?;
        let audit = self.logs.get(log);
        let stands = audit.and_then(|audit| audit.chosen.get(&slot)).map(|entry| Snapshot::of(entry));
        let stands = if slot == Slot::ZERO { Some(Snapshot::default()) } else { stands };
        if stands.as_ref() == Some(snapshot) {
            return Ok(());
        }
        let detail = format!("slot {}: read {snapshot:?}, chosen is {stands:?}", slot.0);
        Err(Violation::new(Property::ReadsAreChosen, detail))
    }

    fn voted(
        &self,
        node: NodeId,
        log: &LogId,
        slot: Slot,
        ballot: Ballot,
        entry: &Arc<Entry>,
    ) -> Result<(), Violation> {
        let votes = self.logs.get(log).and_then(|audit| audit.votes.get(&(slot, ballot)));
        match votes {
            Some(votes) if votes.voters.contains(&self.config, node) && votes.entry == *entry => Ok(()),
            _ => {
                let detail = format!("node {} tells a vote at {} {ballot} that no disk holds", node.0, slot.0);
                Err(Violation::new(Property::DurableBeforeTold, detail))
            }
        }
    }

    fn is_chosen(&self, log: &LogId, slot: Slot, entry: Option<&Arc<Entry>>) -> Result<(), Violation> {
        if slot == Slot::ZERO {
            return Ok(());
        }
        let chosen = self.logs.get(log).and_then(|audit| audit.chosen.get(&slot));
        match (chosen, entry) {
            (Some(chosen), Some(entry)) => checks::agreement([(slot, chosen), (slot, entry)]),
            (Some(_), None) => Ok(()),
            (None, _) => {
                Err(Violation::new(Property::LearnedIsChosen, format!("slot {} is held, and is not chosen", slot.0)))
            }
        }
    }
}

impl LogAudit {
    fn choose(&mut self, slot: Slot, entry: &Arc<Entry>) -> Result<(), Violation> {
        if let Some(chosen) = self.chosen.get(&slot) {
            return checks::agreement([(slot, chosen), (slot, entry)]);
        }
        for recorded in &entry.requests {
            let first = self.recorded.entry(recorded.id).or_insert(*recorded);
            checks::at_most_once([(recorded.id, *first), (recorded.id, *recorded)])?;
        }
        checks::increasing(entry.requests.iter().map(|recorded| recorded.version))?;
        let held: BTreeSet<RequestId> = entry.requests.iter().map(|recorded| recorded.id).collect();
        let so_far = self.recorded.values().map(|recorded| (recorded.version.slot, recorded.id));
        checks::window_complete(&entry.floor, &held, so_far)?;
        self.chosen.insert(slot, Arc::clone(entry));
        Ok(())
    }
}

impl Votes {
    fn of(entry: &Arc<Entry>) -> Self {
        Self { entry: Arc::clone(entry), voters: NodeSet::default(), confirmed: NodeSet::default() }
    }
}
