//! Exit codes, one for each thing a script may want to tell apart.

/// How the checker ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything asked for was exhausted, and held; every mutant was caught.
    Ok = 0,
    /// A property broke, or a mutant survived.
    Violation = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// A bound on states or time was hit: nothing was found, and nothing is shown.
    BoundHit = 3,
    /// A model was vacuous, or its counts are not the committed ones.
    Unexpected = 4,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
