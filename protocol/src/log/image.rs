//! All that a log remembers, for traces: as a digest, and for an idle log in full.

use crate::trace::{Digest64, EntryDigests, digest_record};
use crate::{LogRecord, NodeSet, PaxosLog, Phase, Replica, RestoreError, Slot};
use alloc::{sync::Arc, vec::Vec};
use core::hash::Hash;

/// An idle log ([`PaxosLog::is_idle`]) in full: more than its record, since it may know what it has not
/// written. A trace goes on from it after a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IdleImage {
    /// What it knows.
    pub record: LogRecord,
    /// What the store has confirmed.
    pub durable: LogRecord,
    votes: NodeSet,
    prepares: u8,
    settle: Slot,
}

impl PaxosLog {
    /// The log in full, if it is idle.
    pub fn idle_image(&self) -> Option<IdleImage> {
        self.is_idle().then(|| IdleImage {
            record: self.record.clone(),
            durable: self.durable.clone(),
            votes: self.votes,
            prepares: self.prepares,
            settle: self.settle,
        })
    }

    /// A log as its image has it. For replaying traces: a node restores from its store and nothing else.
    ///
    /// # Errors
    /// The image breaks an invariant.
    pub fn from_idle_image(replica: Arc<Replica>, image: IdleImage) -> Result<Self, RestoreError> {
        let IdleImage { record, durable, votes, prepares, settle } = image;
        durable.check()?;
        let mut log = Self::restore(replica, record)?;
        (log.durable, log.votes, log.prepares, log.settle) = (durable, votes, prepares, settle);
        log.check()?;
        Ok(log)
    }

    /// Takes the whole state in, but for what waiting requests ask for: a step would otherwise cost as much as
    /// all of them together weigh, and the inputs hold them.
    pub(crate) fn digest_to<'a>(&'a self, entries: &mut EntryDigests<'a>, to: &mut Digest64) {
        let Self { replica, record, durable, writing, owed, owed_next, votes, phase, prepares, settle, waiting } = self;
        replica.me().hash(to);
        digest_record(record, entries, to);
        digest_record(durable, entries, to);
        writing.is_some().hash(to);
        if let Some(record) = writing {
            digest_record(record, entries, to);
        }
        (owed, owed_next, votes, prepares, settle).hash(to);
        core::mem::discriminant(phase).hash(to);
        if let Phase::Preparing { ballot, promises, highest } = phase {
            let highest = highest.as_ref().map(|accepted| (accepted.ballot, entries.of(&accepted.entry)));
            (ballot, promises, highest).hash(to);
        }
        if let Phase::Accepting { ballot } = phase {
            ballot.hash(to);
        }
        let waiting: Vec<_> = waiting.iter().map(|waiting| (waiting.request.id, waiting.proposed)).collect();
        waiting.hash(to);
    }
}
