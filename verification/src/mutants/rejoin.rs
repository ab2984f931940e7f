//! The rule for coming back after a disk loss, with parts left out: rows 6 to 6t of the red team's table.
//!
//! The shipped rule fences the next slot. Where every vote is durable before its accept leaves, the rule
//! needs no fence, and then every other part of it is needed; beside the fence some are not. Both are shown.

/// What is expected of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The model finds it.
    Caught,
    /// It is harmless: the model is exhausted with it. The reason.
    Survives(&'static str),
}

/// The rule without some of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RejoinVariant {
    /// Its name, as `--mutant` takes it.
    pub name: &'static str,
    /// Its number in the red team's table.
    pub number: &'static str,
    /// What is left out.
    pub what: &'static str,
    /// The parts, by the names of `RejoinPart`.
    pub parts: &'static [&'static str],
    /// Who judges it.
    pub model: &'static str,
    /// What must come of it.
    pub fate: Fate,
}

const fn row(
    number: &'static str,
    name: &'static str,
    what: &'static str,
    parts: &'static [&'static str],
    model: &'static str,
    fate: Fate,
) -> RejoinVariant {
    RejoinVariant { name, number, what, parts, model, fate }
}

/// One that no model could find, since there is no place for it.
pub const NO_PLACE: [(&str, &str, &str); 1] = [(
    "6t",
    "a wiped owner of slot 1 uses its round 0 again",
    "LogRecord::fast_ballot is None without a chosen entry: slot 1 has no owner",
)];

/// All of them.
pub fn rejoin_variants() -> Vec<RejoinVariant> {
    use Fate::{Caught, Survives};
    vec![
        // The shipped rule, a part left out.
        row("6b", "RejoinNoFence", "the next slot is not fenced", &["Fence"], "rejoin-crash", Caught),
        row(
            "6c",
            "RejoinNoFencePrepared",
            "nor where every accept follows a prepare",
            &["Fence"],
            "rejoin-prepared",
            Caught,
        ),
        row("6p", "RejoinSkipsOpenSlots", "a slot found open is left open", &["OpenSlots"], "rejoin-crash", Caught),
        row(
            "6p",
            "RejoinWithoutChosen",
            "what the first voter asked knows chosen is held for the highest",
            &["HighestChosen"],
            "rejoin-behind",
            Caught,
        ),
        row(
            "6r",
            "RejoinEarlyRows",
            "votes are looked for in the first rows alone, not in the fence's answers",
            &["FenceVotes"],
            "rejoin-crash",
            Caught,
        ),
        row("6s", "RejoinAtMajority", "one of two others is enough", &["EveryVoter"], "rejoin-crash", Caught),
        row(
            "31",
            "RejoinVotesAtOnce",
            "every part is left out: it votes after a word of one other voter",
            &[
                "Fence",
                "FenceVotes",
                "OpenSlots",
                "HighestChosen",
                "EveryVoter",
                "RowsAfter",
                "OldProposals",
                "OwnProposals",
                "OldPromises",
                "OldVotes",
            ],
            "rejoin",
            Caught,
        ),
        // Without the fence, votes durable before accepts leave: that alone, and each other part left out.
        row(
            "6",
            "RejoinUnfenced",
            "no fence, but votes are durable before accepts leave",
            &["Fence"],
            "rejoin-promise",
            Survives("no accept is under way whose proposer does not show its vote"),
        ),
        row(
            "6p",
            "RejoinAcceptsOld",
            "no fence; the others vote for old proposals",
            &["Fence", "OldProposals"],
            "rejoin-persist",
            Caught,
        ),
        row(
            "6p",
            "RejoinKeepsOldPromises",
            "no fence; old promises are counted",
            &["Fence", "OldPromises"],
            "rejoin-promise",
            Caught,
        ),
        row(
            "6p",
            "RejoinUnfencedSkipsOpenSlots",
            "no fence; a slot found open is left open",
            &["Fence", "OpenSlots"],
            "rejoin-persist",
            Caught,
        ),
        row(
            "6r",
            "RejoinEarlySnapshot",
            "no fence; rows are read before the incarnation is recorded",
            &["Fence", "RowsAfter"],
            "rejoin-persist",
            Caught,
        ),
        row(
            "6s",
            "RejoinUnfencedAtMajority",
            "no fence; one of two others is enough",
            &["Fence", "EveryVoter"],
            "rejoin-persist",
            Caught,
        ),
        row(
            "6q",
            "RejoinKeepsOldVotes",
            "no fence; old votes are counted",
            &["Fence", "OldVotes"],
            "rejoin-promise",
            Survives("a vote that was durable once was cast, and whoever else voted shows the slot open"),
        ),
        row(
            "6a",
            "RejoinNoOwnRefusal",
            "no fence; the node votes for its own old proposals",
            &["Fence", "OwnProposals"],
            "rejoin-relay",
            Survives(
                "a replica sends itself nothing, and who relays a proposal has voted for it, which shows the slot open",
            ),
        ),
        // Beside the fence, what is refused by incarnation is belt and braces.
        row(
            "6a",
            "RejoinFencedNoOwnRefusal",
            "the node votes for its own old proposals",
            &["OwnProposals"],
            "rejoin",
            Survives("its first promise is the fence, above every old proposal"),
        ),
        row(
            "6p",
            "RejoinFencedAcceptsOld",
            "the others vote for old proposals",
            &["OldProposals"],
            "rejoin",
            Survives("the others have promised the fence, above every old proposal"),
        ),
        row(
            "6p",
            "RejoinFencedKeepsOldPromises",
            "old promises are counted",
            &["OldPromises"],
            "rejoin-crash",
            Survives("the fence ends the round they were made for"),
        ),
        row(
            "6q",
            "RejoinFencedKeepsOldVotes",
            "old votes are counted",
            &["OldVotes"],
            "rejoin-crash",
            Survives("nobody votes below the fence any more, and who has is seen"),
        ),
        row(
            "6r",
            "RejoinFencedEarlySnapshot",
            "rows are read before the incarnation is recorded",
            &["RowsAfter"],
            "rejoin-crash",
            Survives("the fence's answers are rows of after the loss, whatever was read before"),
        ),
    ]
}

#[cfg(feature = "mutants")]
mod hunt {
    use super::{Fate, RejoinVariant, rejoin_variants};
    use crate::check::{Limits, Outcome, Progress, Verdict};
    use crate::rejoin::{find, run};
    use quorate_protocol::{RejoinPart, leave_out};
    use std::time::Duration;

    /// Leaves out the parts of the variant of this name. Says whether there is one.
    pub fn switch_on_rejoin(name: &str) -> bool {
        let variant = rejoin_variants().into_iter().find(|variant| variant.name.eq_ignore_ascii_case(name));
        let Some(variant) = variant else { return false };
        let named = |part: &&RejoinPart| variant.parts.contains(&format!("{part:?}").as_str());
        let parts: Vec<RejoinPart> = RejoinPart::ALL.iter().filter(named).copied().collect();
        leave_out(&parts);
        parts.len() == variant.parts.len()
    }

    /// Runs each variant against its model; hands on each with what came of it, and whether that is what
    /// must come of it.
    pub fn hunt_rejoin(
        threads: usize,
        budget: Duration,
        progress: &mut Progress,
        mut row: impl FnMut(&RejoinVariant, &Outcome, bool),
    ) -> bool {
        let limits = Limits { threads, generated: None, time: Some(budget), depth_first: false };
        let mut all = true;
        for variant in rejoin_variants() {
            let ran = find(variant.model)
                .filter(|_| switch_on_rejoin(variant.name))
                .and_then(|scenario| run(scenario, limits, progress).ok());
            let Some(outcome) = ran else { return false };
            let right = match variant.fate {
                Fate::Caught => outcome.verdict == Verdict::Violated,
                Fate::Survives(_) => outcome.verdict == Verdict::Exhausted,
            };
            row(&variant, &outcome, right);
            all &= right;
        }
        leave_out(&[]);
        all
    }
}

#[cfg(feature = "mutants")]
pub use hunt::{hunt_rejoin, switch_on_rejoin};
