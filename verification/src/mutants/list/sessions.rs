//! Sessions: what a token remembers, which answer is late enough, and what brings a replica up.

use crate::mutants::listed::{Catcher::Sessions, Layer::Client, Listed, row};

const fn caught(
    name: &'static str,
    numbers: &'static [&'static str],
    what: &'static str,
    models: &'static [&'static str],
) -> Listed {
    row(Client, name, numbers, what, Sessions(models))
}

pub(super) fn list() -> Vec<Listed> {
    vec![
        caught("SeenReadIgnored", &["S1"], "what a session reads does not count as seen", &["sessions"]),
        caught("SeenWriteIgnored", &["S2"], "what a session writes does not count as seen", &["sessions"]),
        caught("SeenOtherKey", &["S3"], "a session's floor is looked up under another key", &["sessions"]),
        caught("SeenFalls", &["S4"], "an older answer lowers what a session has seen", &["sessions"]),
        caught("SeenFullSilently", &["S5"], "a token that is full does not say so", &["sessions-full"]),
        caught("SeenMergeKeepsOwn", &["S6"], "a token handed on does not raise a key that is known", &["sessions"]),
        caught("SeenMergeForgetsFull", &["S7"], "that a token is full is not handed on", &["sessions-full"]),
        caught("SessionBelowFloor", &["S8"], "a session takes the first answer, whatever it has seen", &["sessions"]),
        caught("SessionTakesVote", &["S9"], "a session takes a vote whose slot is late enough", &["sessions-duel"]),
        caught(
            "BringUpVotersAlone",
            &["S10"],
            "a replica that is behind is brought up only if it voted in its open slot",
            &["sessions"],
        ),
        caught(
            "BringUpHelpsAlone",
            &["S11"],
            "a replica that is behind is asked to send its vote on, and nothing else",
            &["sessions-lost"],
        ),
        caught("SeenFillsUp", &["S12"], "a token that is full takes a key in at a lower slot", &["sessions-full"]),
        caught(
            "SeenMergeKeepsUnknown",
            &["S13"],
            "a key keeps its floor where a full token that has not got it is handed on",
            &["sessions-full"],
        ),
    ]
}
