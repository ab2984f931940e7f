//! A 64-bit digest that is the same on every machine and in every build.

use crate::{Accepted, Chosen, Entry, LogRecord, Message, Output, PaxosLog, Proposal};
use alloc::sync::Arc;
use core::hash::{Hash, Hasher};

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const MULTIPLIER: u64 = 0xd6e8_feb8_6659_fd93;

/// A hasher by folded multiplication (the step of wyhash). Unlike the standard library's hashers it is
/// fixed: numbers count as 64 bits in little-endian order, whatever the machine. It tells accidents
/// apart, two states in 2^64; it does not withstand somebody who looks for collisions.
#[derive(Clone, Copy, Debug)]
pub struct Digest64(u64);

/// What a trace keeps of a step's consequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StepDigests {
    /// Of the whole output, a write among it.
    pub output: u64,
    /// Of the log's whole state after the step, but for what waiting requests ask for, which their inputs
    /// hold.
    pub state: u64,
}

impl StepDigests {
    /// Of a step that gave `output` and left `log`.
    pub fn of(output: &Output, log: &PaxosLog) -> Self {
        let mut entries = EntryDigests::default();
        let mut state = Digest64::default();
        log.digest_to(&mut entries, &mut state);
        Self { output: digest_output(output, &mut entries), state: state.finish() }
    }
}

/// The digest of an entry: what votes of different replicas are compared by.
pub fn entry_digest(entry: &Entry) -> u64 {
    let mut digest = Digest64::default();
    entry.hash(&mut digest);
    digest.finish()
}

/// The digest of a record.
pub fn record_digest(record: &LogRecord) -> u64 {
    let mut digest = Digest64::default();
    digest_record(record, &mut EntryDigests::default(), &mut digest);
    digest.finish()
}

fn digest_output<'a>(output: &'a Output, entries: &mut EntryDigests<'a>) -> u64 {
    let Output { write, send, done, timers, prepared, readable } = output;
    let mut to = Digest64::default();
    write.is_some().hash(&mut to);
    if let Some(record) = write {
        digest_record(record, entries, &mut to);
    }
    send.len().hash(&mut to);
    for message in send {
        digest_message(message, entries, &mut to);
    }
    (done, prepared, readable).hash(&mut to);
    timers.hash(&mut to);
    to.finish()
}

fn digest_message<'a>(message: &'a Message, entries: &mut EntryDigests<'a>, to: &mut Digest64) {
    let Message { epoch, from, to: receiver, row, accepted, chosen, proposal, belief } = message;
    (epoch, from, receiver, row, belief, chosen.slot, chosen.ballot).hash(to);
    entries.optional(accepted.as_ref()).hash(to);
    entries.optional(chosen.entry.as_ref()).hash(to);
    let proposal = proposal.as_ref().map(|Proposal { slot, ballot, entry }| (slot, ballot, entries.of(entry)));
    proposal.hash(to);
}

/// Takes a record in.
pub(crate) fn digest_record<'a>(record: &'a LogRecord, entries: &mut EntryDigests<'a>, to: &mut Digest64) {
    let LogRecord { chosen, promised, accepted } = record;
    let chosen = chosen.as_ref().map(|Chosen { slot, ballot, entry }| (slot, ballot, entries.of(entry)));
    let accepted = accepted.as_ref().map(|Accepted { ballot, entry }| (ballot, entries.of(entry)));
    (chosen, promised, accepted).hash(to);
}

/// Entries of one step by their digests. Most places that an entry is in share it, so it is read once; that
/// it was shared is not in the digest.
#[derive(Default)]
pub(crate) struct EntryDigests<'a> {
    seen: [Option<(&'a Arc<Entry>, u64)>; 6],
    next: usize,
}

impl<'a> EntryDigests<'a> {
    /// The digest of an entry.
    pub(crate) fn of(&mut self, entry: &'a Arc<Entry>) -> u64 {
        let known = self.seen.iter().flatten().find(|(known, _)| Arc::ptr_eq(known, entry));
        if let Some((_, digest)) = known {
            return *digest;
        }
        let digest = entry_digest(entry);
        if let Some(place) = self.seen.get_mut(self.next) {
            *place = Some((entry, digest));
        }
        self.next = (self.next + 1) % self.seen.len();
        digest
    }

    fn optional(&mut self, entry: Option<&'a Arc<Entry>>) -> Option<u64> {
        entry.map(|entry| self.of(entry))
    }
}

impl Default for Digest64 {
    fn default() -> Self {
        Self(SEED)
    }
}

impl Digest64 {
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(MULTIPLIER);
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = product.to_le_bytes();
        let low = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let high = u64::from_le_bytes([i, j, k, l, m, n, o, p]);
        self.0 = (low ^ high).rotate_left(29).wrapping_add(SEED);
    }
}

impl Hasher for Digest64 {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(rest) {
                *to = *from;
            }
            self.mix(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.mix(u64::from(number));
    }

    fn write_u16(&mut self, number: u16) {
        self.mix(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.mix(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.mix(number);
    }

    fn write_u128(&mut self, number: u128) {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = number.to_le_bytes();
        self.mix(u64::from_le_bytes([a, b, c, d, e, f, g, h]));
        self.mix(u64::from_le_bytes([i, j, k, l, m, n, o, p]));
    }

    fn write_usize(&mut self, number: usize) {
        self.mix(number as u64);
    }

    fn write_i64(&mut self, number: i64) {
        self.mix(u64::from_le_bytes(number.to_le_bytes()));
    }

    // Discriminants of enums arrive here.
    fn write_isize(&mut self, number: isize) {
        self.write_i64(number as i64);
    }

    fn finish(&self) -> u64 {
        let mut last = *self;
        last.mix(MULTIPLIER);
        last.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ballot, Incarnation, NodeId, Outcome, Owner, Recorded, RequestId, Slot, Version};
    use alloc::vec;

    fn entry() -> Entry {
        let version = Version { slot: Slot(7), position: 1 };
        let recorded = Recorded { id: RequestId::new(1 << 70, 9), version, outcome: Outcome::Counted(-3) };
        Entry {
            value: Some("a value longer than eight bytes".into()),
            version: Some(version),
            owner: Owner { node: NodeId(2), incarnation: Incarnation(4) },
            requests: vec![recorded],
            floor: Slot(5),
        }
    }

    /// Traces outlive the build that wrote them. If this breaks, either this hasher has changed, or how the
    /// compiler derives `Hash`: both are a new version in `SEGMENT_MARK`.
    #[test]
    fn digests_do_not_change() {
        assert_eq!(Digest64::default().finish(), 17_322_705_440_247_700_787);
        assert_eq!(entry_digest(&entry()), 12_642_710_645_418_789_999);
    }

    #[test]
    fn a_digest_is_of_the_content_and_not_of_what_is_shared() {
        let shared = Arc::new(entry());
        let of = |entry: &Arc<Entry>| {
            let accepted = Some(Accepted { ballot: Ballot::ZERO, entry: Arc::clone(entry) });
            Output { write: Some(LogRecord { accepted, ..LogRecord::default() }), ..Output::default() }
        };
        let (one, other) = (of(&shared), of(&Arc::new(entry())));
        fn digest(output: &Output) -> u64 {
            digest_output(output, &mut EntryDigests::default())
        }
        assert_eq!(digest(&one), digest(&other));
        let changed = Arc::new(Entry { floor: Slot(6), ..entry() });
        assert_ne!(digest(&one), digest(&of(&changed)));
        assert_ne!(digest(&one), digest(&Output { readable: true, ..one.clone() }));
        assert_ne!(digest(&one), digest(&Output::default()));
    }
}
