//! What one participant holds, and what one participant knows of all.

use quorate_spec::{Ballot, NO_BALLOT, Value};
use std::fmt;

/// The most participants: four records, a sender and a set of addressees fit into a word.
pub const MAX_PARTICIPANTS: u8 = 4;

/// Bits of a record within a row.
const BITS: u32 = 12;

/// `State` of the TLA+ text: `maxBal`, `maxVBal`, `maxVVal`. Four bits each, so that `-1` and `None` are 0.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record(u16);

impl Record {
    /// `maxBal`: the promise, or -1.
    pub fn max_bal(self) -> Ballot {
        self.field(0) + NO_BALLOT
    }

    /// `maxVBal`: the ballot of the last vote, or -1.
    pub fn max_v_bal(self) -> Ballot {
        self.field(4) + NO_BALLOT
    }

    /// `maxVVal`: what the last vote was for, if there is one.
    pub fn max_v_val(self) -> Option<Value> {
        u8::try_from(self.field(8) - 1).ok().map(Value)
    }

    /// `[self EXCEPT !.maxBal = ballot]`.
    #[must_use]
    pub fn with_max_bal(self, ballot: Ballot) -> Self {
        self.with(0, ballot - NO_BALLOT)
    }

    /// `[self EXCEPT !.maxVBal = ballot]`.
    #[must_use]
    pub fn with_max_v_bal(self, ballot: Ballot) -> Self {
        self.with(4, ballot - NO_BALLOT)
    }

    /// `[self EXCEPT !.maxVVal = value]`.
    #[must_use]
    pub fn with_max_v_val(self, value: Option<Value>) -> Self {
        self.with(8, value.map_or(0, |value| i8::try_from(value.0).map_or(0, |value| value + 1)))
    }

    fn field(self, shift: u32) -> i8 {
        ((self.0 >> shift) & 0xf) as i8
    }

    fn with(self, shift: u32, stored: i8) -> Self {
        Self((self.0 & !(0xf << shift)) | (u16::from(stored.cast_unsigned()) & 0xf) << shift)
    }
}

/// `state[p]`: a record for each participant, as one of them knows it. The first row is all -1.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row(u64);

impl Row {
    /// The bits of a row, the lowest of a word.
    pub(super) const MASK: u64 = (1 << (BITS * MAX_PARTICIPANTS as u32)) - 1;

    /// The record of `participant`.
    pub fn record(self, participant: u8) -> Record {
        Record(((self.0 >> (BITS * u32::from(participant))) & 0xfff) as u16)
    }

    /// The same with another record of `participant`.
    #[must_use]
    pub fn with(self, participant: u8, record: Record) -> Self {
        let shift = BITS * u32::from(participant);
        Self((self.0 & !(0xfff << shift)) | u64::from(record.0) << shift)
    }

    pub(super) fn bits(self) -> u64 {
        self.0
    }

    pub(super) fn from_bits(bits: u64) -> Self {
        Self(bits & Self::MASK)
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "promised {}", self.max_bal())?;
        match self.max_v_val() {
            Some(value) => write!(f, " voted {} v{}", self.max_v_bal(), value.0),
            None => write!(f, " voted {}", self.max_v_bal()),
        }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records = (0..MAX_PARTICIPANTS).map(|p| (p, self.record(p))).filter(|(_, r)| *r != Record::default());
        f.debug_map().entries(records).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_records_do_not_touch_each_other() {
        let first = Record::default();
        assert_eq!((first.max_bal(), first.max_v_bal(), first.max_v_val()), (-1, -1, None));
        let mut row = Row::default();
        for p in 0..MAX_PARTICIPANTS {
            let b = i8::try_from(p).expect("small") + 3;
            row = row.with(p, first.with_max_bal(b).with_max_v_bal(b - 1).with_max_v_val(Some(Value(p + 4))));
        }
        for p in 0..MAX_PARTICIPANTS {
            let (b, record) = (i8::try_from(p).expect("small") + 3, row.record(p));
            assert_eq!((record.max_bal(), record.max_v_bal(), record.max_v_val()), (b, b - 1, Some(Value(p + 4))));
        }
        assert_eq!(row.with(2, first).record(2), first);
        assert_eq!(Row::from_bits(row.bits()), row);
    }
}
