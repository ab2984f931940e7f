//! The client's machines, `QuorumRead` and `WriteAttempt`, and the replies they work with.

use crate::mutants::listed::{Catcher, Layer::Client, Listed, caught, row};

pub(super) fn list() -> Vec<Listed> {
    [reads(), voters(), writes()].concat()
}

fn reads() -> Vec<Listed> {
    let twice = "QuorumRead::remember and voters_where (protocol/src/quorum_read.rs): one reply a voter is kept, and \
                 voters are counted in a NodeSet";
    vec![
        caught(
            Client,
            "SkipRinse",
            &["22", "M15", "R3y-a"],
            "a read compares chosen slots only: it ends although a slot above is accepted",
            &["late"],
        ),
        caught(Client, "RinseFirstAnswer", &["23"], "rinsing ends on the first answer", &["rinse"]),
        caught(Client, "ReadQuorumShort", &["24"], "a read quorum is one voter short", &["late"]),
        caught(Client, "LateReadReply", &["25", "M18", "R3y-c"], "replies to an earlier read count", &["late"]),
        caught(Client, "ReadLocal", &["26"], "a read ends with the first answer", &["late"]),
        caught(Client, "CountBySlot", &["N8", "M5", "R3y-b"], "a read counts votes by slot without ballot", &["read"]),
        caught(
            Client,
            "ReadNewestAccepted",
            &["M13", "M20"],
            "a read returns the newest vote of a majority, chosen or not",
            &["late"],
        ),
        caught(
            Client,
            "ReadFallsBack",
            &["M14"],
            "a reader whose patience runs out takes what is known chosen",
            &["rinse"],
        ),
        caught(
            Client,
            "ReadSingleEqual",
            &["M16"],
            "one voter of a majority that has nothing open is enough",
            &["late"],
        ),
        row(Client, "ReadCountTwice", &["M17"], "a voter counts twice in a read", Catcher::Impossible(twice)),
        caught(
            Client,
            "PendingEverywhere",
            &["M19"],
            "a slot that all voted in and none knows chosen is taken for not chosen",
            &["read"],
        ),
    ]
}

fn voters() -> Vec<Listed> {
    vec![
        caught(
            Client,
            "StaleReply",
            &["N9", "M18", "R3y-c"],
            "a voter answers with a reply it made before the read",
            &["late"],
        ),
        caught(
            Client,
            "ReadFromMemory",
            &["35", "M9", "R3x"],
            "a voter reports a vote that is not durable yet",
            &["late"],
        ),
        caught(
            Client,
            "LearningHidesVote",
            &["M24"],
            "a voter that learns its open slot chosen reports the slot before, without its vote",
            &["late"],
        ),
    ]
}

fn writes() -> Vec<Listed> {
    vec![
        row(
            Client,
            "TimeoutIsFailure",
            &["27"],
            "at its deadline a client takes what it does not know for not applied",
            Catcher::Scheduler(3),
        ),
        row(
            Client,
            "WithdrawnIsRefused",
            &["27"],
            "a request that was proposed and then withdrawn is answered: not applied",
            Catcher::Scheduler(3),
        ),
        caught(Client, "RetryNewId", &["28", "M21"], "a retry goes out under a new id", &["requests"]),
        caught(Client, "RetryNewBase", &["R5y"], "a retry names a base of its own", &["requests"]),
        caught(
            Client,
            "NoWindow",
            &["M21", "R5z"],
            "the window is not asked before a request is proposed",
            &["resolve"],
        ),
        caught(Client, "LocalMismatch", &["N1", "R5c"], "a mismatch is answered from the local entry", &["requests"]),
        caught(
            Client,
            "FirstAttemptExempt",
            &["N2", "R5x"],
            "the first attempt is exempt from the base check",
            &["requests"],
        ),
        caught(Client, "VersionIsSlot", &["N3"], "a version is the slot alone", &["requests"]),
        caught(Client, "ResolveUnfenced", &["N5"], "resolve says not-applied without a fence", &["resolve"]),
        caught(Client, "RetryMismatchUnslotted", &["N6", "R5d"], "a retry is refused without a slot", &["requests"]),
        caught(Client, "CancelRebased", &["N10"], "a cancellation takes a new base", &["outlived"]),
    ]
}
