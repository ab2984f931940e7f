//! The claims.

use super::Claim;
use quorate_spec::Property as P;

/// All of them.
pub fn claims() -> &'static [Claim] {
    &CLAIMS
}

const PAPER: &str = "protocol/tests/suite/paper.rs";
const RULES: &str = "protocol/tests/suite/rules.rs";
const READS: &str = "protocol/tests/suite/reads.rs";
const ATTEMPTS: &str = "protocol/tests/suite/attempts.rs";
const WINDOW: &str = "protocol/tests/suite/window.rs";
const SESSIONS: &str = "protocol/tests/suite/sessions.rs";
const REGRESSIONS: &str = "protocol/tests/suite/regressions.rs";
const KILL: &str = "verification/faults/tests/kill.rs";
const SIMULATOR: &str = "verification/faults/tests/simulator.rs";
const DURABILITY: &str = "node/driver/tests/durability.rs";

const CLAIMS: [Claim; 12] = [
    Claim {
        title: "One entry a slot",
        says: "In a slot of a log at most one entry is ever chosen, whatever is lost, late, repeated or out of order, \
               and whoever crashes with whatever unsynced; each step of the shipped core is one of Lamport's Voting.",
        properties: &[P::Agreement, P::OneEntryABallot, P::Refinement],
        models: &["voting*", "eager-voting*", "consensus", "tpaxos*"],
        layers: &["walk"],
        tests: &[
            (PAPER, "it_adopts_the_entry_of_the_highest_ballot_that_the_majority_reports"),
            (PAPER, "a_slot_is_chosen_by_durable_votes_of_a_majority_in_one_ballot"),
            (SIMULATOR, "a_thousand_seeds_hold"),
        ],
    },
    Claim {
        title: "What was told is on disk",
        says: "A promise or a vote that another node has heard of survives any crash of the one that gave it.",
        properties: &[P::PromiseDurable, P::DurableBeforeTold],
        models: &[],
        layers: &[],
        tests: &[
            (PAPER, "a_promise_leaves_when_it_is_durable_and_not_before"),
            (PAPER, "a_vote_leaves_when_it_is_durable_and_not_before"),
            (DURABILITY, "nothing_that_rests_on_a_dropped_write_ever_left"),
            ("node/tests/processes/syncs.rs", "every_commit_is_a_call_of_fdatasync"),
            (KILL, "writes_that_are_lost_are_found"),
        ],
    },
    Claim {
        title: "The owner skips the prepare",
        says: "Whoever proposed the entry chosen last writes the next one in one round; nobody else does, nor a later \
               start of the same node.",
        properties: &[P::Owner, P::Incarnation, P::Order],
        models: &[],
        layers: &[],
        tests: &[
            (PAPER, "nobody_else_does_nor_a_later_start_of_it_nor_anybody_in_slot_1"),
            (PAPER, "an_owner_has_one_fast_proposal_a_slot"),
        ],
    },
    Claim {
        title: "What is held as chosen is chosen",
        says: "A replica takes an entry for chosen only if a majority has voted for it, and it was proposed; whoever \
               completes an entry keeps it as it is.",
        properties: &[P::LearnedIsChosen, P::Validity, P::Adoption],
        models: &[],
        layers: &[],
        tests: &[
            (PAPER, "whoever_completes_an_entry_its_requests_are_answered_and_its_owner_stays"),
            (RULES, "settling_completes_what_was_accepted_and_adds_nothing"),
        ],
    },
    Claim {
        title: "A request applies at most once",
        says: "However often and wherever a request is tried, and however late an attempt arrives, it is recorded in \
               one slot at most; versions of a key's writes are unique and rise.",
        properties: &[P::AtMostOnce, P::Window, P::Versions],
        models: &[],
        layers: &[],
        tests: &[
            (WINDOW, "above_the_floor_a_request_may_be_proposed_and_below_it_nobody_can_tell"),
            (ATTEMPTS, "every_attempt_carries_the_same_id_and_base_to_the_next_replica"),
            (RULES, "a_second_attempt_of_a_request_that_waits_shares_its_answer"),
        ],
    },
    Claim {
        title: "What a client was told stays true",
        says: "Done is recorded, refused never applies, and what may yet apply is called unknown.",
        properties: &[P::TrueOutcomes, P::UnknownIsHonest],
        models: &[],
        layers: &[],
        tests: &[
            (RULES, "what_was_proposed_ends_as_unknown_and_what_never_was_as_not_applied"),
            (ATTEMPTS, "with_every_attempt_refused_it_is_surely_not_applied"),
            (ATTEMPTS, "a_resolve_never_takes_a_new_base"),
        ],
    },
    Claim {
        title: "Reads are fresh",
        says: "A linearizable read returns a chosen entry, of a slot not below any that was chosen before it began, \
               and writes nothing.",
        properties: &[P::FreshReads, P::ReadsAreChosen],
        models: &[],
        layers: &[],
        tests: &[
            (READS, "the_rule_table"),
            (READS, "replies_to_other_reads_of_strangers_and_impossible_ones_count_nothing"),
            (READS, "the_newest_reply_of_a_voter_counts_and_a_late_older_one_does_not"),
        ],
    },
    Claim {
        title: "What a session has seen it never unsees",
        says: "A causal read of a session is not below what the session, or one that handed its token on to it, had seen \
               of the key, and returns a chosen entry. Once nobody writes, what a replica answers to weak reads becomes \
               what is chosen, within the stated number of refreshes. Nothing is said of sessions that hand on no token.",
        properties: &[P::NeverUnseen, P::Convergence],
        models: &["sessions*"],
        layers: &[],
        tests: &[
            (SESSIONS, "a_session_is_done_with_the_first_answer_that_is_late_enough"),
            (SESSIONS, "a_full_token_takes_no_key_in_and_says_so"),
        ],
    },
    Claim {
        title: "Histories are linearizable",
        says: "What clients of real processes saw, under kills and stops, has an order key by key; outcomes that \
               nobody knows are left open. Shown for the runs that were made, and for no others.",
        properties: &[P::Linearizability],
        models: &[],
        layers: &["checkers"],
        tests: &[
            (KILL, "each_node_killed_three_times_loses_nothing"),
            (KILL, "each_node_stopped_for_seconds_loses_nothing"),
            (KILL, "all_three_killed_at_once_lose_nothing"),
            ("verification/history/tests/corpus.rs", "verdicts_are_those_of_porcupine"),
        ],
    },
    Claim {
        title: "A healed cluster answers",
        says: "From every state of the models that ask: once nothing is lost any more and the schedule is fair, \
               everything is answered within the stated number of steps, duelling proposers included.",
        properties: &[P::Progress, P::BoundedContention],
        models: &[],
        layers: &[],
        tests: &[
            (REGRESSIONS, "losing_slot_after_slot_ends_with_an_answer"),
            (RULES, "what_goes_unanswered_is_sent_again"),
        ],
    },
    Claim {
        title: "A lost disk comes back safely",
        says: "The rule by which a node that lost its disk votes again, as a pure machine over the shipped core. The \
               node does not use it yet: it refuses an empty directory.",
        properties: &[],
        models: &["rejoin*"],
        layers: &["rejoin"],
        tests: &[],
    },
    Claim {
        title: "Threads hand over without loss",
        says: "What crosses threads in a node, explored by loom: what was exhausted and what was bounded is in the \
               page on mutants.",
        properties: &[],
        models: &[],
        layers: &["handoff"],
        tests: &[],
    },
];
