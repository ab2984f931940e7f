//! The verdict on a history, key by key.

use crate::fold::FoldMap;
use crate::part::Part;
use crate::problem::{Problem, Start};
use crate::search::{Found, Search};
use crate::shrink::smallest;
use crate::{Asked, Counterexample, HistoryError, Key, Operation, Outcome, Value};
use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};
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

/// How to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checker {
    /// The most work for a key.
    pub bound: Bound,
    /// Threads that share the keys out among them; at least one works.
    pub threads: usize,
    /// What each key holds before it is written first.
    pub initial: Option<Value>,
}

impl Default for Checker {
    /// One thread; keys hold nothing at first.
    fn default() -> Self {
        Self { bound: Bound::default(), threads: 1, initial: None }
    }
}

/// Decides for each key of a history whether it is linearizable. The operations may come in any order;
/// each key starts out never written.
///
/// # Errors
/// The first operation that cannot be, by its place in `history`.
pub fn check(history: &[Operation], bound: Bound) -> Result<Report, (usize, HistoryError)> {
    Checker { bound, ..Checker::default() }.check(history)
}

/// A key's operations, and what is done to it that cannot go together.
#[derive(Default)]
struct OfKey<'a> {
    operations: Vec<&'a Operation>,
    incremented: bool,
    appended: bool,
}

impl Checker {
    /// Decides for each key of a history whether it is linearizable. The operations may come in any order.
    ///
    /// # Errors
    /// An operation that cannot be, by its place in `history`.
    pub fn check(&self, history: &[Operation]) -> Result<Report, (usize, HistoryError)> {
        let mut keys: FoldMap<&[u8], OfKey<'_>> = FoldMap::default();
        for (place, operation) in history.iter().enumerate() {
            operation.validate().map_err(|error| (place, error))?;
            let key = keys.entry(&operation.key).or_default();
            key.incremented |= matches!(operation.op, Asked::Increment(_));
            key.appended |= matches!(operation.op, Asked::Append(_));
            if key.incremented && key.appended {
                return Err((place, HistoryError::AppendAndIncrement));
            }
            key.operations.push(operation);
        }
        let mut keys: Vec<(&[u8], Vec<&Operation>)> = keys.into_iter().map(|(key, of)| (key, of.operations)).collect();
        // The long ones first, so that no thread is left alone with one at the end.
        keys.sort_unstable_by_key(|(key, operations)| (core::cmp::Reverse(operations.len()), *key));
        Ok(Report { keys: self.share_out(&keys) })
    }

    fn share_out(&self, keys: &[(&[u8], Vec<&Operation>)]) -> BTreeMap<Key, KeyReport> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some((key, operations)) = keys.get(next.fetch_add(1, Ordering::Relaxed)) {
                done.push((key.to_vec(), self.check_key(operations)));
            }
            done
        };
        let helpers = self.threads.min(keys.len()).saturating_sub(1);
        if helpers == 0 {
            return work().into_iter().collect();
        }
        std::thread::scope(|scope| {
            let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
            let mut done = work();
            for helper in helpers {
                match helper.join() {
                    Ok(more) => done.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done.into_iter().collect()
        })
    }

    fn check_key(&self, operations: &[&Operation]) -> KeyReport {
        let start = Start::New(self.initial.as_deref());
        let problem = Problem::new(operations.iter().map(|operation| Part::told(operation)), start);
        let mut search = Search::new(&problem);
        let verdict = match search.run(self.bound.0) {
            Found::Order => Verdict::Linearizable,
            Found::Nothing(furthest) => {
                // A part of what was decided with so much work should not need much more.
                let bound = Bound(self.bound.0.min(search.work.saturating_mul(4).max(10_000)));
                let reached = problem.end_of(furthest.blocked);
                Verdict::NotLinearizable(Box::new(smallest(operations, start, reached, bound)))
            }
            Found::Bound => Verdict::Undecided,
        };
        KeyReport {
            verdict,
            operations: operations.len(),
            unknown: operations.iter().filter(|operation| matches!(operation.outcome, Outcome::Unknown)).count(),
            work: search.work,
        }
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
            write!(f, "key {}: {why}", crate::text::Shown(Some(key)))?;
        }
        Ok(())
    }
}
