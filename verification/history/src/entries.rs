//! The calls and returns that an order does not cover yet.

#![expect(clippy::indexing_slicing, reason = "entry and operation numbers are made here")]

/// No entry.
const NONE: u32 = u32::MAX;

/// Calls and returns in the order of time, as a doubly linked list, so that an operation is taken out
/// and put back in constant time (Wing and Gong's list, Knuth's dancing links). Entry 0 is the head.
#[derive(Debug)]
pub(crate) struct Entries {
    next: Vec<u32>,
    previous: Vec<u32>,
    /// The operation of each entry, and whether it is its return.
    entry: Vec<(u32, bool)>,
    /// The call and the return of each operation.
    of_operation: Vec<(u32, u32)>,
}

/// What stands at a place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The call of this operation.
    Call(u32),
    /// The return of this operation.
    Return(u32),
}

impl Entries {
    /// Of the operations' calls and returns; operations are numbered in the order given. At equal times
    /// calls come first, so that intervals which touch overlap.
    pub(crate) fn new(times: &[(u64, Option<u64>)]) -> Self {
        let number = |i: usize| u32::try_from(i).expect("fewer than 2^31 operations");
        let mut events: Vec<(u64, bool, u32)> = Vec::with_capacity(times.len() * 2);
        for (i, (call, ret)) in times.iter().enumerate() {
            events.push((*call, false, number(i)));
            events.extend(ret.map(|ret| (ret, true, number(i))));
        }
        events.sort_unstable();
        let count = number(events.len());
        let mut of_operation = vec![(NONE, NONE); times.len()];
        let mut entry = vec![(NONE, false)];
        for (place, (_, is_return, operation)) in (1..).zip(events) {
            let places = &mut of_operation[operation as usize];
            *(if is_return { &mut places.1 } else { &mut places.0 }) = place;
            entry.push((operation, is_return));
        }
        let next = (1..=count).chain([NONE]).collect();
        let previous = [NONE].into_iter().chain(0..count).collect();
        Self { next, previous, entry, of_operation }
    }

    /// The place before the first: where a walk starts.
    pub(crate) const START: u32 = 0;

    /// The place after `place` (which must be left itself), with its entry.
    pub(crate) fn after(&self, place: u32) -> Option<(u32, Entry)> {
        let next = self.next[place as usize];
        (next != NONE).then(|| {
            let (operation, is_return) = self.entry[next as usize];
            (next, if is_return { Entry::Return(operation) } else { Entry::Call(operation) })
        })
    }

    /// Takes an operation's entries out.
    pub(crate) fn lift(&mut self, operation: u32) {
        let (call, ret) = self.of_operation[operation as usize];
        self.unlink(call);
        self.unlink(ret);
    }

    /// Puts back what was taken out last.
    pub(crate) fn unlift(&mut self, operation: u32) {
        let (call, ret) = self.of_operation[operation as usize];
        self.relink(ret);
        self.relink(call);
    }

    fn unlink(&mut self, place: u32) {
        if place == NONE {
            return;
        }
        let (before, after) = (self.previous[place as usize], self.next[place as usize]);
        self.next[before as usize] = after;
        if after != NONE {
            self.previous[after as usize] = before;
        }
    }

    fn relink(&mut self, place: u32) {
        if place == NONE {
            return;
        }
        let (before, after) = (self.previous[place as usize], self.next[place as usize]);
        self.next[before as usize] = place;
        if after != NONE {
            self.previous[after as usize] = place;
        }
    }
}
