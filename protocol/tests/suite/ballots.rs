//! Laws of ballots that are drawn one after the other. (Those of two or three ballots are in `laws`.)

use quickcheck::quickcheck;
use quorate_protocol::{Ballot, Incarnation, NodeId, Owner};
use std::collections::BTreeSet;

fn owner((node, incarnation): (u8, u8)) -> Owner {
    // Incarnations start at 1, and few nodes make proposers meet.
    Owner { node: NodeId(u16::from(node % 4)), incarnation: Incarnation(1 + u32::from(incarnation % 3)) }
}

fn ballot((round, node, incarnation): (u32, u16, u32)) -> Ballot {
    Ballot { round, node: NodeId(node), incarnation: Incarnation(incarnation) }
}

quickcheck! {
    fn ballots_are_ordered_as_their_fields_are_written(one: (u32, u16, u32), two: (u32, u16, u32)) -> bool {
        ballot(one).cmp(&ballot(two)) == one.cmp(&two) && (ballot(one) == ballot(two)) == (one == two)
    }

    fn whoever_draws_each_next_ballot_they_rise_and_none_comes_twice(drawn_by: Vec<(u8, u8)>) -> bool {
        let mut last = Ballot::ZERO;
        let mut seen = BTreeSet::from([last]);
        drawn_by.into_iter().map(owner).all(|proposer| {
            let before = last;
            last = before.above(proposer);
            last > before && last.proposer() == proposer && !last.is_fast() && seen.insert(last)
        })
    }

    fn what_two_proposers_draw_apart_from_each_other_is_never_one_ballot(
        from: (u32, u16, u32), one: Vec<(u8, u8)>, two: Vec<(u8, u8)>
    ) -> bool {
        let drawn = |by: &[(u8, u8)]| -> BTreeSet<Ballot> {
            let chain = by.iter().scan(ballot(from), |last, who| {
                *last = last.above(owner(*who));
                Some(*last)
            });
            chain.chain(by.iter().map(|who| Ballot::fast(owner(*who)))).collect()
        };
        let others = |ballots: BTreeSet<Ballot>, by: &[(u8, u8)]| {
            ballots.into_iter().filter(|ballot| by.iter().all(|who| owner(*who) != ballot.proposer())).count()
        };
        let shared: BTreeSet<Ballot> = drawn(&one).intersection(&drawn(&two)).copied().collect();
        others(shared.clone(), &one) == 0 && others(shared, &two) == 0
    }

    fn every_fast_ballot_is_below_every_prepared_one(fast: (u8, u8), from: (u32, u16, u32), by: (u8, u8)) -> bool {
        Ballot::fast(owner(fast)) < ballot(from).above(owner(by))
    }
}
