//! What the list says of each variant: which numbers it carries, what it does, who is to catch it.

use super::CheckerMutant;

/// Which part of Quorate a variant is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The rules of one replica's log.
    Core,
    /// The machines that a client runs, and the replies they work with.
    Client,
    /// Clusters of four and five, by seeded walks.
    Walk,
    /// What crosses threads in the node.
    Handoff,
    /// A node that lost its disk.
    Rejoin,
    /// Harmless variants, which must live.
    Controls,
    /// The checkers themselves.
    Checkers,
    /// What lies outside core, client and handoff today: disk, clock, routing, membership.
    Later,
}

/// Who is to catch a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Catcher {
    /// One of these models, exhaustively searched, tried in this order.
    Models(&'static [&'static str]),
    /// One of these models of sessions, tried in this order.
    Sessions(&'static [&'static str]),
    /// The scheduler of `protocol`'s tests: seeded walks of so many voters, from an empty log.
    Scheduler(u16),
    /// The same, where a cluster of three would not show it.
    Walk(u16),
    /// The loom tests of `node/handoff`: the suite, and the test that is tried first.
    Loom(&'static str, &'static str),
    /// This model of coming back after a disk loss.
    Rejoin(&'static str),
    /// Nobody: beside the other parts of the rule the one left out is not needed, and the model is exhausted.
    Harmless {
        /// The model.
        model: &'static str,
        /// Why it is not needed.
        why: &'static str,
    },
    /// The design leaves no place for it: the code that does so, and why. Not counted.
    Impossible(&'static str),
    /// Not of the core, the client or the handoff: why, and the test that catches it today, if any. Not counted.
    Later {
        /// Where it belongs.
        why: &'static str,
        /// The test, as a path and a name.
        test: Option<&'static str>,
    },
    /// Nobody: it is harmless. These models are exhausted with it; of them, these in the quick run.
    Nobody {
        /// All of them.
        models: &'static [&'static str],
        /// Those of the quick run.
        quick: &'static [&'static str],
    },
    /// A run of a checker that is itself wrong must turn red.
    Checker(CheckerMutant),
}

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name, as `--mutant` takes it.
    pub name: &'static str,
    /// All numbers that it carries, see `docs/mutants.md`: 1 to 38, M1 to M24, R1x and so on, N1 to N10, C1 to
    /// C6, K1 to K5, S1 to S13.
    pub numbers: &'static [&'static str],
    /// What it does wrong.
    pub what: &'static str,
    /// Which part it is about.
    pub layer: Layer,
    /// Who is to catch it.
    pub catcher: Catcher,
}

impl Listed {
    /// All numbers in one cell.
    pub fn number(&self) -> String {
        self.numbers.join(" ")
    }

    /// Whether somebody is to catch it or let it live, so that it counts.
    pub fn is_counted(&self) -> bool {
        !matches!(self.catcher, Catcher::Impossible(_) | Catcher::Later { .. } | Catcher::Harmless { .. })
    }
}

impl Layer {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 8] = [
        Self::Core,
        Self::Client,
        Self::Walk,
        Self::Handoff,
        Self::Rejoin,
        Self::Controls,
        Self::Checkers,
        Self::Later,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Client => "client",
            Self::Walk => "walk",
            Self::Handoff => "handoff",
            Self::Rejoin => "rejoin",
            Self::Controls => "controls",
            Self::Checkers => "checkers",
            Self::Later => "later",
        }
    }
}

impl Catcher {
    /// Who, in a few words.
    pub fn name(&self) -> String {
        match self {
            Self::Models(models) | Self::Sessions(models) => models.join(", "),
            Self::Scheduler(_) => "scheduler".to_owned(),
            Self::Walk(voters) => format!("walk of {voters}"),
            Self::Loom(suite, test) => format!("{suite}: {test}"),
            Self::Rejoin(model) => (*model).to_owned(),
            Self::Harmless { .. } => "harmless".to_owned(),
            Self::Impossible(_) => "impossible".to_owned(),
            Self::Later { .. } => "a later layer".to_owned(),
            Self::Nobody { .. } => "nobody".to_owned(),
            Self::Checker(mutant) => mutant.name().to_owned(),
        }
    }
}

/// A row.
pub(super) const fn row(
    layer: Layer,
    name: &'static str,
    numbers: &'static [&'static str],
    what: &'static str,
    catcher: Catcher,
) -> Listed {
    Listed { name, numbers, what, layer, catcher }
}

/// A row that these models catch.
pub(super) const fn caught(
    layer: Layer,
    name: &'static str,
    numbers: &'static [&'static str],
    what: &'static str,
    models: &'static [&'static str],
) -> Listed {
    row(layer, name, numbers, what, Catcher::Models(models))
}
