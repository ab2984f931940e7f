use crate::sync::{Arc, Mutex, lock};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Operations under way, each with the future that waits for its result. Cloning gives another handle to one table.
///
/// An operation ends in exactly one way: [`complete`](Self::complete) returned true and the result is the waiter's, or
/// the waiter went first (dropped, cancelled) and `complete` returns false, or the table was closed.
pub struct WaiterTable<R> {
    shared: Arc<Mutex<Table<R>>>,
}

struct Table<R> {
    capacity: usize,
    closed: bool,
    next: u64,
    entries: BTreeMap<u64, Entry<R>>,
}

enum Entry<R> {
    Waiting(Option<Waker>),
    Completed(R),
}

/// Names one registration. It is a generation rather than a place in the table: no two registrations of one table
/// share one, so a late completion finds nothing where a place would by now belong to another waiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(u64);

/// The future result of one operation; `None` if the table was closed first. Dropping it cancels the entry, which is
/// how a caller times out; [`cancel`](Self::cancel) does the same and returns a result that came just in time.
#[must_use = "dropping a waiter cancels it"]
pub struct Waiter<R> {
    shared: Arc<Mutex<Table<R>>>,
    token: Token,
    finished: bool,
}

/// Why an operation was not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterError {
    /// As many operations are under way as may be.
    Full,
    /// The table was closed.
    Closed,
}

impl<R> WaiterTable<R> {
    /// An empty table for at most `capacity` operations.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let table = Table { capacity, closed: false, next: 0, entries: BTreeMap::new() };
        Self { shared: Arc::new(Mutex::new(table)) }
    }

    /// Begins to wait for an operation.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub fn register(&self) -> Result<(Token, Waiter<R>), RegisterError> {
        let mut table = lock(&self.shared);
        if table.closed {
            return Err(RegisterError::Closed);
        }
        if table.entries.len() >= table.capacity {
            return Err(RegisterError::Full);
        }
        let mut token = Token(table.next);
        table.next += 1;
        if mutant!(TokenIsPlace) {
            let free = (0..).find(|place| !table.entries.contains_key(place));
            token = Token(free.unwrap_or_default());
        }
        table.entries.insert(token.0, Entry::Waiting(None));
        drop(table);
        Ok((token, Waiter { shared: Arc::clone(&self.shared), token, finished: false }))
    }

    /// Gives the waiter its result; false, and the result is dropped, if it was cancelled, completed before, or the
    /// table is closed.
    pub fn complete(&self, token: Token, result: R) -> bool {
        let mut table = lock(&self.shared);
        let Some(mut entry @ Entry::Waiting(_)) = table.entries.get_mut(&token.0) else {
            return false;
        };
        if mutant!(CheckThenComplete) {
            drop(table);
            table = lock(&self.shared);
            entry = table.entries.entry(token.0).or_insert(Entry::Waiting(None));
        } else if mutant!(WakeBeforeResult) {
            let waker = mem::replace(entry, Entry::Waiting(None));
            drop(table);
            if let Entry::Waiting(Some(waker)) = waker {
                waker.wake();
            }
            lock(&self.shared).entries.insert(token.0, Entry::Completed(result));
            return true;
        }
        let waiting = mem::replace(entry, Entry::Completed(result));
        drop(table);
        if let Entry::Waiting(Some(waker)) = waiting {
            waker.wake();
        }
        true
    }

    /// Refuses registrations from now on, and ends every waiter with `None`, but for those that already have a result.
    pub fn close(&self) {
        let mut table = lock(&self.shared);
        table.closed = true;
        let (completed, waiting): (BTreeMap<_, _>, BTreeMap<_, _>) = mem::take(&mut table.entries)
            .into_iter()
            .partition(|(_, entry)| matches!(entry, Entry::Completed(_)) && !mutant!(CloseDropsResults));
        table.entries = completed;
        drop(table);
        for entry in waiting.into_values() {
            if let Entry::Waiting(Some(waker)) = entry {
                waker.wake();
            }
        }
    }

    /// How many entries there are: operations that wait, and results not yet taken.
    #[must_use]
    pub fn len(&self) -> usize {
        lock(&self.shared).entries.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<R> Waiter<R> {
    /// The token that [`WaiterTable::complete`] takes.
    #[must_use]
    pub fn token(&self) -> Token {
        self.token
    }

    /// Gives up; returns the result if it came before. Afterwards `complete` returns false for this token.
    #[must_use]
    pub fn cancel(mut self) -> Option<R> {
        match self.remove() {
            Some(Entry::Completed(result)) => Some(result),
            Some(Entry::Waiting(_)) | None => None,
        }
    }

    /// Takes the entry out of the table; the caller drops it, outside the lock.
    fn remove(&mut self) -> Option<Entry<R>> {
        if mem::replace(&mut self.finished, true) {
            return None;
        }
        lock(&self.shared).entries.remove(&self.token.0)
    }
}

impl<R> Future for Waiter<R> {
    type Output = Option<R>;

    /// # Panics
    /// If polled again after it was ready.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<R>> {
        let this = self.get_mut();
        assert!(!this.finished, "a waiter was polled after it had finished");
        let mut table = lock(&this.shared);
        let Slot::Occupied(mut slot) = table.entries.entry(this.token.0) else {
            // Only `close` removes an entry under its waiter.
            this.finished = true;
            return Poll::Ready(None);
        };
        match slot.get_mut() {
            Entry::Waiting(Some(waker)) if waker.will_wake(cx.waker()) => Poll::Pending,
            Entry::Waiting(_) if mutant!(PollLosesWakeup) => {
                drop(table);
                let mut table = lock(&this.shared);
                if let Some(Entry::Waiting(waker)) = table.entries.get_mut(&this.token.0) {
                    *waker = Some(cx.waker().clone());
                }
                Poll::Pending
            }
            Entry::Waiting(waker) => {
                let displaced = waker.replace(cx.waker().clone());
                // The last waker of a finished task drops that task, which may own waiters of this table.
                drop(table);
                drop(displaced);
                Poll::Pending
            }
            Entry::Completed(_) => {
                let entry = slot.remove();
                drop(table);
                this.finished = true;
                match entry {
                    Entry::Completed(result) => Poll::Ready(Some(result)),
                    Entry::Waiting(_) => unreachable!("matched as completed under the same lock"),
                }
            }
        }
    }
}

impl<R> Drop for Waiter<R> {
    fn drop(&mut self) {
        drop(self.remove());
    }
}

impl Token {
    /// The token as a number, unique in its table; for logs, or to pass through code that knows numbers only.
    #[must_use]
    pub fn to_u64(self) -> u64 {
        self.0
    }

    /// The token with this number. A number that no registration got completes nothing.
    #[must_use]
    pub fn from_u64(number: u64) -> Self {
        Self(number)
    }
}

impl<R> Clone for WaiterTable<R> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<R> fmt::Debug for WaiterTable<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaiterTable").finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for Waiter<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter").field("token", &self.token).finish_non_exhaustive()
    }
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "too many operations are under way",
            Self::Closed => "the table of operations is closed",
        })
    }
}

impl Error for RegisterError {}
