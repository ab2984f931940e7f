//! The reader's side of a read that needs not be fresh: a [`QuorumRead`] that may stop earlier.

use crate::{Config, Need, NodeId, NodeSet, QuorumRead, ReadId, ReadReply, ReadStep, Slot};

/// One read of one key, at any level of consistency.
///
/// It asks one voter for what it holds as chosen, and is done if that is late enough for its session.
/// Otherwise it goes on as the linearizable read that it is then: it asks the rest, and returns as soon as any
/// chosen entry that it hears of, or counts the votes of, is late enough, or a fresh one is proven. What it
/// returns is chosen (P14), and never below what its session has seen (P22).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionRead {
    read: QuorumRead,
    need: Need,
}

/// A fresh read is below what the session has seen. Its token is not of this cluster's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session has seen slot {} of a key whose last one is {}", .seen.0, .fresh.0)]
pub struct SeenAhead {
    /// What the session has seen.
    pub seen: Slot,
    /// The last slot chosen when the read began, or a later one.
    pub fresh: Slot,
}

impl SessionRead {
    /// Begins a read with an id that was never used before. `preference` orders the voters; the first is asked
    /// alone, unless a linearizable read is needed.
    pub fn start(id: ReadId, config: &Config, need: Need, preference: &[NodeId]) -> (Self, ReadStep) {
        let (read, step) = match need {
            Need::Fresh => QuorumRead::start(id, config, preference),
            Need::AtLeast(_) => QuorumRead::start_with_one(id, config, preference),
        };
        (Self { read, need }, step)
    }

    /// The id its questions carry.
    pub fn id(&self) -> ReadId {
        self.read.id()
    }

    /// Takes a voter's reply, as [`QuorumRead::on_reply`].
    ///
    /// # Errors
    /// [`SeenAhead`]: no answer of this cluster is late enough.
    pub fn on_reply(&mut self, config: &Config, from: NodeId, reply: ReadReply) -> Result<ReadStep, SeenAhead> {
        let Need::AtLeast(floor) = self.need else {
            return Ok(self.read.on_reply(config, from, reply));
        };
        if !self.read.take(config, from, reply) {
            return Ok(ReadStep::Wait);
        }
        if let Some(result) = self.read.known_from(config, floor) {
            return Ok(ReadStep::Done(result));
        }
        match self.read.proceed(config) {
            ReadStep::Done(result) if result.slot < floor => Err(SeenAhead { seen: floor, fresh: result.slot }),
            step => Ok(step),
        }
    }

    /// The caller's patience has run out, as [`QuorumRead::on_timeout`].
    pub fn on_timeout(&mut self, config: &Config) -> ReadStep {
        self.read.on_timeout(config)
    }
}

/// What brings a voter up that answered a session's read, once a linearizable read has shown it to be behind.
///
/// That a slot is chosen reaches a voter with the key's next write, so without this one that voted last, or missed
/// the last write, would answer with an older slot for as long as nobody writes (P23). `fresh` is a slot known
/// chosen; `helped` says that the voter was already asked to send its vote on.
pub fn bring_up(config: &Config, voter: NodeId, reply: &ReadReply, fresh: Slot, helped: bool) -> Option<ReadStep> {
    if reply.chosen >= fresh || !config.is_voter(voter) {
        return None;
    }
    let voted = reply.accepted > reply.chosen;
    if mutant!(BringUpVotersAlone) && !voted {
        return None;
    }
    // Its vote, sent on, brings back the chosen entry from whoever knows it, or the votes that show it chosen. Where
    // neither is to be had, its vote being one that lost, it must ask with a ballot of its own.
    if voted && (!helped || mutant!(BringUpHelpsAlone)) {
        return Some(ReadStep::Help { voter, slot: reply.accepted });
    }
    Some(ReadStep::Settle { voter, slot: fresh })
}

impl QuorumRead {
    /// As [`QuorumRead::start`], with one voter asked.
    fn start_with_one(id: ReadId, config: &Config, preference: &[NodeId]) -> (Self, ReadStep) {
        let voters = preference.iter().chain(config.voters());
        let one = voters.map(|voter| NodeSet::default().with(config, *voter)).find(|set| !set.is_empty());
        let one = one.unwrap_or_default();
        (Self::asking(id, one), ReadStep::Ask { voters: one, full: one })
    }
}
