//! A message: a whole row, from one participant to those that have not taken it yet.

use super::{MAX_PARTICIPANTS, Row};
use std::fmt;

/// `Message` of the TLA+ text: `from`, `to`, `state`. A word: the row, above it the sender, above that a
/// bit for each addressee.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message(u64);

const FROM: u32 = Row::MASK.trailing_ones();
const TO: u32 = FROM + 4;

impl Message {
    /// `[from |-> from, to |-> to, state |-> row]`; `to` is a bit for each participant.
    pub fn new(from: u8, to: u8, row: Row) -> Self {
        Self(row.bits() | u64::from(from) << FROM | u64::from(to) << TO)
    }

    /// Who sent it.
    pub fn from(self) -> u8 {
        ((self.0 >> FROM) & 0xf) as u8
    }

    /// Who is still to take it, a bit for each participant.
    pub fn to(self) -> u8 {
        ((self.0 >> TO) & 0xff) as u8
    }

    /// What the sender knew when it sent it.
    pub fn row(self) -> Row {
        Row::from_bits(self.0)
    }

    /// `q \in m.to`.
    pub fn is_to(self, participant: u8) -> bool {
        self.to() & (1 << participant) != 0
    }

    /// `[m EXCEPT !.to = @ \ {q}]`. A message that all have taken stays in the set, addressed to nobody.
    #[must_use]
    pub fn taken_by(self, participant: u8) -> Self {
        Self(self.0 & !(1 << (TO + u32::from(participant))))
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to: Vec<u8> = (0..MAX_PARTICIPANTS).filter(|p| self.is_to(*p)).collect();
        write!(f, "p{} -> {to:?}: {:?}", self.from(), self.row())
    }
}
