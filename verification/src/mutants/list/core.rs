//! The core: what one replica may promise, vote for, take for chosen, and keep.

use crate::mutants::listed::{Catcher, Layer::Core, Listed, caught, row};

pub(super) fn list() -> Vec<Listed> {
    [durability(), proposing(), counting(), owning(), learning()].concat()
}

fn durability() -> Vec<Listed> {
    vec![
        caught(Core, "PromiseBeforeSync", &["1", "M9"], "a promise is told before it is durable", &["slot"]),
        caught(Core, "VoteBeforeSync", &["2", "M9"], "a vote is told before it is durable", &["slot"]),
        caught(Core, "PromiseInMemory", &["3"], "a restart forgets a promise", &["slot"]),
        caught(Core, "VoteBelowPromise", &["4"], "a vote below the promise", &["slot"]),
        caught(Core, "AcceptKeepsPromise", &["5"], "a vote does not raise the promise", &["restart"]),
        caught(
            Core,
            "StalePromise",
            &["M6"],
            "a vote is tested against the durable promise, while a higher one is being written",
            &["slot-unreduced"],
        ),
        caught(Core, "RestoreDropsVote", &["19"], "a restart forgets the vote in the open slot", &["restart"]),
        caught(Core, "RestoreDropsChosen", &["19"], "a restart forgets what was chosen", &["restart"]),
        caught(Core, "LearnOlder", &["M24"], "an older chosen entry replaces a newer one", &["k-behind"]),
        caught(Core, "CountUnsyncedVote", &["N4"], "a proposer counts its own vote before it is durable", &["slot"]),
    ]
}

fn proposing() -> Vec<Listed> {
    vec![
        caught(Core, "KeepOwnValue", &["6"], "a proposer keeps its value though a promise reports one", &["slot"]),
        caught(Core, "AdoptLowest", &["7"], "a proposer adopts the entry of the lowest ballot", &["k-settled"]),
        caught(Core, "AdoptLatest", &["7"], "a proposer adopts the entry that was reported last", &["k-settled"]),
        caught(
            Core,
            "AdoptRewritesOwner",
            &["R7x"],
            "a proposer makes itself the owner of the entry that it adopts",
            &["restart"],
        ),
        caught(
            Core,
            "SettleNoOp",
            &["M23"],
            "a slot is settled with the value chosen last, whatever the promises report",
            &["rinse"],
        ),
        caught(Core, "OmitReported", &["M7"], "a promise omits a vote that was reported before", &["k-twice"]),
        caught(Core, "ReuseIncarnation", &["11", "M1", "R1x"], "a restarted node draws its old ballots", &["restart"]),
        caught(Core, "SharedBallot", &["12"], "a ballot does not name its node: two draw the same", &["slot"]),
        caught(Core, "PrepareInRoundZero", &["17"], "prepares draw from the owner's round too", &["restart"]),
        caught(Core, "NoBackoff", &["36"], "a proposer that is passed prepares again at once", &["live-duel"]),
    ]
}

fn counting() -> Vec<Listed> {
    let twice = "NodeSet::insert (protocol/src/quorum.rs): votes and promises are sets of voters, so a duplicate \
                 counts once";
    let by_value = "Row (protocol/src/message.rs): a row names the ballot of its vote and not its value, so votes are \
                    counted by ballot alone";
    vec![
        caught(Core, "QuorumOfHalf", &["8"], "a majority is half of the voters", &["restart"]),
        caught(Core, "QuorumOfHalfIfEven", &["8b"], "a majority of four is two", &["k-four"]),
        row(Core, "CountTwice", &["9"], "a duplicate reply counts twice", Catcher::Impossible(twice)),
        caught(Core, "CountOldPromise", &["10"], "a promise for another ballot is counted", &["slot"]),
        caught(Core, "CountAnyBallot", &["M5"], "votes are counted by slot, whatever their ballots", &["restart"]),
        row(
            Core,
            "CountByValue",
            &["M5"],
            "votes of different ballots are counted together, since their values are equal",
            Catcher::Impossible(by_value),
        ),
        caught(
            Core,
            "CountLearner",
            &["M8"],
            "a peer that is past the slot counts as a vote for our entry",
            &["k-past"],
        ),
        caught(Core, "CountProposal", &["R4c"], "the sender of a proposal counts as a voter", &["restart"]),
        caught(
            Core,
            "FastChosen",
            &["M4", "R4b"],
            "of three, an acceptor that votes takes the slot for chosen, the proposer's vote being under way",
            &["restart"],
        ),
    ]
}

fn owning() -> Vec<Listed> {
    vec![
        caught(Core, "FastByAnyone", &["13"], "any node skips prepare in an untouched slot", &["restart"]),
        caught(
            Core,
            "FastByAnyoneOnce",
            &["M3"],
            "any node skips prepare, acceptors refuse a second fast proposal",
            &["slot"],
        ),
        caught(
            Core,
            "OwnerByOwnBallot",
            &["14", "M2", "R1z"],
            "a node owns the next slot since its ballot won",
            &["heir"],
        ),
        caught(Core, "OwnerByWinningBallot", &["N7", "R1z"], "the winning ballot's node owns the next slot", &["heir"]),
        caught(Core, "FastSkipsPromise", &["15"], "the fast accept skips the promise check", &["slot"]),
        caught(Core, "FastOverwrites", &["15"], "the fast accept overwrites a vote", &["restart"]),
        caught(Core, "OwnerByNode", &["16", "M1", "R1y"], "a restarted owner uses its fast ballot again", &["restart"]),
        row(
            Core,
            "OwnedSlotOne",
            &["R2x"],
            "the first voter owns slot 1, in whatever incarnation",
            Catcher::Scheduler(3),
        ),
    ]
}

fn learning() -> Vec<Listed> {
    let forget = "LogRecord (protocol/src/record.rs) and Entry::value (entry.rs): a delete leaves a tombstone in the \
                  record, and neither the Store trait (node/src/store/mod.rs) nor the core can remove a record";
    vec![
        caught(Core, "OpenEarly", &["18", "M12"], "the next slot opens when this one is only accepted", &["owner"]),
        caught(Core, "TrustAccepted", &["20"], "an accepted entry is taken for chosen", &["slot"]),
        caught(
            Core,
            "NoticeWithoutBallot",
            &["21"],
            "word that a slot is chosen makes our own vote in it chosen, whatever its ballot",
            &["slot"],
        ),
        row(
            Core,
            "TrustBelowNotice",
            &["M11"],
            "word that a later slot is chosen makes our own vote in this one chosen",
            Catcher::Scheduler(3),
        ),
        row(
            Core,
            "ForgetTombstone",
            &["M22"],
            "a deleted key's record is dropped, and its slots start again",
            Catcher::Impossible(forget),
        ),
    ]
}
