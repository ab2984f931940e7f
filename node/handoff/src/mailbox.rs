use crate::sync::{Condvar, Mutex, has_passed, lock, wait};
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// A bounded queue with many producers and one consumer, which takes in batches.
///
/// The consumer is either a thread ([`take`](Self::take)) or a task ([`take_async`](Self::take_async)). Only one
/// caller may wait at a time: the mailbox remembers a single sleeper, and a second would displace the first. Items of
/// one producer are taken in the order in which it pushed them.
pub struct Mailbox<T> {
    capacity: usize,
    state: Mutex<State<T>>,
    arrived: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
    consumer: Consumer,
}

/// Whom a push has to wake. A notification is a system call even where nobody sleeps, so producers look here first.
enum Consumer {
    Awake,
    Thread,
    Task(Waker),
}

/// Why an item was not taken in; it is handed back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PushError<T> {
    /// The mailbox holds as many items as it may.
    Full(T),
    /// The mailbox was closed.
    Closed(T),
}

/// What a consumer got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken<T> {
    /// At least one item, oldest first.
    Items(Vec<T>),
    /// Nothing came in time; the mailbox is open.
    Empty,
    /// The mailbox is closed, and every item that was in it has been taken.
    Closed,
}

impl<T> Mailbox<T> {
    /// An empty mailbox for at most `capacity` items (with 0, every push finds it full).
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let state = State { items: VecDeque::new(), closed: false, consumer: Consumer::Awake };
        Self { capacity, state: Mutex::new(state), arrived: Condvar::new() }
    }

    /// Appends an item, and wakes the consumer if it sleeps. Never blocks.
    ///
    /// # Errors
    /// [`PushError::Full`] or [`PushError::Closed`], with the item.
    pub fn push(&self, item: T) -> Result<(), PushError<T>> {
        let mut state = lock(&self.state);
        if state.closed {
            return Err(PushError::Closed(item));
        }
        if state.items.len() >= self.capacity {
            return Err(PushError::Full(item));
        }
        if mutant!(CheckThenPush) {
            drop(state);
            state = lock(&self.state);
        }
        if mutant!(PushWakesFirst) {
            let consumer = state.rouse();
            drop(state);
            self.wake(consumer);
            lock(&self.state).items.push_back(item);
            return Ok(());
        }
        state.items.push_back(item);
        let consumer = state.rouse();
        drop(state);
        self.wake(consumer);
        Ok(())
    }

    /// Blocks until there is an item, the mailbox is closed and empty, or `timeout` has passed (`None`: no limit);
    /// takes at most `max` items.
    ///
    /// # Panics
    /// If `max` is 0, or another thread waits here.
    pub fn take(&self, max: usize, timeout: Option<Duration>) -> Taken<T> {
        // A timeout too long for the clock to express is none.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let _stale; // Declared before the guard, so a stale waker is dropped after the lock is released.
        let mut state = lock(&self.state);
        assert!(!matches!(state.consumer, Consumer::Thread), "two threads take from one mailbox");
        _stale = state.rouse();
        loop {
            match state.take(max) {
                Taken::Empty if has_passed(deadline) => break Taken::Empty,
                Taken::Empty => {}
                taken => break taken,
            }
            if mutant!(TakeLosesWakeup) {
                drop(state);
                state = lock(&self.state);
            }
            state.consumer = Consumer::Thread;
            state = wait(&self.arrived, state, deadline);
            state.consumer = Consumer::Awake;
        }
    }

    /// Takes at most `max` items without blocking.
    ///
    /// # Panics
    /// If `max` is 0.
    pub fn try_take(&self, max: usize) -> Taken<T> {
        lock(&self.state).take(max)
    }

    /// Takes at most `max` items, or registers the task to be woken; `None` once closed and empty.
    ///
    /// # Panics
    /// If `max` is 0.
    pub fn poll_take(&self, cx: &mut Context<'_>, max: usize) -> Poll<Option<Vec<T>>> {
        let mut state = lock(&self.state);
        match state.take(max) {
            Taken::Items(items) => return Poll::Ready(Some(items)),
            Taken::Closed => return Poll::Ready(None),
            Taken::Empty => {}
        }
        if mutant!(KeepFirstWaker) && matches!(&state.consumer, Consumer::Task(_)) {
            return Poll::Pending;
        }
        if !matches!(&state.consumer, Consumer::Task(waker) if waker.will_wake(cx.waker())) {
            let displaced = mem::replace(&mut state.consumer, Consumer::Task(cx.waker().clone()));
            // The last waker of a finished task drops that task: not inside our critical section.
            drop(state);
            drop(displaced);
        }
        Poll::Pending
    }

    /// Waits until there is an item, and takes at most `max`; `None` once closed and empty.
    ///
    /// Cancel-safe: a dropped call has taken nothing.
    ///
    /// # Panics
    /// If `max` is 0.
    pub async fn take_async(&self, max: usize) -> Option<Vec<T>> {
        poll_fn(|cx| self.poll_take(cx, max)).await
    }

    /// Refuses items from now on. What is in is still taken; then the consumer sees the end.
    pub fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        if mutant!(CloseWakesNobody) {
            return;
        }
        let consumer = state.rouse();
        drop(state);
        self.wake(consumer);
    }

    /// How many items are in.
    #[must_use]
    pub fn len(&self) -> usize {
        lock(&self.state).items.len()
    }

    /// Whether no item is in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items it may hold.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    fn wake(&self, consumer: Consumer) {
        match consumer {
            Consumer::Awake => {}
            Consumer::Thread => self.arrived.notify_one(),
            Consumer::Task(waker) => waker.wake(),
        }
    }
}

impl<T> State<T> {
    fn take(&mut self, max: usize) -> Taken<T> {
        assert!(max > 0, "a batch holds at least one item");
        if self.items.is_empty() {
            return if self.closed { Taken::Closed } else { Taken::Empty };
        }
        let count = self.items.len().min(max);
        Taken::Items(self.items.drain(..count).collect())
    }

    /// Who sleeps; the caller wakes it once the lock is released, and nobody else does.
    fn rouse(&mut self) -> Consumer {
        mem::replace(&mut self.consumer, Consumer::Awake)
    }
}

impl<T> fmt::Debug for Mailbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

impl<T> PushError<T> {
    /// The item that was not taken in.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(item) | Self::Closed(item) => item,
        }
    }
}

impl<T> fmt::Debug for PushError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full",
            Self::Closed(_) => "Closed",
        })
    }
}

impl<T> fmt::Display for PushError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "the mailbox is full",
            Self::Closed(_) => "the mailbox is closed",
        })
    }
}

impl<T> Error for PushError<T> {}
