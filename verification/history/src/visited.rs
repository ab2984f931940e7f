//! What the search has been through.

#![expect(clippy::indexing_slicing, reason = "the numbers of sets are made here")]

use crate::fold::FoldMap;
use crate::problem::State;
use crate::symbol::Symbol;

/// The configurations visited: which definite operations an order covers and what state it leads to (as
/// a fingerprint of 128 bits), with the sets of open operations that were used up on the way there.
///
/// A configuration is no better than a visited one that is equal but has used a subset of the open
/// operations: whatever succeeds from the one succeeds from the other. So only sets of which none
/// contains another are kept. Without this, each open write that an overwrite hides doubles the work.
///
/// Two of `n` configurations share a fingerprint with odds of about `n^2 / 2^129`, 10^-25 for ten million.
#[derive(Debug, Default)]
pub(crate) struct Visited {
    sets: Sets,
    seen: FoldMap<u128, Seen>,
}

/// Nearly always a configuration is seen with one set.
#[derive(Debug)]
enum Seen {
    One(u32),
    Several(Vec<u32>),
}

/// Sets of open operations, by number. Number 0 is the empty one.
#[derive(Debug)]
struct Sets {
    ids: FoldMap<Box<[u64]>, u32>,
    sets: Vec<Box<[u64]>>,
}

impl Default for Sets {
    fn default() -> Self {
        let empty: Box<[u64]> = Box::default();
        Self { ids: FoldMap::from_iter([(empty.clone(), 0)]), sets: vec![empty] }
    }
}

impl Visited {
    /// The number of set `set` with the open operation `number` added.
    pub(crate) fn with(&mut self, set: u32, number: u32) -> u32 {
        let mut bits = self.sets.sets[set as usize].to_vec();
        let (word, bit) = (number as usize / 64, number % 64);
        bits.resize(bits.len().max(word + 1), 0);
        bits[word] |= 1 << bit;
        let bits = bits.into_boxed_slice();
        if let Some(id) = self.sets.ids.get(&bits) {
            return *id;
        }
        let id = u32::try_from(self.sets.sets.len()).expect("fewer than 2^32 sets");
        self.sets.sets.push(bits.clone());
        self.sets.ids.insert(bits, id);
        id
    }

    /// Whether the configuration is worth a visit, and what it cost to find out.
    pub(crate) fn enter(&mut self, fingerprint: u128, set: u32) -> (bool, u64) {
        let sets = &self.sets;
        let Some(seen) = self.seen.get_mut(&fingerprint) else {
            self.seen.insert(fingerprint, Seen::One(set));
            return (true, 1);
        };
        let known: &[u32] = match seen {
            Seen::One(one) => core::slice::from_ref(one),
            Seen::Several(several) => several,
        };
        let cost = known.len() as u64 + 1;
        if known.iter().any(|smaller| sets.is_subset(*smaller, set)) {
            return (false, cost);
        }
        let mut kept: Vec<u32> = known.iter().copied().filter(|larger| !sets.is_subset(set, *larger)).collect();
        kept.push(set);
        *seen = if kept.len() == 1 { Seen::One(set) } else { Seen::Several(kept) };
        (true, cost)
    }
}

impl Sets {
    fn is_subset(&self, one: u32, other: u32) -> bool {
        let (one, other) = (&self.sets[one as usize], &self.sets[other as usize]);
        one == other || one.iter().zip(other.iter().chain(core::iter::repeat(&0))).all(|(a, b)| a & !b == 0)
    }
}

/// The fingerprint's part for a definite operation. Parts are combined by exclusive or.
pub(crate) fn mark_of(number: u32) -> u128 {
    mix(u64::from(number), 1)
}

/// The fingerprint's part for a state.
pub(crate) fn mark_of_state(state: &State) -> u128 {
    let (kind, value) = match state.value {
        None => (2, 0),
        Some(Symbol::Number(number)) => (3, number.cast_unsigned()),
        Some(Symbol::Spelled(_, id)) => (4, u64::from(id)),
        Some(Symbol::Bytes(id)) => (5, u64::from(id)),
        Some(Symbol::Beginning(place, length)) => (7, u64::from(place) << 32 | u64::from(length)),
        Some(Symbol::Unread) => (8, 0),
    };
    let version = state.version.map_or(0, |revision| u64::from(revision.rank()) + 1);
    mix(value, kind).rotate_left(1) ^ mix(version, 6)
}

/// Two rounds of SplitMix64, for the two halves.
fn mix(value: u64, kind: u64) -> u128 {
    let seed = split_mix(value ^ split_mix(kind));
    u128::from(split_mix(seed)) << 64 | u128::from(split_mix(seed ^ 0xa076_1d64_78bd_642f))
}

fn split_mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
