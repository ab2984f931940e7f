//! The search for an order, by Wing and Gong, with Lowe's memoisation.
//!
//! An order is built from the front. What may come next is whatever was called before the first return
//! that the order does not cover yet. An order that covers every definite operation explains the
//! history; open operations may be left over. What is not tried, and why nothing is lost:
//!
//! 1. A read or a refusal that fits the state as it is comes at once. If it may come later it may come
//!    now, since it changes nothing for anybody.
//! 2. Of operations that asked and were told the same, only the one that returned first is tried. In an
//!    order that has another one here, the two can change places.
//! 3. An open operation that would change nothing is not tried: that is the same as never.
//! 4. A configuration is left if it was visited with no more open operations used up (see [`Visited`]).
//! 5. Right after an open operation, nothing is tried that leads to the same state without it: the
//!    order that leaves the open operation out is as good.
//!
//! What is tried first matters for the time only; see [`Search::sort_candidates`].
//!
//! [`Visited`]: crate::visited::Visited

#![expect(clippy::indexing_slicing, reason = "operation numbers and places are made here")]

use crate::entries::{Entries, Entry};
use crate::problem::{Problem, State};
use crate::step::Claim;
use crate::visited::{Visited, mark_of, mark_of_state};

/// How the search ended.
#[derive(Debug)]
pub(crate) enum Found {
    /// There is an order.
    Order,
    /// There is none. This is as far as any got.
    Nothing(Furthest),
    /// The bound on work was reached before either was known.
    Bound,
}

/// The best of the orders that did not succeed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Furthest {
    /// The place of the return that no order passes; 0 before any.
    place: u32,
    /// The operation of that return.
    pub(crate) blocked: u32,
    /// How many operations the order covers.
    pub(crate) covered: usize,
    /// The state at the order's end.
    pub(crate) state: State,
    /// The last operations of the order.
    pub(crate) last: Vec<u32>,
    /// What was under way and not in it.
    pub(crate) waiting: Vec<u32>,
}

/// How many operations of the best order are remembered.
const REMEMBERED: usize = 16;

/// A place where the order may go on in more than one way.
#[derive(Debug)]
struct Frame {
    at: Configuration,
    order_length: usize,
    /// Where its candidates start, and which of them is next.
    first_candidate: usize,
    next_candidate: usize,
    /// The only candidate listed so far: the others are listed if it fails.
    alone: Option<u32>,
}

/// Where an order has led.
#[derive(Clone, Copy, Debug)]
struct Configuration {
    state: State,
    /// Of the definite operations covered.
    fingerprint: u128,
    /// The open operations covered, as a number in [`Visited`].
    used: u32,
    /// Definite operations not covered.
    left: usize,
    /// If the order ends with an open operation: the state before that.
    before_open: Option<State>,
}

/// A search under way.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    problem: &'a Problem<'a>,
    entries: Entries,
    order: Vec<u32>,
    at: Configuration,
    frames: Vec<Frame>,
    candidates: Vec<u32>,
    visited: Visited,
    furthest: Furthest,
    /// Configurations visited and sets compared.
    pub(crate) work: u64,
}

impl<'a> Search<'a> {
    /// A search that has not begun.
    pub(crate) fn new(problem: &'a Problem<'a>) -> Self {
        let (state, left) = (problem.start, problem.definite);
        Self {
            problem,
            entries: Entries::new(&problem.times()),
            order: Vec::with_capacity(problem.steps.len()),
            at: Configuration { state, fingerprint: 0, used: 0, left, before_open: None },
            frames: Vec::new(),
            candidates: Vec::new(),
            visited: Visited::default(),
            furthest: Furthest::default(),
            work: 0,
        }
    }

    /// Searches until it knows, or has done `bound` work.
    pub(crate) fn run(&mut self, bound: u64) -> Found {
        self.settle();
        if self.at.left == 0 {
            return Found::Order;
        }
        self.branch();
        while let Some(frame) = self.frames.last_mut() {
            let Some(candidate) = self.candidates.get(frame.next_candidate).copied() else {
                if let Some(failed) = frame.alone.take() {
                    let (length, at) = (frame.order_length, frame.at);
                    self.return_to(length, at);
                    self.list_candidates(Some(failed));
                } else {
                    self.candidates.truncate(frame.first_candidate);
                    self.frames.pop();
                }
                continue;
            };
            frame.next_candidate += 1;
            let (length, at) = (frame.order_length, frame.at);
            self.return_to(length, at);
            let taken = self.problem.take(&self.at.state, candidate).expect("a candidate can come next");
            self.cover(candidate, taken.state);
            self.settle();
            if self.at.left == 0 {
                return Found::Order;
            }
            let (worth_it, cost) =
                self.visited.enter(self.at.fingerprint ^ mark_of_state(&self.at.state), self.at.used);
            self.work += cost;
            if self.work > bound {
                return Found::Bound;
            }
            if worth_it {
                self.branch();
            }
        }
        Found::Nothing(core::mem::take(&mut self.furthest))
    }

    /// Covers whatever may come at once (rule 1).
    fn settle(&mut self) {
        let mut place = Entries::START;
        while let Some((next, Entry::Call(number))) = self.entries.after(place) {
            let quiet = match self.problem.steps[number as usize].claim {
                Claim::Done(..) | Claim::Open => None,
                Claim::Read(..) | Claim::Refused(_) => self.problem.take(&self.at.state, number),
            };
            match quiet.filter(|taken| taken.quiet) {
                Some(taken) => self.cover(number, taken.state),
                None => place = next,
            }
        }
    }

    /// Puts `number` at the order's end, which leads to `state`.
    fn cover(&mut self, number: u32, state: State) {
        let before = core::mem::replace(&mut self.at.state, state);
        let step = &self.problem.steps[number as usize];
        let open = step.claim == Claim::Open;
        self.at.before_open = open.then_some(before);
        self.entries.lift(number);
        self.order.push(number);
        if open {
            self.at.used = self.visited.with(self.at.used, step.open);
        } else {
            self.at.left -= 1;
            self.at.fingerprint ^= mark_of(number);
        }
    }

    /// Undoes the order back to `length`.
    fn return_to(&mut self, length: usize, at: Configuration) {
        for number in self.order.drain(length..).rev() {
            self.entries.unlift(number);
        }
        self.at = at;
    }

    /// Opens a frame with what may come next. On a clean history that is nearly always what seems to be due, so it is
    /// tried alone before the others are looked at.
    fn branch(&mut self) {
        let first = self.candidates.len();
        // What seems to be due; open operations are due only if they seem to have left what was read.
        let mut due: Option<u32> = None;
        let mut place = Entries::START;
        while let Some((next, entry)) = self.entries.after(place) {
            match entry {
                Entry::Call(number) => {
                    due = due.filter(|due| self.urgency(*due) < self.urgency(number)).or(Some(number));
                    place = next;
                }
                Entry::Return(number) => {
                    self.note_furthest(next, number);
                    break;
                }
            }
        }
        let (at, order_length) = (self.at, self.order.len());
        let alone = due.filter(|due| self.is_definite(*due) && self.is_candidate(*due));
        self.frames.push(Frame { at, order_length, first_candidate: first, next_candidate: first, alone });
        match alone {
            Some(due) => self.candidates.push(due),
            None => self.list_candidates(None),
        }
    }

    /// Adds what may come next to the candidates (rules 2, 3 and 5), all but what was tried already.
    fn list_candidates(&mut self, tried: Option<u32>) {
        let first = self.candidates.len();
        let mut place = Entries::START;
        // The definite operation that seems to be due.
        let mut due: Option<u32> = None;
        while let Some((next, Entry::Call(number))) = self.entries.after(place) {
            if self.is_definite(number) && due.is_none_or(|due| self.hint(number) < self.hint(due)) {
                due = Some(number);
            }
            if self.is_candidate(number) {
                self.candidates.push(number);
            }
            place = next;
        }
        if self.candidates.len() > first + 1 {
            self.sort_candidates(first, due);
        }
        if let Some(place) = self.candidates.iter().skip(first).position(|number| Some(*number) == tried) {
            self.candidates.remove(first + place);
        }
    }

    fn hint(&self, number: u32) -> (u8, u64) {
        self.problem.steps[number as usize].hint
    }

    /// The least is tried first.
    fn urgency(&self, number: u32) -> ((u8, u64), u32) {
        (self.hint(number), number)
    }

    fn is_definite(&self, number: u32) -> bool {
        self.problem.steps[number as usize].claim != Claim::Open
    }

    fn is_candidate(&self, number: u32) -> bool {
        let Some(taken) = self.problem.take(&self.at.state, number) else { return false };
        let spare =
            |before: State| self.problem.take(&before, number).is_some_and(|without| without.state == taken.state);
        !self.at.before_open.is_some_and(spare)
    }

    /// Of each class one (rule 2). Then what seems to be due goes first; if it cannot come next, what
    /// makes it possible does. Recorded histories of a sound store are explained nearly without a step
    /// back this way, since versions, where they are stated, say what is due.
    fn sort_candidates(&mut self, first: usize, due: Option<u32>) {
        let mut sorted = self.candidates.split_off(first);
        let Self { problem, at, .. } = self;
        let step = |number: u32| &problem.steps[number as usize];
        // Open operations never return: the first called stands for its class.
        let rank = |number: u32| match step(number).claim {
            Claim::Open => step(number).call,
            _ => step(number).end.unwrap_or(u64::MAX),
        };
        let class = |number: u32| (&step(number).act, step(number).claim);
        sorted.sort_unstable_by(|one, other| {
            let order = class(*one).cmp(&class(*other));
            order.then_with(|| (rank(*one), *one).cmp(&(rank(*other), *other)))
        });
        sorted.dedup_by(|other, one| class(*one) == class(*other));
        let stuck = due.filter(|due| !sorted.contains(due));
        sorted.sort_by_cached_key(|number| {
            let enables = stuck.is_some_and(|due| {
                let after = problem.take(&at.state, *number).map(|taken| taken.state);
                after.is_some_and(|after| problem.take(&after, due).is_some())
            });
            let hint = if enables { stuck.map(|due| step(due).hint) } else { None };
            (hint.unwrap_or(step(*number).hint), !enables, *number)
        });
        self.candidates.append(&mut sorted);
    }

    fn note_furthest(&mut self, place: u32, blocked: u32) {
        if place <= self.furthest.place {
            return;
        }
        let last = self.order.len().saturating_sub(REMEMBERED);
        let mut waiting = Vec::new();
        let mut walk = Entries::START;
        while let Some((next, Entry::Call(number))) = self.entries.after(walk) {
            waiting.push(number);
            walk = next;
        }
        let (last, covered) = (self.order[last..].to_vec(), self.order.len());
        self.furthest = Furthest { place, blocked, covered, state: self.at.state, last, waiting };
    }
}
