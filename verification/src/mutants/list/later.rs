//! Numbers of the lists that are not of the core, the client or the handoff: where they belong, and what catches them
//! today. A simulator of whole nodes and faults on real processes are to come.

use crate::mutants::listed::{Catcher::Later, Layer, Listed, row};

const fn later(
    name: &'static str,
    numbers: &'static [&'static str],
    what: &'static str,
    why: &'static str,
    test: Option<&'static str>,
) -> Listed {
    row(Layer::Later, name, numbers, what, Later { why, test })
}

pub(super) fn list() -> Vec<Listed> {
    vec![
        later(
            "SyncRetried",
            &["29"],
            "a failed sync is tried again and then taken for success",
            "the node's writer and its disk",
            Some("node/tests/engine.rs: a_failed_commit_ends_the_engine_and_what_was_proposed_is_unknown"),
        ),
        later(
            "CorruptIsAbsent",
            &["30"],
            "a record that fails its checksum reads as absent",
            "the node's store",
            Some("node/driver/tests/driver.rs: a_corrupt_log_neither_votes_nor_answers_and_the_others_go_on"),
        ),
        later(
            "WrongLog",
            &["37"],
            "a record or message of one key is applied to another, or of another cluster taken",
            "the node's store and listener",
            Some("node/tests/record_codec.rs: a_record_of_another_key_or_epoch_is_none"),
        ),
        later(
            "WallClock",
            &["38"],
            "a timer follows the wall clock",
            "the node's clock; the core has none (no_std), the engine counts from an Instant (node/src/engine/shared.rs)",
            None,
        ),
        later(
            "EpochsMixed",
            &["M17"],
            "replies of two configurations are counted together",
            "membership; today PaxosLog::admit and the hello refuse another epoch",
            Some("node/tests/processes/hostile.rs: hellos_are_refused_with_their_reason"),
        ),
    ]
}
