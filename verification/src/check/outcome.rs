//! What came of one run.

use crate::model::Branch;
use crate::playback::Run;
use std::time::Duration;

/// The four words a run may end with. None of them is "verified": a run says what was exhausted, and
/// within which bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every reachable state within the printed bounds was visited, and every property held.
    Exhausted,
    /// A limit on states or time ended the run; nothing was found so far.
    BoundHit,
    /// A property broke.
    Violated,
    /// The properties held, but something the model is there for never happened.
    Vacuous,
}

/// The result of one model.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The model's name.
    pub model: String,
    /// Its bounds, all of them.
    pub bounds: String,
    /// Distinct states.
    pub unique: u64,
    /// States generated, repeats included.
    pub generated: u64,
    /// Steps of the longest shortest path (breadth-first), or of the deepest one visited.
    pub depth: usize,
    /// How long it took.
    pub elapsed: Duration,
    /// What came of it.
    pub verdict: Verdict,
    /// The property that broke, and the story of how.
    pub violation: Option<Violated>,
    /// Branches that the model is expected to take and did not.
    pub missing: Vec<String>,
    /// Branches that the run took.
    pub taken: Vec<Branch>,
    /// What else the run measured.
    pub note: Option<String>,
    /// Committed counts that this run does not agree with.
    pub changed: Option<String>,
}

/// A broken property.
#[derive(Clone, Debug)]
pub struct Violated {
    /// Its number and name.
    pub property: &'static str,
    /// How it came to that.
    pub run: Run,
}

impl Violated {
    /// How many steps lead there.
    pub fn steps(&self) -> usize {
        self.run.steps.len()
    }
}

impl Outcome {
    /// Distinct states a second.
    pub fn rate(&self) -> f64 {
        self.unique_f64() / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// The odds that two states shared a 64-bit fingerprint, so that one was missed: about n^2 / 2^65.
    pub fn collision_odds(&self) -> f64 {
        self.unique_f64().powi(2) / 2f64.powi(65)
    }

    // State counts stay far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    fn unique_f64(&self) -> f64 {
        self.unique as f64
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Exhausted => "EXHAUSTED",
            Self::BoundHit => "BOUND-HIT",
            Self::Violated => "VIOLATED",
            Self::Vacuous => "VACUOUS",
        })
    }
}
