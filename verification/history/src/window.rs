//! The smallest window of operations that cannot be ordered.
//!
//! What is left out must not matter for what is claimed of the rest. Two things may be left out:
//!
//! 1. All that was over before a moment at which nothing was under way (but for what is open, which is
//!    kept). Whatever it left, the rest then starts from it; so the rest must have no order from any
//!    value that the key can have held. If there is such a moment, a later one leaves a smaller part of
//!    the same, so the last is found by halving.
//! 2. Writes together with all that may have found what they left (`facts.rs`), and reads and refusals
//!    by themselves. This is done in chunks of half the size each time, as in Zeller's ddmin, and ends
//!    where no single one can be left out.
//!
//! A delete that was done is first taken as one that would have been done in any case, if there is
//! still no order: less hangs on it then.

#![expect(clippy::indexing_slicing, reason = "places among the parts are made here")]

use crate::facts::close;
use crate::part::{Part, TakenAs};
use crate::problem::{Problem, Start};
use crate::search::{Found, Furthest, Search};
use crate::{Asked, Bound, Operation, Outcome};

/// The most work to find a window, in operations looked at and configurations visited.
const WORK: u64 = 20_000_000;
/// The most values to try as what the key held before.
const STARTS: usize = 256;

/// Operations that have no order.
#[derive(Debug)]
pub(crate) struct Window<'a> {
    /// By call.
    pub(crate) parts: Vec<Part<'a>>,
    /// What the key held before; `None` if there is no order whatever it was.
    pub(crate) start: Option<Start<'a>>,
    /// Whether none of the operations can be left out by the rules above.
    pub(crate) minimal: bool,
}

struct Shrinking<'a> {
    window: Window<'a>,
    bound: Bound,
    left: u64,
}

impl<'a> Window<'a> {
    /// The smallest in `parts`, of which there is no order from `start`, and in which all was well
    /// before `blocked` returned.
    pub(crate) fn smallest(mut parts: Vec<Part<'a>>, blocked: &Operation, start: Start<'a>, bound: Bound) -> Self {
        parts.retain(|part| !part.says_nothing());
        parts.sort_by_key(|part| (part.operation.call, part.operation.process));
        let window = Self { parts, start: Some(start), minimal: false };
        let mut shrinking = Shrinking { window, bound, left: WORK };
        shrinking.cut_front();
        shrinking.take_deletes_as_clears();
        let minimal = shrinking.leave_out(blocked);
        Self { minimal, ..shrinking.window }
    }

    /// What is to be ordered, once for each start.
    pub(crate) fn problems(&self) -> Vec<Problem<'a>> {
        problems(&self.parts, self.start).unwrap_or_default()
    }
}

/// The window's problems, one for each start; `None` if these are too many.
fn problems<'a>(parts: &[Part<'a>], start: Option<Start<'a>>) -> Option<Vec<Problem<'a>>> {
    let problem = |start| Problem::new(parts.iter().copied(), start);
    match start {
        Some(start) => Some(vec![problem(start)]),
        None => {
            let starts = problem(Start::Unread).starts()?;
            (starts.len() <= STARTS).then(|| starts.into_iter().map(problem).collect())
        }
    }
}

impl<'a> Shrinking<'a> {
    /// Whether `parts` surely have no order.
    fn fails(&mut self, parts: &[Part<'a>], start: Option<Start<'a>>) -> bool {
        let Some(problems) = problems(parts, start) else { return false };
        problems.iter().all(|problem| {
            let mut search = Search::new(problem);
            let found = search.run(self.bound.0.min(self.left));
            self.left = self.left.saturating_sub(search.work + parts.len() as u64);
            matches!(found, Found::Nothing(_))
        })
    }

    /// The first rule.
    fn cut_front(&mut self) {
        let parts = self.window.parts.clone();
        let mut latest_end = None;
        let mut cuts = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            if latest_end.is_some_and(|end| end < part.operation.call) {
                cuts.push(i);
            }
            if !part.is_open() {
                latest_end = latest_end.max(part.operation.ret);
            }
        }
        let after = |cut: usize| -> Vec<Part<'a>> {
            let kept = |(i, part): &(usize, &Part<'a>)| *i >= cut || part.is_open();
            parts.iter().enumerate().filter(kept).map(|(_, part)| *part).collect()
        };
        // From the end, in strides that double: the window is mostly short. `low` has no order.
        let (mut low, mut high, mut stride) = (None, cuts.len(), 1);
        while high > 0 && low.is_none() {
            let middle = high.saturating_sub(stride);
            if self.fails(&after(cuts[middle]), None) {
                low = Some(middle);
            } else {
                high = middle;
            }
            stride *= 2;
        }
        let Some(mut low) = low else { return };
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if self.fails(&after(cuts[middle]), None) { low = middle } else { high = middle }
        }
        (self.window.parts, self.window.start) = (after(cuts[low]), None);
    }

    fn take_deletes_as_clears(&mut self) {
        let mut parts = self.window.parts.clone();
        for part in parts.iter_mut().filter(|part| part.operation.op == Asked::Delete && !part.is_open()) {
            if matches!(part.operation.outcome, Outcome::Done { .. }) {
                part.taken_as = TakenAs::Clear;
            }
        }
        if self.fails(&parts, self.window.start) {
            self.window.parts = parts;
        }
    }

    /// The second rule. Whether it came to its end.
    fn leave_out(&mut self, blocked: &Operation) -> bool {
        let mut chunk = self.window.parts.len().div_ceil(2);
        loop {
            let mut shrunk = false;
            // From the front: what was long over is the likeliest not to matter.
            let mut place = 0;
            while place < self.window.parts.len() {
                if self.left == 0 {
                    return false;
                }
                if self.try_without(place, chunk, blocked) {
                    shrunk = true;
                } else {
                    place += chunk;
                }
            }
            if chunk == 1 && !shrunk {
                return true;
            }
            chunk = if chunk == 1 { 1 } else { chunk.div_ceil(2) };
        }
    }

    fn try_without(&mut self, place: usize, chunk: usize, blocked: &Operation) -> bool {
        let parts = &self.window.parts;
        let mut gone: Vec<bool> = (0..parts.len()).map(|i| (place..place + chunk).contains(&i)).collect();
        let is_blocked = |part: &Part<'_>| core::ptr::eq(part.operation, blocked);
        for (gone, part) in gone.iter_mut().zip(parts) {
            *gone &= !is_blocked(part);
        }
        if !gone.contains(&true) {
            return false;
        }
        close(parts, &mut gone);
        // Without its outcome all was well: what it was told is part of why, even where less would do.
        if parts.iter().zip(&gone).any(|(part, gone)| *gone && is_blocked(part)) {
            return false;
        }
        let kept: Vec<Part<'a>> = parts.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(part, _)| *part).collect();
        let fails = self.fails(&kept, self.window.start);
        if fails {
            self.window.parts = kept;
        }
        fails
    }
}

/// How far an order of the problem gets, if it has none.
pub(crate) fn furthest(problem: &Problem<'_>, bound: Bound) -> Option<Furthest> {
    match Search::new(problem).run(bound.0) {
        Found::Nothing(furthest) => Some(furthest),
        Found::Order | Found::Bound => None,
    }
}
