//! The verdict on a history, key by key.

use super::problem::Problem;
use super::search::{Found, Search};
use super::shrink::smallest;
use super::{Counterexample, HistoryError, Key, Operation, Outcome};
use core::fmt;
use std::collections::BTreeMap;

/// The most work to do for one key, in configurations visited. One takes about 40 bytes, more where
/// many operations are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound(pub u64);

impl Default for Bound {
    fn default() -> Self {
        Self(10_000_000)
    }
}

/// What is known of one key's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An order explains it.
    Linearizable,
    /// None does.
    NotLinearizable(Box<Counterexample>),
    /// The bound on work was reached first. This is not a pass.
    Undecided,
}

/// A key's verdict, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyReport {
    /// The verdict.
    pub verdict: Verdict,
    /// Operations recorded.
    pub operations: usize,
    /// Of those, how many have an unknown outcome.
    pub unknown: usize,
    /// The work done, as [`Bound`] counts it.
    pub work: u64,
}

/// The verdicts on all keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// By key.
    pub keys: BTreeMap<Key, KeyReport>,
}

/// Decides for each key of a history whether it is linearizable. The operations may come in any order;
/// each key starts out never written.
///
/// # Errors
/// The first operation that cannot be, by its place in `history`.
pub fn check(history: &[Operation], bound: Bound) -> Result<Report, (usize, HistoryError)> {
    let mut keys: BTreeMap<&Key, Vec<&Operation>> = BTreeMap::new();
    for (place, operation) in history.iter().enumerate() {
        operation.validate().map_err(|error| (place, error))?;
        keys.entry(&operation.key).or_default().push(operation);
    }
    let keys = keys.into_iter().map(|(key, operations)| (key.clone(), check_key(&operations, bound)));
    Ok(Report { keys: keys.collect() })
}

fn check_key(operations: &[&Operation], bound: Bound) -> KeyReport {
    let problem = Problem::new(operations.iter().copied());
    let mut search = Search::new(&problem);
    let verdict = match search.run(bound.0) {
        Found::Order => Verdict::Linearizable,
        Found::Nothing(furthest) => {
            // A part of what was decided with so much work should not need much more.
            let bound = Bound(bound.0.min(search.work.saturating_mul(4).max(10_000)));
            Verdict::NotLinearizable(Box::new(smallest(operations, &problem, &furthest, bound)))
        }
        Found::Bound => Verdict::Undecided,
    };
    KeyReport {
        verdict,
        operations: operations.len(),
        unknown: operations.iter().filter(|operation| operation.outcome == Outcome::Unknown).count(),
        work: search.work,
    }
}

impl Report {
    /// Whether every key was found linearizable: none was not, and none was left undecided.
    pub fn is_linearizable(&self) -> bool {
        self.keys.values().all(|key| key.verdict == Verdict::Linearizable)
    }

    /// The keys that were found not linearizable, with why.
    pub fn violations(&self) -> impl Iterator<Item = (&Key, &Counterexample)> {
        self.keys.iter().filter_map(|(key, report)| match &report.verdict {
            Verdict::NotLinearizable(why) => Some((key, &**why)),
            Verdict::Linearizable | Verdict::Undecided => None,
        })
    }

    /// How many keys were left undecided.
    pub fn undecided(&self) -> usize {
        self.keys.values().filter(|key| key.verdict == Verdict::Undecided).count()
    }
}

/// A summary, and each violation in full.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations: usize = self.keys.values().map(|key| key.operations).sum();
        let unknown: usize = self.keys.values().map(|key| key.unknown).sum();
        let violations = self.violations().count();
        write!(f, "{} keys, {operations} operations, {unknown} of unknown outcome: ", self.keys.len())?;
        match (violations, self.undecided()) {
            (0, 0) => writeln!(f, "linearizable")?,
            (0, undecided) => writeln!(f, "UNDECIDED, {undecided} keys reached the bound on work")?,
            (keys, undecided) => writeln!(f, "NOT LINEARIZABLE, {keys} keys ({undecided} more undecided)")?,
        }
        for (key, why) in self.violations() {
            write!(f, "key {}: {why}", super::text::Shown(Some(key)))?;
        }
        Ok(())
    }
}
