//! The list: every wrong variant by name, its number in the literature's lists, and who catches it.

/// What is expected of a wrong variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// One of these models finds it, tried in this order.
    CaughtBy(&'static [&'static str]),
    /// The design leaves no place for it; the line that does so. Not counted as caught.
    Impossible(&'static str),
}

/// A wrong variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name, as `--mutant` takes it.
    pub name: &'static str,
    /// Its number: of the kill table (`docs/mutants.md`), or N1 to N10.
    pub number: &'static str,
    /// What it does wrong.
    pub what: &'static str,
    /// Who finds it.
    pub expectation: Expectation,
}

const fn caught(name: &'static str, number: &'static str, what: &'static str, by: &'static [&'static str]) -> Listed {
    Listed { name, number, what, expectation: Expectation::CaughtBy(by) }
}

/// All of them.
pub fn list() -> Vec<Listed> {
    vec![
        caught("PromiseBeforeSync", "1", "a promise is told before it is durable", &["slot"]),
        caught("VoteBeforeSync", "2", "a vote is told before it is durable", &["slot"]),
        caught("PromiseInMemory", "3", "a restart forgets a promise", &["slot"]),
        caught("VoteBelowPromise", "4", "a vote below the promise", &["slot"]),
        caught("KeepOwnValue", "6", "a proposer keeps its value though a promise reports one", &["slot"]),
        caught("AdoptLowest", "7", "a proposer adopts the entry of the lowest ballot", &["slot"]),
        Listed {
            name: "CountTwice",
            number: "9",
            what: "a duplicate reply counts twice",
            expectation: Expectation::Impossible("PaxosLog::votes and Phase::Preparing::promises are a NodeSet"),
        },
        caught("CountOldPromise", "10", "a promise for another ballot is counted", &["slot"]),
        caught("ReuseIncarnation", "11", "a restarted node draws its old ballots again", &["restart"]),
        caught("OwnerByOwnBallot", "14", "a node owns the next slot since its ballot won", &["heir"]),
        caught("FastSkipsPromise", "15", "the fast accept skips the promise check", &["slot"]),
        caught("OwnerByNode", "16", "a restarted owner uses its fast ballot again", &["restart"]),
        caught("OpenEarly", "18", "the next slot opens when this one is only accepted", &["owner"]),
        caught("TrustAccepted", "20", "an accepted entry is taken for chosen", &["slot"]),
        caught("SkipRinse", "22", "a read ends although a slot above is accepted", &["read"]),
        caught("RinseFirstAnswer", "23", "rinsing ends on the first answer", &["rinse", "read"]),
        caught("LateReadReply", "25", "replies to an earlier read count", &["late"]),
        caught("RetryNewId", "28", "a retry goes out under a new id", &["requests"]),
        caught("LocalMismatch", "N1", "a mismatch is answered from the local entry", &["requests"]),
        caught("FirstAttemptExempt", "N2", "the first attempt is exempt from the base check", &["requests"]),
        caught("VersionIsSlot", "N3", "a version is the slot alone", &["requests"]),
        caught("CountUnsyncedVote", "N4", "a proposer counts its unsynced vote", &["slot"]),
        caught("ResolveUnfenced", "N5", "resolve says not-applied without a fence", &["resolve"]),
        caught("RetryMismatchUnslotted", "N6", "a retry is refused without a slot", &["requests"]),
        caught("OwnerByWinningBallot", "N7", "the winning ballot's node owns the next slot", &["heir"]),
        caught("CountBySlot", "N8", "a read counts votes by slot without ballot", &["read"]),
        caught("StaleReply", "N9", "a voter answers with a reply made before the read", &["late"]),
        caught("CancelRebased", "N10", "a cancellation takes a new base", &["outlived"]),
    ]
}
