//! What is known of a node's logs while none of its streams has them in memory.

use super::failure::Fault;
use quorate_protocol::{LogRecord, Row, Slot, trace::record_digest};
use quorate_spec::{Property, checks};
use std::collections::{HashMap, HashSet};

/// One node, over its starts.
#[derive(Debug, Default)]
pub(super) struct NodeKnown {
    /// The last start with a stream.
    pub(super) incarnation: u32,
    /// How often something of it was lost: a gap, a stream without its end, a start without a stream.
    pub(super) losses: u32,
    /// Its logs, by their numbers in the checker.
    pub(super) logs: HashMap<u32, Known>,
    /// Logs that have failed here.
    pub(super) failed: HashSet<u32>,
}

/// One log of it, as of the last event that the trace has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    row: Row,
    durable: u64,
    /// The write under way, and its row's place among the facts.
    issued: Option<(u64, usize)>,
    /// `NodeKnown::losses` at that time.
    losses: u32,
}

/// How a record that a store gave back fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It is the last one confirmed; or there never was one, and the recording lacks nothing.
    Same,
    /// It is the write that was under way: this row became durable.
    Confirms(usize),
    /// Something is missing in between: what this node did in these slots is not known.
    Hole(Slot, Slot),
}

impl Known {
    pub(super) fn new(durable: &LogRecord, issued: Option<(&LogRecord, usize)>, losses: u32) -> Self {
        let issued = issued.map(|(record, fact)| (record_digest(record), fact));
        Self { row: durable.row(), durable: record_digest(durable), issued, losses }
    }
}

impl NodeKnown {
    /// A stream of this start begins.
    pub(super) fn begin(&mut self, incarnation: u32) {
        if incarnation > self.incarnation {
            self.losses += u32::from(incarnation > self.incarnation.saturating_add(1));
            self.incarnation = incarnation;
        }
    }

    /// Whether `record` can be what a log has now, durably.
    pub(super) fn fit(&self, log: u32, record: &LogRecord) -> Result<Fit, Fault> {
        let Some(known) = self.logs.get(&log) else {
            return match self.losses {
                _ if *record == LogRecord::default() => Ok(Fit::Same),
                0 => Err(Fault::Store),
                _ => Ok(Fit::Hole(Slot::ZERO, record.open_slot())),
            };
        };
        let digest = record_digest(record);
        if digest == known.durable {
            return Ok(Fit::Same);
        }
        if let Some((issued, fact)) = known.issued
            && issued == digest
        {
            return Ok(Fit::Confirms(fact));
        }
        let (before, after) = (known.row, record.row());
        let promises = checks::never_falls(
            Property::PromiseDurable,
            &(before.slot, before.promised),
            &(after.slot, after.promised),
        );
        let votes = || {
            checks::never_falls(
                Property::PromiseDurable,
                &(before.slot, before.accepted),
                &(after.slot, after.accepted),
            )
        };
        promises.and_then(|()| votes()).map_err(Fault::Fell)?;
        if known.losses == self.losses {
            return Err(Fault::Store);
        }
        Ok(Fit::Hole(before.slot, after.slot))
    }

    /// From which slot on nothing is known of a log at the end, if there is one.
    pub(super) fn unknown_from(&self, log: u32) -> Option<Slot> {
        match self.logs.get(&log) {
            Some(known) => (known.losses != self.losses).then_some(known.row.slot),
            None => (self.losses > 0).then_some(Slot::ZERO),
        }
    }
}
