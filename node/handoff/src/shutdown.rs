use crate::sync::{Arc, Condvar, Mutex, has_passed, lock, wait};
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// A latch that says "stop", and a count of those who have not yet stopped. Cloning gives another handle to one latch.
///
/// Participants hold a [`Guard`] while they run. After the request no guard is given out, so once all have left
/// ([`wait_idle`](Self::wait_idle)) nobody comes back.
#[derive(Clone)]
pub struct Shutdown {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    requested: bool,
    participants: usize,
    next_key: u64,
    /// One for each live future that has been polled.
    wakers: BTreeMap<u64, Waker>,
}

/// A participant; it leaves when this is dropped.
#[must_use = "a dropped guard has left"]
pub struct Guard {
    shared: Arc<Shared>,
}

/// Ready once shutdown has been requested. May be polled by any number of tasks, each with one of its own.
pub struct Requested(Event);

/// Ready once shutdown has been requested and every participant has left.
pub struct Idle(Event);

struct Event {
    shared: Arc<Shared>,
    happened: fn(&State) -> bool,
    key: Option<u64>,
}

impl Shutdown {
    /// A latch that nobody has requested, without participants.
    #[must_use]
    pub fn new() -> Self {
        let state = State { requested: false, participants: 0, next_key: 0, wakers: BTreeMap::new() };
        let shared = Shared { state: Mutex::new(state), changed: Condvar::new() };
        Self { shared: Arc::new(shared) }
    }

    /// Asks everyone to stop. For good; asking again changes nothing.
    pub fn request(&self) {
        self.shared.change(|state| {
            state.requested = true;
            true
        });
    }

    /// Whether shutdown has been requested.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        lock(&self.shared.state).requested
    }

    /// Blocks until shutdown is requested or `timeout` has passed (`None`: no limit); returns whether it is requested.
    pub fn wait(&self, timeout: Option<Duration>) -> bool {
        self.shared.wait(State::is_requested, timeout)
    }

    /// Ready once shutdown has been requested.
    pub fn requested(&self) -> Requested {
        Requested(self.event(State::is_requested))
    }

    /// Joins as a participant; `None` once shutdown has been requested.
    #[must_use]
    pub fn guard(&self) -> Option<Guard> {
        let mut state = lock(&self.shared.state);
        if state.requested {
            return None;
        }
        if mutant!(CheckThenJoin) {
            drop(state);
            state = lock(&self.shared.state);
        }
        state.participants += 1;
        drop(state);
        Some(Guard { shared: Arc::clone(&self.shared) })
    }

    /// How many participants have not left.
    #[must_use]
    pub fn participants(&self) -> usize {
        lock(&self.shared.state).participants
    }

    /// Blocks until shutdown has been requested and all have left, or `timeout` has passed (`None`: no limit); returns
    /// whether all have.
    pub fn wait_idle(&self, timeout: Option<Duration>) -> bool {
        self.shared.wait(State::is_idle, timeout)
    }

    /// Ready once shutdown has been requested and all have left.
    pub fn idle(&self) -> Idle {
        Idle(self.event(State::is_idle))
    }

    fn event(&self, happened: fn(&State) -> bool) -> Event {
        Event { shared: Arc::clone(&self.shared), happened, key: None }
    }
}

impl State {
    fn is_requested(&self) -> bool {
        self.requested
    }

    fn is_idle(&self) -> bool {
        self.requested && self.participants == 0
    }
}

impl Shared {
    /// Changes the state; wakes everyone if `change` says that one of the two events has happened by it.
    fn change(&self, change: impl FnOnce(&mut State) -> bool) {
        let mut state = lock(&self.state);
        if mutant!(WakeBeforeChange) {
            let wakers = mem::take(&mut state.wakers);
            drop(state);
            self.changed.notify_all();
            wakers.into_values().for_each(Waker::wake);
            change(&mut lock(&self.state));
            return;
        }
        if !change(&mut state) {
            return;
        }
        let wakers = mem::take(&mut state.wakers);
        drop(state);
        if mutant!(NotifyOne) {
            self.changed.notify_one();
        } else {
            self.changed.notify_all();
        }
        if mutant!(DropSleepers) {
            return;
        }
        wakers.into_values().for_each(Waker::wake);
    }

    fn wait(&self, happened: fn(&State) -> bool, timeout: Option<Duration>) -> bool {
        // A timeout too long for the clock to express is none.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = lock(&self.state);
        while !happened(&state) {
            if has_passed(deadline) {
                return false;
            }
            if mutant!(WaitLosesWakeup) {
                drop(state);
                state = lock(&self.state);
            }
            state = wait(&self.changed, state, deadline);
        }
        true
    }
}

impl Event {
    fn poll(&mut self, cx: &Context<'_>) -> Poll<()> {
        let mut state = lock(&self.shared.state);
        if (self.happened)(&state) {
            return Poll::Ready(());
        }
        let key = *self.key.get_or_insert_with(|| {
            state.next_key += 1;
            state.next_key
        });
        let displaced = state.wakers.insert(key, cx.waker().clone());
        // The last waker of a finished task drops that task, which may own futures or guards of this latch.
        drop(state);
        drop(displaced);
        Poll::Pending
    }
}

impl Future for Requested {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll(cx)
    }
}

impl Future for Idle {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll(cx)
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        let Some(key) = self.key else { return };
        let mut state = lock(&self.shared.state);
        let waker = state.wakers.remove(&key);
        drop(state);
        drop(waker);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.shared.change(|state| {
            state.participants -= 1;
            state.is_idle()
        });
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown").finish_non_exhaustive()
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

impl fmt::Debug for Requested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requested").finish_non_exhaustive()
    }
}

impl fmt::Debug for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idle").finish_non_exhaustive()
    }
}
