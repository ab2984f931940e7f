//! What three nodes do not show, or what the literature shows at five: seeded walks of the shipped core over disks
//! that lose and a network that loses, repeats and reorders, from empty logs. A walk is not exhaustive.

use crate::mutants::listed::{Catcher::Walk, Layer, Listed, row};

const fn walk(name: &'static str, numbers: &'static [&'static str], what: &'static str) -> Listed {
    row(Layer::Walk, name, numbers, what, Walk(5))
}

pub(super) fn list() -> Vec<Listed> {
    vec![
        walk("QuorumOfTwo", &["8"], "two voters are a majority: true of three, wrong of five"),
        walk("TwoVotesAreEnough", &["M4"], "fast chosen at five: a vote and the proposer's are taken for a majority"),
        walk("OwnerByOwnBallot", &["M2"], "a node owns the next slot since its ballot won"),
        walk("FastByAnyoneOnce", &["M3"], "any node skips prepare, acceptors refuse a second fast proposal"),
        walk("AdoptLowest", &["7"], "a proposer adopts the entry of the lowest ballot"),
        walk("ReadQuorumShort", &["24"], "a read quorum is one voter short"),
        walk("ReadNewestAccepted", &["M20"], "a read returns the newest vote of a majority, chosen or not"),
        walk("CountBySlot", &["M5"], "a read counts votes by slot without ballot"),
    ]
}
