//! Shutdown with the primitives of `std`: the latch, the count, timeouts, and wakers that re-enter the latch.
#![cfg(not(loom))]

use quorate_handoff::{Guard, Shutdown};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

#[test]
fn the_request_latches_and_ends_joining() {
    let shutdown = Shutdown::new();
    assert!(!shutdown.is_requested());
    assert!(!shutdown.wait(Some(Duration::from_millis(1))));
    let guard = shutdown.guard().unwrap();
    shutdown.request();
    shutdown.request();
    assert!(shutdown.is_requested() && shutdown.wait(None));
    assert!(shutdown.guard().is_none());
    assert_eq!(shutdown.participants(), 1);
    assert!(!shutdown.wait_idle(Some(Duration::from_millis(1))));
    drop(guard);
    assert!(shutdown.wait_idle(None));
}

#[test]
fn nobody_present_is_not_yet_idle() {
    let shutdown = Shutdown::new();
    drop(shutdown.guard());
    assert!(!shutdown.wait_idle(Some(Duration::ZERO)));
    shutdown.request();
    assert!(shutdown.wait_idle(Some(Duration::ZERO)));
}

#[test]
fn threads_that_wait_all_end() {
    let shutdown = Shutdown::new();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let guard = shutdown.guard().unwrap();
            let shutdown = shutdown.clone();
            thread::spawn(move || {
                let _guard = guard;
                assert!(shutdown.wait(None));
            })
        })
        .collect();
    shutdown.request();
    assert!(shutdown.wait_idle(None));
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// A waker that owns a participant's guard, as a task does whose last handle is its waker.
struct OwnsAGuard(#[expect(dead_code, reason = "dropped with its owner")] Mutex<Option<Guard>>);

impl Wake for OwnsAGuard {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn wakers_that_own_guards_are_dropped_outside_the_lock() {
    let shutdown = Shutdown::new();
    let waker_with_guard = || Waker::from(Arc::new(OwnsAGuard(Mutex::new(shutdown.guard()))));
    let poll = |requested: &mut _, waker: &Waker| Future::poll(Pin::new(requested), &mut Context::from_waker(waker));
    let mut requested = shutdown.requested();
    assert!(poll(&mut requested, &waker_with_guard()).is_pending());
    assert!(poll(&mut requested, Waker::noop()).is_pending());
    assert_eq!(shutdown.participants(), 0, "displaced by the later poll");
    assert!(poll(&mut requested, &waker_with_guard()).is_pending());
    drop(requested);
    assert_eq!(shutdown.participants(), 0, "dropped with the future");
    let mut requested = shutdown.requested();
    assert!(poll(&mut requested, &waker_with_guard()).is_pending());
    shutdown.request();
    assert_eq!(shutdown.participants(), 0, "woken by the request");
    assert!(poll(&mut requested, Waker::noop()).is_ready());
    assert!(shutdown.wait_idle(None));
}
