//! The numbered properties. `PROPERTIES.md` says them in full, with their sources.

use core::fmt;

/// A property of Quorate. The numbers are fixed, since others cite them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Property {
    /// P1. In one slot of one log at most one entry is chosen.
    Agreement = 1,
    /// P2. A chosen entry was proposed.
    Validity = 2,
    /// P3. All proposals and votes of one (slot, ballot) hold one entry.
    OneEntryABallot = 3,
    /// P4. A durable promise never falls within a slot; no vote is below it.
    PromiseDurable = 4,
    /// P5. A vote in slot s+1 only by a replica that holds the entry chosen at s.
    Order = 5,
    /// P6. Round 0 of slot s+1 is used only by the owner in the entry chosen at s, with one entry.
    Owner = 6,
    /// P7. What left a replica was durable there; votes counted are durable.
    DurableBeforeTold = 7,
    /// P8. What a replica holds as chosen is chosen.
    LearnedIsChosen = 8,
    /// P9. A request id is recorded at most once over the chosen entries of its log.
    AtMostOnce = 9,
    /// P10. What a client was told agrees with the chosen entries, for ever.
    TrueOutcomes = 10,
    /// P11. An entry holds every request id recorded above its floor.
    Window = 11,
    /// P12. Versions of a log's writes are unique and strictly increasing.
    Versions = 12,
    /// P13. A linearizable read is not below any slot chosen before it began.
    FreshReads = 13,
    /// P14. What a read returns for a slot is what is chosen there.
    ReadsAreChosen = 14,
    /// P15. Each key's history, unknown outcomes left open, is linearizable.
    Linearizability = 15,
    /// P16. A restarted node uses no ballot of an earlier incarnation for a proposal.
    Incarnation = 16,
    /// P17. The prepares for one request are bounded.
    BoundedContention = 17,
    /// P18. What may yet apply is reported unknown.
    UnknownIsHonest = 18,
    /// P19. Adoption keeps an entry byte for byte.
    Adoption = 19,
    /// P20. Every step of a replica is steps of Voting, or a stutter.
    Refinement = 20,
    /// P21. A healed cluster answers every request within a bounded number of steps.
    Progress = 21,
    /// P22. What a session has seen, its causal reads never unsee.
    NeverUnseen = 22,
    /// P23. Once writes stop, what a replica answers to weak reads becomes what is chosen.
    Convergence = 23,
}

impl Property {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 23] = [
        Self::Agreement,
        Self::Validity,
        Self::OneEntryABallot,
        Self::PromiseDurable,
        Self::Order,
        Self::Owner,
        Self::DurableBeforeTold,
        Self::LearnedIsChosen,
        Self::AtMostOnce,
        Self::TrueOutcomes,
        Self::Window,
        Self::Versions,
        Self::FreshReads,
        Self::ReadsAreChosen,
        Self::Linearizability,
        Self::Incarnation,
        Self::BoundedContention,
        Self::UnknownIsHonest,
        Self::Adoption,
        Self::Refinement,
        Self::Progress,
        Self::NeverUnseen,
        Self::Convergence,
    ];

    /// Its number, from 1.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Its name in prose, as in the headings of `PROPERTIES.md`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agreement => "Agreement",
            Self::Validity => "Validity",
            Self::OneEntryABallot => "One entry a ballot",
            Self::PromiseDurable => "Promise durable",
            Self::Order => "Order",
            Self::Owner => "Owner",
            Self::DurableBeforeTold => "Durable before told",
            Self::LearnedIsChosen => "Learned is chosen",
            Self::AtMostOnce => "At most once",
            Self::TrueOutcomes => "True outcomes",
            Self::Window => "Window",
            Self::Versions => "Versions",
            Self::FreshReads => "Fresh reads",
            Self::ReadsAreChosen => "Reads are of chosen values",
            Self::Linearizability => "Linearizability",
            Self::Incarnation => "Incarnation",
            Self::BoundedContention => "Bounded contention",
            Self::UnknownIsHonest => "Unknown is honest",
            Self::Adoption => "Adoption keeps an entry",
            Self::Refinement => "Refinement of Voting",
            Self::Progress => "Progress once healed",
            Self::NeverUnseen => "What was seen is never unseen",
            Self::Convergence => "Weak reads converge",
        }
    }

    /// What the literature calls it.
    pub const fn in_the_literature(self) -> &'static str {
        match self {
            Self::Agreement => "Consistency, Agreement",
            Self::Validity => "Nontriviality, Validity",
            Self::OneEntryABallot => "OneValuePerBallot",
            Self::PromiseDurable => "requirement P1a of phase 1, and the acceptor's stable storage",
            Self::Order => "PaxosLog's consecutive entries",
            Self::Owner => "skipping phase 1, the pre-prepare of PaxosStore, the fast accept of paxoskv",
            Self::DurableBeforeTold => "write-ahead, stable storage before the reply",
            Self::LearnedIsChosen => "a value is learned only if it was chosen",
            Self::AtMostOnce => "at-most-once execution, exactly-once RPC",
            Self::TrueOutcomes => "the completion record",
            Self::Window => "the bounded part of duplicate suppression (sessions, completion records)",
            Self::Versions => "version order",
            Self::FreshReads => "the recency part of linearizable reads; paxos quorum reads",
            Self::ReadsAreChosen => "no dirty reads",
            Self::Linearizability => "the same",
            Self::Incarnation => "incarnation or epoch numbers of crash recovery",
            Self::BoundedContention => "liveness needs a bound on duels of proposers",
            Self::UnknownIsHonest => "indeterminate (`:info`) operations, ambiguous results",
            Self::Adoption => "requirement P2c",
            Self::Refinement => "step simulation under a refinement mapping",
            Self::Progress => "bounded liveness after global stabilization",
            Self::NeverUnseen => "session guarantees (read your writes, monotonic reads), causal along sessions",
            Self::Convergence => "eventual consistency, read repair",
        }
    }
}

/// `P1 Agreement`, and so on.
impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{} {}", self.number(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_and_code_list_the_same_properties() {
        let prose = include_str!("../PROPERTIES.md");
        let headings: Vec<&str> = prose.lines().filter_map(|line| line.strip_prefix("## P")).collect();
        assert_eq!(headings.len(), Property::ALL.len());
        for (property, heading) in Property::ALL.into_iter().zip(headings) {
            assert_eq!(format!("P{heading}"), property.to_string());
            let section = prose.split(&format!("## {property}\n")).nth(1).expect("its section");
            let section = section.split("\n## ").next().expect("one part").split_whitespace().collect::<Vec<_>>();
            let section = section.join(" ");
            assert!(section.starts_with(&format!("`Property::{property:?}`.")), "{property}");
            assert!(section.contains(property.in_the_literature()), "{property}");
            assert!(section.contains("Source: "), "{property}");
        }
    }
}
