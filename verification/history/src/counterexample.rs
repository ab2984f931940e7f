//! Why a history is not linearizable, for people.

use crate::problem::Problem;
use crate::search::Furthest;
use crate::step::Claim;
use crate::symbol::{Revision, Symbol};
use crate::text::Shown;
use crate::window::{Window, furthest};
use crate::{Asked, Bound, Operation, Value, Version};
use core::fmt;

/// The smallest beginning of a key's history that no order explains (one return earlier, and there is
/// an order), and in that the smallest window of operations that no order explains by themselves, seen
/// from the end of the order that gets furthest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// The operation with whose return the beginning ends: no order of what was called before that
    /// return explains it together with all that returned before.
    pub blocked: Operation,
    /// How many operations were called before that return.
    pub called_before: usize,
    /// Whether this is surely the smallest beginning. If not, the bound on work was reached in a
    /// smaller one.
    pub smallest: bool,
    /// The window: operations of the beginning, by call, which have no order. None of the others is
    /// needed to see that.
    pub window: Vec<Operation>,
    /// Whether the window has no order whatever the key held before. If not, it has none from the
    /// beginning of the history on.
    pub from_anything: bool,
    /// Whether none of the window's operations can be left out. If not, the bound on work was reached.
    pub minimal: bool,
    /// The last operations of the window's order that gets furthest.
    pub explained: Vec<Operation>,
    /// What that order leaves.
    pub left: Left,
    /// What was called next and is not in that order: none of it can come next in a way that helps.
    pub waiting: Vec<Operation>,
}

/// What an order leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// The value; `None` for nothing.
    pub value: Option<LeftValue>,
    /// The version, where somebody was told.
    pub version: Option<Version>,
}

/// A value that an order leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftValue {
    /// These bytes.
    Bytes(Value),
    /// One that nobody reads or expects.
    Unread,
}

/// The most operations of a window that are told; of more, the last.
const TOLD_MAX: usize = 100;

/// Work to find the best order of a window that is known to have none: to find that took less, or not
/// much more.
const AGAIN: Bound = Bound(10_000_000);

impl Counterexample {
    /// Of the beginning that ends with the return of `blocked`, with its window.
    pub(crate) fn new(blocked: &Operation, called_before: usize, smallest: bool, window: &Window<'_>) -> Self {
        let problems = window.problems();
        let orders = problems.iter().filter_map(|problem| Some((problem, furthest(problem, AGAIN)?)));
        let best = orders.max_by_key(|(_, furthest)| furthest.covered);
        let (explained, left, waiting) = best.map(|(problem, best)| story(problem, &best, blocked)).unwrap_or_default();
        Self {
            blocked: blocked.clone(),
            called_before,
            smallest,
            window: window.parts.iter().map(|part| part.operation.clone()).collect(),
            from_anything: window.start.is_none(),
            minimal: window.minimal,
            explained,
            left,
            waiting,
        }
    }
}

/// The end of the order that gets furthest, what it leaves, and what waits.
fn story(problem: &Problem<'_>, best: &Furthest, blocked: &Operation) -> (Vec<Operation>, Left, Vec<Operation>) {
    let source = |number: &u32| {
        let number = usize::try_from(*number).ok();
        number.and_then(|number| problem.source.get(number)).copied()
    };
    let waiting = best.waiting.iter().filter_map(source).filter(|operation| !core::ptr::eq(*operation, blocked));
    let revision = best.state.version.unwrap_or(Revision::UNSTATED);
    let version = problem.revisions.version(revision);
    let value = best.state.value.map(|value| left_value(problem, best, value));
    (best.last.iter().filter_map(source).cloned().collect(), Left { value, version }, waiting.cloned().collect())
}

/// The bytes behind a symbol; those of an unread one are what the last write says.
fn left_value(problem: &Problem<'_>, best: &Furthest, value: Symbol) -> LeftValue {
    let wrote = |number: &u32| {
        let number = usize::try_from(*number).ok()?;
        let writes = matches!(problem.steps.get(number)?.claim, Claim::Done(..) | Claim::Open);
        match &problem.source.get(number).filter(|_| writes)?.op {
            Asked::Put(value) => Some(Some(value.clone())),
            Asked::CompareAndSet { new, .. } => Some(new.clone()),
            _ => Some(None),
        }
    };
    let last_write = || best.last.iter().rev().find_map(wrote).flatten();
    problem.symbols.bytes(value).or_else(last_write).map_or(LeftValue::Unread, LeftValue::Bytes)
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "no order explains the {} operations called before this one returned:", self.called_before)?;
        writeln!(f, "    {}", self.blocked)?;
        if !self.smallest {
            writeln!(f, "  (a smaller beginning was not decided within the bound on work)")?;
        }
        let whatever = if self.from_anything { ", whatever the key held before" } else { "" };
        writeln!(f, "  of these, {} have no order by themselves{whatever}:", self.window.len())?;
        let skipped = self.window.len().saturating_sub(TOLD_MAX);
        if skipped > 0 {
            writeln!(f, "    ({skipped} more before these)")?;
        }
        for operation in self.window.iter().skip(skipped) {
            let mark = if *operation == self.blocked { ">" } else { " " };
            writeln!(f, "  {mark} {operation}")?;
        }
        if !self.minimal {
            writeln!(f, "  (perhaps fewer would do: the bound on work was reached)")?;
        }
        if self.explained.is_empty() {
            writeln!(f, "  none of them can come first in a way that helps")?;
        } else {
            writeln!(f, "  the best order of them ends with")?;
        }
        self.explained.iter().try_for_each(|operation| writeln!(f, "    {operation}"))?;
        writeln!(f, "  and leaves {}", self.left)?;
        if !self.waiting.is_empty() {
            writeln!(f, "  called and not in it")?;
        }
        self.waiting.iter().try_for_each(|operation| writeln!(f, "    {operation}"))
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            None => f.write_str("nothing")?,
            Some(LeftValue::Bytes(value)) => write!(f, "{}", Shown(Some(value)))?,
            Some(LeftValue::Unread) => f.write_str("a value that nobody reads")?,
        }
        self.version.map_or(Ok(()), |version| write!(f, " at version {version}"))
    }
}
