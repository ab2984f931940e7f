//! WaiterTable with the primitives of `std`: bounds, outcomes, and wakers that re-enter the table.
#![cfg(not(loom))]

use quorate_handoff::{RegisterError, Token, Waiter, WaiterTable};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

fn poll<R>(waiter: &mut Waiter<R>, waker: &Waker) -> Poll<Option<R>> {
    Pin::new(waiter).poll(&mut Context::from_waker(waker))
}

#[derive(Default)]
struct CountWakes(AtomicUsize);

impl Wake for CountWakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_result_reaches_its_waiter_once() {
    let table = WaiterTable::new(2);
    let (token, mut waiter) = table.register().unwrap();
    let (other, _other_waiter) = table.register().unwrap();
    assert_eq!(table.register().unwrap_err(), RegisterError::Full);
    assert_ne!(token, other);
    assert_eq!(waiter.token(), token);
    let wakes = Arc::new(CountWakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    assert!(poll(&mut waiter, &waker).is_pending());
    assert!(table.complete(Token::from_u64(token.to_u64()), 7));
    assert!(!table.complete(token, 8));
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    assert_eq!(poll(&mut waiter, &waker), Poll::Ready(Some(7)));
    assert!(!table.complete(token, 9));
    assert_eq!(table.len(), 1);
}

#[test]
fn dropping_and_cancelling_free_the_entry() {
    let table = WaiterTable::new(1);
    let (token, waiter) = table.register().unwrap();
    drop(waiter);
    assert!(!table.complete(token, 1));
    let (newer, waiter) = table.register().unwrap();
    assert!(newer > token, "tokens are never used again");
    assert!(!table.complete(token, 1));
    assert!(table.complete(newer, 2));
    assert_eq!(waiter.cancel(), Some(2));
    let (_, waiter) = table.register().unwrap();
    assert_eq!(waiter.cancel(), None);
    assert!(table.is_empty());
}

#[test]
fn close_ends_waiters_but_keeps_results() {
    let table = WaiterTable::new(3);
    let (completed, mut with_result) = table.register().unwrap();
    let (open, mut without) = table.register().unwrap();
    let (_, cancelled) = table.register().unwrap();
    let wakes = Arc::new(CountWakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    assert!(poll(&mut without, &waker).is_pending());
    assert!(table.complete(completed, 7));
    table.close();
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    assert!(!table.complete(open, 8));
    assert_eq!(poll(&mut with_result, &waker), Poll::Ready(Some(7)));
    assert_eq!(poll(&mut without, &waker), Poll::Ready(None));
    assert_eq!(cancelled.cancel(), None);
    assert_eq!(table.register().unwrap_err(), RegisterError::Closed);
    assert!(table.is_empty());
}

#[test]
#[should_panic(expected = "after it had finished")]
fn polling_after_the_end_is_a_bug() {
    let table = WaiterTable::new(1);
    let (token, mut waiter) = table.register().unwrap();
    assert!(table.complete(token, 7));
    assert!(poll(&mut waiter, Waker::noop()).is_ready());
    let _ = poll(&mut waiter, Waker::noop());
}

/// A waker that owns another waiter of the same table, as a task does whose last handle is its waker.
struct OwnsAWaiter(#[expect(dead_code, reason = "dropped with its owner")] Mutex<Option<Waiter<u32>>>);

impl Wake for OwnsAWaiter {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn wakers_that_own_waiters_are_dropped_outside_the_lock() {
    let table = WaiterTable::new(8);
    let waker_with_waiter = || {
        let (_, waiter) = table.register().unwrap();
        Waker::from(Arc::new(OwnsAWaiter(Mutex::new(Some(waiter)))))
    };
    // Displaced by a later poll.
    let (token, mut waiter) = table.register().unwrap();
    assert!(poll(&mut waiter, &waker_with_waiter()).is_pending());
    assert!(poll(&mut waiter, Waker::noop()).is_pending());
    assert_eq!(table.len(), 1);
    // Spent on a completion.
    assert!(poll(&mut waiter, &waker_with_waiter()).is_pending());
    assert!(table.complete(token, 7));
    assert_eq!(table.len(), 1);
    drop(waiter);
    // Dropped with its waiter.
    let (_, mut waiter) = table.register().unwrap();
    assert!(poll(&mut waiter, &waker_with_waiter()).is_pending());
    drop(waiter);
    assert_eq!(table.len(), 0);
    // Woken by the end of the table.
    let (_, mut waiter) = table.register().unwrap();
    assert!(poll(&mut waiter, &waker_with_waiter()).is_pending());
    table.close();
    assert!(table.is_empty());
}
