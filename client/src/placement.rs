//! Which replica a key's writes prefer: rendezvous hashing (highest random weight; Thaler and Ravishankar
//! 1998).
//!
//! Any client computes the same order with no table and no agreement, keys spread evenly, and when a
//! voter goes, only its own keys move. It is a matter of speed alone: every replica may propose for every
//! key.
//!
//! The function is a compatibility contract, since clients of different versions that disagreed on it
//! would keep taking keys from each other's preferred replica. Its vectors are committed as tests:
//!
//! - `digest` = FNV-1a, 64 bits, over the log's store key (namespace big-endian, then the key's bytes),
//! - `score(node)` = `mix(digest ^ mix(SEED + node))`, with `mix` the finalizer of `SplitMix64`
//!   (Steele, Lea, Flood 2014), all sums modulo 2^64,
//! - the highest score is preferred; equal scores go to the lower node id.

use quorate_protocol::{LogId, NodeId};

/// The ASCII bytes `QUORATE1`, big-endian. Frozen.
const SEED: u64 = u64::from_be_bytes(*b"QUORATE1");

/// The voters in the order in which the log's writes prefer them.
pub fn preference(log: &LogId, voters: impl IntoIterator<Item = NodeId>) -> Vec<NodeId> {
    let digest = digest(log);
    let mut scored: Vec<(u64, NodeId)> = voters.into_iter().map(|node| (score(digest, node), node)).collect();
    scored.sort_unstable_by(|(left, left_node), (right, right_node)| right.cmp(left).then(left_node.cmp(right_node)));
    scored.into_iter().map(|(_, node)| node).collect()
}

fn score(digest: u64, node: NodeId) -> u64 {
    mix(digest ^ mix(SEED.wrapping_add(u64::from(node.0))))
}

fn digest(log: &LogId) -> u64 {
    let namespace = log.namespace.0.to_be_bytes();
    let bytes = namespace.iter().chain(&log.key);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::quickcheck;

    fn order(log: &LogId, voters: u16) -> String {
        let order = preference(log, (1..=voters).map(NodeId));
        order.iter().map(|node| node.0.to_string()).collect::<Vec<_>>().join(",")
    }

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn splitmix_is_the_published_one() {
        // The first output of SplitMix64 seeded with 0.
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn the_vectors_are_frozen() {
        let vectors = include_str!("../tests/golden/placement.txt").lines().filter(|line| !line.starts_with('#'));
        let mut checked = 0;
        for vector in vectors {
            let key = vector.split(' ').next().unwrap();
            let log = LogId::of_key(bytes(key));
            let computed = format!("{key} {:016x} {} {}", digest(&log), order(&log, 3), order(&log, 5));
            assert_eq!(computed, vector);
            checked += 1;
        }
        assert_eq!(checked, 8);
    }

    #[test]
    fn keys_spread_evenly() {
        let mut first = [0_u32; 3];
        for key in 0..30_000_u32 {
            let log = LogId::of_key(key.to_string());
            let preferred = preference(&log, (1..=3).map(NodeId))[0];
            first[usize::from(preferred.0) - 1] += 1;
        }
        assert!(first.iter().all(|count| (9_600..=10_400).contains(count)), "{first:?}");
    }

    quickcheck! {
        fn a_voter_that_goes_moves_its_own_keys_alone(key: Vec<u8>, gone: u16) -> bool {
            let gone = NodeId(gone % 5);
            let log = LogId::of_key(key);
            let all: Vec<NodeId> = preference(&log, (0..5).map(NodeId));
            let rest = preference(&log, (0..5).map(NodeId).filter(|node| *node != gone));
            all.into_iter().filter(|node| *node != gone).eq(rest)
        }

        fn the_order_does_not_depend_on_how_voters_are_listed(key: Vec<u8>) -> bool {
            let log = LogId::of_key(key);
            preference(&log, (0..5).map(NodeId)) == preference(&log, (0..5).rev().map(NodeId))
        }
    }
}
