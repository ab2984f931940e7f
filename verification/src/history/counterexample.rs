//! Why a history is not linearizable, for people.

use super::problem::Problem;
use super::search::Furthest;
use super::symbol::Revision;
use super::text::Shown;
use super::{Operation, Value, Version};
use core::fmt;

/// The smallest beginning of a key's history that no order explains: one return earlier, and there is
/// an order. Seen from the end of the order that gets furthest.
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
    /// The last operations of the order that gets furthest.
    pub explained: Vec<Operation>,
    /// What that order leaves: the value, and the version where somebody was told.
    pub left: (Option<Value>, Option<Version>),
    /// What was called next and is not in that order: none of it can come next in a way that helps.
    pub waiting: Vec<Operation>,
}

impl Counterexample {
    /// Of the beginning `problem` that ends with the return of `blocked`.
    pub(crate) fn new(problem: &Problem<'_>, furthest: &Furthest, blocked: &Operation, smallest: bool) -> Self {
        let source = |number: &u32| {
            let number = usize::try_from(*number).ok();
            number.and_then(|number| problem.source.get(number)).copied()
        };
        let ends = blocked.ret.unwrap_or(u64::MAX);
        let revision = furthest.state.version.unwrap_or(Revision::UNSTATED);
        let waiting =
            furthest.waiting.iter().filter_map(source).filter(|operation| !core::ptr::eq(*operation, blocked));
        Self {
            called_before: problem.source.iter().filter(|operation| operation.call <= ends).count(),
            smallest,
            explained: furthest.last.iter().filter_map(source).cloned().collect(),
            left: (furthest.state.value.map(|value| problem.symbols.bytes(value)), problem.revisions.version(revision)),
            waiting: waiting.cloned().collect(),
            blocked: blocked.clone(),
        }
    }
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "no order explains the {} operations called before this one returned:", self.called_before)?;
        writeln!(f, "    {}", self.blocked)?;
        if !self.smallest {
            writeln!(f, "  (a smaller beginning was not decided within the bound on work)")?;
        }
        writeln!(f, "  the best order ends with")?;
        self.explained.iter().try_for_each(|operation| writeln!(f, "    {operation}"))?;
        write!(f, "  and leaves {}", Shown(self.left.0.as_deref()))?;
        match self.left.1 {
            Some(version) => writeln!(f, " at version {version}")?,
            None => writeln!(f)?,
        }
        if !self.waiting.is_empty() {
            writeln!(f, "  called and not in it")?;
        }
        self.waiting.iter().try_for_each(|operation| writeln!(f, "    {operation}"))
    }
}
