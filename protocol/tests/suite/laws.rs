//! Laws of ballots, of sets of voters and of majorities.

use crate::support::*;
use quickcheck::{Arbitrary, Gen, quickcheck};
use quorate_protocol::{Ballot, Config, ConfigError, Incarnation, NodeId, NodeSet, Owner, Replica, VOTERS_MAX};
use std::cmp::Ordering;

#[derive(Clone, Copy, Debug)]
struct Any(Ballot);

/// Small numbers, so that ballots often differ in one field alone or in none, and the ends of their ranges.
impl Arbitrary for Any {
    fn arbitrary(g: &mut Gen) -> Self {
        let round = *g.choose(&[0, 0, 1, 2, u32::MAX - 1, u32::MAX]).unwrap();
        let node = NodeId(*g.choose(&[0, 1, 2, u16::MAX]).unwrap());
        let incarnation = Incarnation(*g.choose(&[0, 1, 2, u32::MAX]).unwrap());
        Self(Ballot { round, node, incarnation })
    }
}

quickcheck! {
    fn ballots_are_totally_ordered(a: Any, b: Any, c: Any) -> bool {
        let (Any(a), Any(b), Any(c)) = (a, b, c);
        let antisymmetric = a.cmp(&b) == b.cmp(&a).reverse();
        let transitive = !(a <= b && b <= c) || a <= c;
        antisymmetric && transitive && a.partial_cmp(&b) == Some(a.cmp(&b))
    }

    fn ballots_are_equal_exactly_where_neither_is_above(a: Any, b: Any) -> bool {
        let (Any(a), Any(b)) = (a, b);
        (a == b) == (a.cmp(&b) == Ordering::Equal)
            && (a == b) == (a.round == b.round && a.proposer() == b.proposer())
    }

    fn rounds_come_first(a: Any, b: Any) -> bool {
        a.0.round >= b.0.round || a.0 < b.0
    }

    fn above_is_above_needs_a_prepare_and_belongs_to_the_proposer(a: Any, b: Any) -> bool {
        let proposer = b.0.proposer();
        let above = a.0.above(proposer);
        above.proposer() == proposer && !above.is_fast() && (above > a.0 || a.0.round == u32::MAX)
    }

    fn two_proposers_never_draw_one_ballot(a: Any, b: Any, one: Any, two: Any) -> bool {
        let (one, two) = (one.0.proposer(), two.0.proposer());
        one == two || a.0.above(one) != b.0.above(two) && Ballot::fast(one) != Ballot::fast(two)
    }

    fn no_ballot_that_a_node_can_draw_is_none(a: Any, b: Any) -> bool {
        let proposer = Owner { incarnation: Incarnation(b.0.incarnation.0.max(1)), ..b.0.proposer() };
        !Ballot::fast(proposer).is_none() && !a.0.above(proposer).is_none() && Ballot::fast(proposer) > Ballot::ZERO
    }
}

fn subset(config: &Config, bits: u32) -> NodeSet {
    let members = config.voters().iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
    members.fold(NodeSet::default(), |set, (_, node)| set.with(config, *node))
}

#[test]
fn any_two_majorities_share_a_voter_and_no_smaller_set_is_one() {
    for voters in 1..=u16::try_from(VOTERS_MAX).unwrap() {
        let config = config(voters);
        let all = 1_u32 << voters;
        let majorities: Vec<u32> = (0..all).filter(|bits| config.is_majority(subset(&config, *bits))).collect();
        assert!(majorities.iter().all(|one| majorities.iter().all(|two| one & two != 0)), "{voters}");
        for bits in 0..all {
            let (set, rest) = (subset(&config, bits), subset(&config, all - 1 - bits));
            let majority = config.is_majority(set);
            assert!(!(majority && config.is_majority(rest)));
            assert_eq!(majority, set.len() >= config.majority());
            assert!(voters % 2 == 0 || majority || config.is_majority(rest), "of an odd number, one side is");
        }
    }
}

#[test]
fn sets_of_voters_are_sets() {
    let config = config(5);
    for (one, two) in (0..32).flat_map(|one| (0..32).map(move |two| (one, two))) {
        let (a, b) = (subset(&config, one), subset(&config, two));
        assert_eq!(a.union(b), subset(&config, one | two));
        assert_eq!(a.without(b), subset(&config, one & !two));
        assert_eq!(a.len(), one.count_ones() as usize);
        assert_eq!(a.is_empty(), one == 0);
        for (at, node) in config.voters().iter().enumerate() {
            assert_eq!(a.contains(&config, *node), one & (1 << at) != 0);
            let mut less = a;
            less.remove(&config, *node);
            assert_eq!(less, subset(&config, one & !(1 << at)));
        }
        let listed: Vec<NodeId> = a.iter(&config).collect();
        assert!(listed.is_sorted() && listed.len() == a.len());
    }
    assert_eq!(config.everyone(), subset(&config, 31));
    assert_eq!(config.others(B), subset(&config, 29));
}

#[test]
fn strangers_are_in_no_set() {
    let config = config(3);
    let stranger = NodeId(9);
    let set = NodeSet::default().with(&config, stranger);
    assert!(set.is_empty() && !set.contains(&config, stranger));
    assert_eq!(config.others(stranger), config.everyone());
}

#[test]
fn configurations_that_cannot_be_are_refused() {
    let of = |nodes: &[u16]| Config::new(1.into(), nodes.iter().copied().map(NodeId));
    assert_eq!(of(&[]), Err(ConfigError::VoterCount { given: 0 }));
    assert_eq!(of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), Err(ConfigError::VoterCount { given: 10 }));
    assert_eq!(of(&[3, 1, 3]), Err(ConfigError::DuplicateVoter));
    assert_eq!(of(&[3, 1, 2]).unwrap().voters(), [A, B, C]);
    assert_eq!(Replica::new(NodeId(4), Incarnation(1), config(3)), Err(ConfigError::NotAVoter(NodeId(4))));
    assert_eq!(Replica::new(A, Incarnation(0), config(3)), Err(ConfigError::Incarnation));
}
