//! What came of each row.

use super::listed::Listed;

/// How a hunt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A property broke, or a test failed, as it should.
    Caught,
    /// Nobody noticed. The run fails.
    Survived,
    /// It is harmless, and nobody blamed it: its models were exhausted.
    Control,
    /// It is harmless, and yet a property broke. The run fails.
    Blamed,
    /// It is harmless, and a bound was hit before its models were exhausted. The run fails.
    BoundHit,
    /// A part of a rule that the other parts make up for, as the list says: the model is exhausted. Not counted.
    Harmless,
    /// The design leaves no place for it. Not counted.
    Impossible,
    /// It belongs to a layer that is not hunted here. Not counted.
    Later,
    /// Its checker is not in this build. Not counted, and named in the summary.
    Left,
    /// It takes more time than the quick run has.
    Skipped,
    /// The hunt itself failed. The run fails.
    Error,
}

/// A row with its result.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was hunted.
    pub listed: Listed,
    /// How it ended.
    pub verdict: Verdict,
    /// What caught it: a model, a test. For a control, the models it was exhausted in.
    pub by: String,
    /// The property that broke, or what else there is to say.
    pub property: String,
    /// How long the hunt took, builds not counted.
    pub seconds: f64,
    /// Steps of the counterexample, or runs of a walk; as the checker counts them.
    pub steps: Option<u64>,
}

impl Verdict {
    const ALL: [Self; 11] = [
        Self::Caught,
        Self::Survived,
        Self::Control,
        Self::Blamed,
        Self::BoundHit,
        Self::Harmless,
        Self::Impossible,
        Self::Later,
        Self::Left,
        Self::Skipped,
        Self::Error,
    ];

    /// The one of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == word)
    }

    /// Its word in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Caught => "CAUGHT",
            Self::Survived => "SURVIVED",
            Self::Control => "CONTROL ok",
            Self::Blamed => "CONTROL red",
            Self::BoundHit => "BOUND-HIT",
            Self::Harmless => "HARMLESS",
            Self::Impossible => "IMPOSSIBLE",
            Self::Later => "LATER",
            Self::Left => "LEFT",
            Self::Skipped => "SKIPPED",
            Self::Error => "ERROR",
        }
    }

    /// Whether the run fails by it.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Survived | Self::Blamed | Self::BoundHit | Self::Error)
    }
}

impl Row {
    /// A row of which nothing more is to be said.
    pub fn plain(listed: Listed, verdict: Verdict, property: impl Into<String>) -> Self {
        let by = listed.catcher.name();
        Self { listed, verdict, by, property: property.into(), seconds: 0.0, steps: None }
    }
}
