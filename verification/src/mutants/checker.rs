//! Wrong variants of the checkers.

/// A checker that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckerMutant {
    /// The history checker loses the return of every other operation.
    DroppedReturn,
    /// The history checker takes one value that was read for another.
    SwappedRead,
    /// An invariant of the models says the opposite.
    InvertedInvariant,
    /// A digest of states leaves a part out.
    MergedStates,
    /// The replay of a trace skips an event.
    SkippedEvent,
}

impl CheckerMutant {
    /// Where it is to show.
    pub fn name(self) -> &'static str {
        match self {
            Self::DroppedReturn | Self::SwappedRead => "known histories",
            Self::InvertedInvariant => "model restart, right core",
            Self::MergedStates => "state counts, mutants",
            Self::SkippedEvent => "a recorded trace",
        }
    }
}
