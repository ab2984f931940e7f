//! Harmless variants. A checker that blames one of them is imprecise.

use crate::mutants::listed::{Catcher::Nobody, Layer, Listed, row};

/// One slot, crashes, owners and their restarts.
const LOGS: &[&str] = &["restart", "owner", "slot"];
const QUICK_LOGS: &[&str] = &["restart", "owner"];
const READS: &[&str] = &["late", "read", "rinse"];
const QUICK_READS: &[&str] = &["late", "read"];
/// Where a reader has a vote relayed, a proposal may come with a promise above it.
const RELAYS: &[&str] = &["restart", "k-relay", "rinse", "slot"];

pub(super) fn list() -> Vec<Listed> {
    let control =
        |name, numbers, what, models, quick| row(Layer::Controls, name, numbers, what, Nobody { models, quick });
    vec![
        control(
            "AcceptBeforePromise",
            &["C1"],
            "the accept is tested against the old promise, which is raised then (TPaxosAP)",
            RELAYS,
            &["restart", "k-relay"],
        ),
        control(
            "AdoptFromAll",
            &["C2"],
            "the entry to adopt is taken from all rows heard of, not from promises alone",
            LOGS,
            &["slot"],
        ),
        control(
            "ExtraPromise",
            &["C3"],
            "an acceptor that refuses a proposal promises more than it was asked for",
            LOGS,
            QUICK_LOGS,
        ),
        control("ReadFromMore", &["C4"], "a read waits for one answer more than a majority", READS, QUICK_READS),
        control(
            "RinseMore",
            &["C5"],
            "a read rinses while any voter reports a slot above, though a majority reports none",
            READS,
            QUICK_READS,
        ),
        control(
            "SyncChosen",
            &["C6"],
            "that a slot is chosen is written at once, though a durable vote of ours holds its entry",
            LOGS,
            QUICK_LOGS,
        ),
    ]
}
