//! Shutdown: no waiter of either kind misses the request, the owner is woken by the last participant and by no earlier
//! one, and nobody joins afterwards. The tests
//! are exhaustive where they do not say otherwise.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod explore;

use explore::{block_on_wakes, bounded, exhaust};
use loom::future::block_on;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use quorate_handoff::Shutdown;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

fn request_from_thread(shutdown: &Shutdown) -> thread::JoinHandle<()> {
    let shutdown = shutdown.clone();
    thread::spawn(move || shutdown.request())
}

/// Two waiters and a requester take tens of seconds to exhaust, and a minute and more with two tasks: those tests allow
/// at most three preemptions. With one waiter of either kind they are exhausted below.
fn at_most_three() -> loom::model::Builder {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model
}

#[test]
fn a_thread_sees_the_request() {
    loom::model(|| {
        let shutdown = Shutdown::new();
        let requester = request_from_thread(&shutdown);
        assert!(shutdown.wait(None));
        requester.join().unwrap();
    });
}

#[test]
fn a_task_sees_the_request() {
    loom::model(|| {
        let shutdown = Shutdown::new();
        let requester = request_from_thread(&shutdown);
        block_on(shutdown.requested());
        requester.join().unwrap();
    });
}

#[test]
fn a_thread_and_a_task_see_the_request() {
    at_most_three().check(|| {
        let shutdown = Shutdown::new();
        let thread = {
            let shutdown = shutdown.clone();
            thread::spawn(move || assert!(shutdown.wait(None)))
        };
        let requester = request_from_thread(&shutdown);
        block_on(shutdown.requested());
        assert!(shutdown.is_requested());
        thread.join().unwrap();
        requester.join().unwrap();
    });
}

#[test]
fn two_threads_see_the_request() {
    at_most_three().check(|| {
        let shutdown = Shutdown::new();
        let threads = [(), ()].map(|()| {
            let shutdown = shutdown.clone();
            thread::spawn(move || assert!(shutdown.wait(None)))
        });
        shutdown.request();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn two_tasks_see_the_request() {
    at_most_three().check(|| {
        let shutdown = Shutdown::new();
        let task = {
            let shutdown = shutdown.clone();
            thread::spawn(move || block_on(shutdown.requested()))
        };
        let requester = request_from_thread(&shutdown);
        block_on(shutdown.requested());
        task.join().unwrap();
        requester.join().unwrap();
    });
}

/// A task that moved: the waker it left with the last poll is the one that counts.
#[test]
fn the_newest_waker_counts() {
    loom::model(|| {
        let shutdown = Shutdown::new();
        let requester = request_from_thread(&shutdown);
        let mut requested = shutdown.requested();
        if Pin::new(&mut requested).poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            block_on(requested);
        }
        requester.join().unwrap();
    });
}

/// Participants count their work before they leave; the owner must see all of it, and nobody may join later.
fn participants_leave<const N: usize>(model: &loom::model::Builder, wait_idle: fn(&Shutdown)) {
    model.check(move || {
        let shutdown = Shutdown::new();
        let work = Arc::new(AtomicUsize::new(0));
        let participants = [(); N].map(|()| {
            let (shutdown, work) = (shutdown.clone(), Arc::clone(&work));
            thread::spawn(move || {
                let Some(guard) = shutdown.guard() else {
                    return 0;
                };
                work.fetch_add(1, Ordering::Relaxed);
                drop(guard);
                1
            })
        });
        shutdown.request();
        wait_idle(&shutdown);
        let seen = work.load(Ordering::Relaxed);
        assert!(shutdown.guard().is_none());
        assert_eq!(shutdown.participants(), 0);
        let joined: usize = participants.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(seen, joined, "idle is said after the last participant's work, and for good");
    });
}

#[test]
fn a_thread_waits_for_a_participant() {
    let exhaustive = loom::model::Builder::new();
    participants_leave::<1>(&exhaustive, |shutdown| assert!(shutdown.wait_idle(None)));
}

#[test]
fn a_thread_waits_for_both_participants() {
    let exhaustive = loom::model::Builder::new();
    participants_leave::<2>(&exhaustive, |shutdown| assert!(shutdown.wait_idle(None)));
}

#[test]
fn a_task_waits_for_a_participant() {
    let exhaustive = loom::model::Builder::new();
    participants_leave::<1>(&exhaustive, |shutdown| block_on(shutdown.idle()));
}

#[test]
fn a_task_waits_for_both_participants() {
    participants_leave::<2>(&at_most_three(), |shutdown| block_on(shutdown.idle()));
}

/// The participants left before anyone asked, or the request comes last: either is the end.
#[test]
fn the_request_may_come_last() {
    loom::model(|| {
        let shutdown = Shutdown::new();
        let guard = shutdown.guard().unwrap();
        let requester = request_from_thread(&shutdown);
        let participant = thread::spawn(move || drop(guard));
        assert!(shutdown.wait_idle(None));
        assert!(shutdown.is_requested());
        requester.join().unwrap();
        participant.join().unwrap();
    });
}

/// Three threads, two operations each: one that waits for the request and tries to join, a participant that joins and
/// leaves, and the owner, who requests and waits for the end.
fn three_by_two(wait: fn(&Shutdown), wait_idle: fn(&Shutdown)) -> impl Fn() {
    move || {
        let shutdown = Shutdown::new();
        let waiter = {
            let shutdown = shutdown.clone();
            thread::spawn(move || {
                wait(&shutdown);
                assert!(shutdown.guard().is_none(), "nobody joins after the request");
            })
        };
        let work = Arc::new(AtomicUsize::new(0));
        let participant = {
            let (shutdown, work) = (shutdown.clone(), Arc::clone(&work));
            thread::spawn(move || {
                let guard = shutdown.guard();
                guard.map_or(0, |_guard| work.fetch_add(1, Ordering::Relaxed) + 1)
            })
        };
        shutdown.request();
        wait_idle(&shutdown);
        let seen = work.load(Ordering::Relaxed);
        waiter.join().unwrap();
        assert_eq!(seen, participant.join().unwrap(), "idle is said after the participant's work, and for good");
    }
}

#[test]
fn three_by_two_with_threads() {
    exhaust("shutdown, threads", three_by_two(|s| assert!(s.wait(None)), |s| assert!(s.wait_idle(None))));
}

/// Not exhausted in a minute of processor time: at most four preemptions.
#[test]
fn three_by_two_with_tasks() {
    let model = three_by_two(|s| block_on_wakes(s.requested()), |s| block_on_wakes(s.idle()));
    bounded("shutdown, tasks", 4, model);
}

#[test]
fn three_by_two_with_spurious_wakes() {
    let model = three_by_two(|s| block_on(s.requested()), |s| block_on(s.idle()));
    bounded("shutdown, tasks, spurious wake-ups", 3, model);
}
