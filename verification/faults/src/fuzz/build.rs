//! Values of the core out of choices: mostly such as get through its checks near a log's state, and some of any kind.

use super::Source;
use bytes::Bytes;
use quorate_protocol::{
    Accepted, Ballot, Chosen, ChosenNotice, Entry, Expect, Incarnation, LogRecord, Message, NodeId, Operation, Outcome,
    Owner, Proposal, Recorded, Request, RequestId, Row, SLOT_MAX, Slot, Version,
};
use std::sync::Arc;

/// Where a log is: values near it reach further into the code than values of any kind.
#[derive(Clone, Copy)]
pub(super) struct Near {
    pub(super) slot: u64,
    pub(super) ballot: Ballot,
}

/// Draws values of the core.
pub(super) struct Build<'a, 'b> {
    pub(super) source: &'b mut Source<'a>,
    pub(super) near: Near,
}

/// How many ids requests are drawn from: so few that attempts of one request meet.
pub(super) const IDS: u8 = 8;

pub(super) fn id(number: u8) -> RequestId {
    RequestId::new(7, u64::from(number))
}

impl Build<'_, '_> {
    pub(super) fn slot(&mut self) -> Slot {
        let here = self.near.slot;
        Slot(match self.source.below(16) {
            0..=7 => here,
            8 => here.saturating_add(1),
            9 => here.saturating_sub(1),
            10 => 0,
            11 => 1,
            12 => SLOT_MAX - 2,
            13 => SLOT_MAX - 1,
            14 => SLOT_MAX,
            _ => self.source.u64(),
        })
    }

    pub(super) fn node(&mut self) -> NodeId {
        let any = NodeId(self.source.u16());
        self.source.pick(&[NodeId(1), NodeId(2), NodeId(3), NodeId(2), NodeId(3), NodeId(4), NodeId(0), any])
    }

    pub(super) fn ballot(&mut self) -> Ballot {
        let Ballot { round, .. } = self.near.ballot;
        let round = match self.source.below(12) {
            0 => return Ballot::ZERO,
            1..=2 => return self.near.ballot,
            3..=5 => round,
            6..=7 => round.saturating_add(1),
            8 => 0,
            9 => round.saturating_add(1 << 16),
            10 => u32::MAX,
            _ => self.source.u32(),
        };
        let incarnation = match self.source.below(8) {
            0..=4 => 1,
            5 => 2,
            6 => 0,
            _ => self.source.u32(),
        };
        Ballot { round, node: self.node(), incarnation: Incarnation(incarnation) }
    }

    pub(super) fn version(&mut self) -> Version {
        Version { slot: self.slot(), position: self.source.pick(&[0, 1, 2, 3, u16::MAX]) }
    }

    pub(super) fn value(&mut self) -> Bytes {
        let values: [&'static [u8]; 8] =
            [b"", b"0", b"x", b"9223372036854775807", b"-9223372036854775808", b"+1", b"\xff\xfe", b"0x1"];
        Bytes::from_static(self.source.pick(&values))
    }

    fn outcome(&mut self) -> Outcome {
        match self.source.below(8) {
            0..=2 => Outcome::Written,
            3 => Outcome::Counted(i64::MIN),
            4 => Outcome::Mismatch(self.source.chance(128).then(|| self.version())),
            5 => Outcome::Absent,
            6 => Outcome::NotANumber,
            _ => Outcome::Cancelled,
        }
    }

    pub(super) fn recorded(&mut self) -> Recorded {
        Recorded { id: id(self.source.below(IDS)), version: self.version(), outcome: self.outcome() }
    }

    pub(super) fn entry(&mut self) -> Arc<Entry> {
        let count = self.source.pick(&[0, 1, 1, 2, 3, 64, 128, 129]);
        let mut requests: Vec<Recorded> = (0..count).map(|_| self.recorded()).collect();
        if !self.source.chance(40) {
            let far = self.near.slot;
            requests.retain(|recorded| recorded.version.slot.0 <= far);
            requests.sort_unstable_by_key(|recorded| recorded.version);
            requests.dedup_by_key(|recorded| recorded.version);
        }
        let Ballot { node, incarnation, .. } = self.ballot();
        let value = self.source.chance(128).then(|| self.value());
        let version = self.source.chance(128).then(|| self.version());
        let floor = if self.source.chance(80) { self.slot() } else { Slot::ZERO };
        Arc::new(Entry { value, version, owner: Owner { node, incarnation }, requests, floor })
    }

    fn row(&mut self) -> Row {
        let (one, two) = (self.ballot(), if self.source.chance(128) { Ballot::ZERO } else { self.ballot() });
        let (low, high) = (one.min(two), one.max(two));
        let (promised, accepted) = if self.source.chance(20) { (low, high) } else { (high, low) };
        Row { slot: self.slot(), promised, accepted }
    }

    /// A message to `me`, nearly always, from anybody.
    pub(super) fn message(&mut self, me: NodeId) -> Message {
        let row = self.row();
        let parts = self.source.byte();
        let part = |bit: u8| parts & (1 << bit) != 0;
        let chosen = if part(0) && part(1) {
            ChosenNotice { slot: self.slot(), ballot: self.ballot(), entry: part(2).then(|| self.entry()) }
        } else {
            ChosenNotice::default()
        };
        let proposal = part(3).then(|| Proposal { slot: self.slot(), ballot: self.ballot(), entry: self.entry() });
        let accepted = (part(4) && part(5)).then(|| self.entry());
        let belief = part(6).then(|| self.row());
        let to = if self.source.chance(8) { self.node() } else { me };
        let epoch = if self.source.chance(8) { 2 } else { 1 };
        Message { epoch: epoch.into(), from: self.node(), to, row, accepted, chosen, proposal, belief }
    }

    pub(super) fn operation(&mut self) -> Operation {
        match self.source.below(8) {
            0..=1 => Operation::Put(self.value()),
            2 => Operation::Delete,
            3 => Operation::Cancel,
            4 => Operation::Increment(self.source.pick(&[1, -1, 0, i64::MAX, i64::MIN])),
            _ => {
                let expect = match self.source.below(3) {
                    0 => Expect::Absent,
                    1 => Expect::Version(self.version()),
                    _ => Expect::Value(self.value()),
                };
                Operation::CompareAndSet { expect, new: self.source.chance(160).then(|| self.value()) }
            }
        }
    }

    pub(super) fn request(&mut self) -> Request {
        let id = id(self.source.below(IDS));
        let base = if self.source.chance(128) { Slot(self.near.slot.saturating_sub(1)) } else { self.slot() };
        let (attempt, keep) = (self.source.byte(), self.source.pick(&[2, 0, 1, 64, u8::MAX]));
        Request { id, base, attempt, keep, operation: self.operation() }
    }

    /// A record, which may be one that no log can have.
    pub(super) fn record(&mut self) -> LogRecord {
        let chosen = self.source.chance(160).then(|| {
            self.near.slot = u64::from(self.source.below(4)) + 1;
            if self.source.chance(16) {
                self.near.slot = SLOT_MAX - self.near.slot;
            }
            Chosen { slot: Slot(self.near.slot), ballot: self.ballot(), entry: self.entry() }
        });
        self.near.slot = chosen.as_ref().map_or(1, |chosen| chosen.slot.0.saturating_add(1));
        let accepted = self.source.chance(128).then(|| Accepted { ballot: self.ballot(), entry: self.entry() });
        let voted = accepted.as_ref().map_or(Ballot::ZERO, |accepted| accepted.ballot);
        LogRecord { chosen, promised: self.ballot().max(voted), accepted }
    }
}
