//! Mailbox: no accepted item is lost or taken twice, no wake-up is lost (loom reports the deadlock), closing lets the
//! consumer have what is in. All tests are exhaustive, but for the one that states a bound.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod explore;

use explore::{block_on_wakes, bounded, exhaust};
use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;
use quorate_handoff::{Mailbox, PushError, Taken};
use std::task::{Context, Waker};

/// Takes until the mailbox is closed, blocking.
fn take_all(mailbox: &Mailbox<u32>, max: usize) -> Vec<u32> {
    let mut all = Vec::new();
    loop {
        match mailbox.take(max, None) {
            Taken::Items(items) => {
                assert!(!items.is_empty() && items.len() <= max);
                all.extend(items);
            }
            Taken::Empty => panic!("there was no timeout"),
            Taken::Closed => return all,
        }
    }
}

fn push_from_thread(mailbox: &Arc<Mailbox<u32>>, item: u32) -> thread::JoinHandle<()> {
    let mailbox = Arc::clone(mailbox);
    thread::spawn(move || mailbox.push(item).unwrap())
}

#[test]
fn two_producers_and_a_thread_that_takes() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::new(2));
        let producers = [1, 2].map(|item| push_from_thread(&mailbox, item));
        let mut taken = Vec::new();
        while taken.len() < 2 {
            match mailbox.take(2, None) {
                Taken::Items(items) => taken.extend(items),
                other => panic!("{other:?} of an open mailbox without a timeout"),
            }
        }
        producers.into_iter().for_each(|producer| producer.join().unwrap());
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
        assert!(mailbox.is_empty());
    });
}

#[test]
fn two_producers_and_a_task_that_takes() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::new(2));
        let producers = [1, 2].map(|item| push_from_thread(&mailbox, item));
        let mut taken = Vec::new();
        while taken.len() < 2 {
            taken.extend(block_on(mailbox.take_async(1)).unwrap());
        }
        producers.into_iter().for_each(|producer| producer.join().unwrap());
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
    });
}

#[test]
fn order_of_one_producer_is_kept_and_close_drains() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::new(3));
        let producer = {
            let mailbox = Arc::clone(&mailbox);
            thread::spawn(move || {
                for item in [1, 2, 3] {
                    mailbox.push(item).unwrap();
                }
                mailbox.close();
                assert_eq!(mailbox.push(4), Err(PushError::Closed(4)));
            })
        };
        assert_eq!(take_all(&mailbox, 2), [1, 2, 3]);
        producer.join().unwrap();
    });
}

#[test]
fn push_races_close() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::new(1));
        let producer = {
            let mailbox = Arc::clone(&mailbox);
            thread::spawn(move || mailbox.push(1).is_ok())
        };
        let closer = {
            let mailbox = Arc::clone(&mailbox);
            thread::spawn(move || mailbox.close())
        };
        let taken = take_all(&mailbox, 1);
        closer.join().unwrap();
        assert_eq!(taken.len(), usize::from(producer.join().unwrap()));
    });
}

#[test]
fn close_ends_a_task_that_sleeps() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::<u32>::new(1));
        let closer = {
            let mailbox = Arc::clone(&mailbox);
            thread::spawn(move || mailbox.close())
        };
        assert_eq!(block_on(mailbox.take_async(1)), None);
        closer.join().unwrap();
    });
}

#[test]
fn full_mailbox_takes_in_no_more_than_its_capacity() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::new(1));
        let producers = [1, 2].map(|item| {
            let mailbox = Arc::clone(&mailbox);
            thread::spawn(move || match mailbox.push(item) {
                Ok(()) => vec![item],
                Err(PushError::Full(back)) => {
                    assert_eq!(back, item);
                    Vec::new()
                }
                Err(PushError::Closed(_)) => panic!("nobody closed it"),
            })
        });
        let mut taken = match mailbox.take(2, None) {
            Taken::Items(items) => items,
            other => panic!("{other:?} of an open mailbox without a timeout"),
        };
        assert_eq!(taken.len(), 1);
        let mut accepted: Vec<u32> = Vec::new();
        for producer in producers {
            accepted.extend(producer.join().unwrap());
        }
        mailbox.close();
        taken.extend(take_all(&mailbox, 2));
        taken.sort_unstable();
        assert_eq!(taken, accepted);
    });
}

/// A call of `take_async` that was dropped (as `select!` does) leaves its waker behind, and a push may spend its one
/// wake-up on it; the next call must not need it.
#[test]
fn a_dropped_take_costs_no_wake_up() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::new(1));
        let producer = push_from_thread(&mailbox, 1);
        let first = mailbox.poll_take(&mut Context::from_waker(Waker::noop()), 1);
        if first.is_pending() {
            assert_eq!(block_on(mailbox.take_async(1)), Some(vec![1]));
        }
        producer.join().unwrap();
    });
}

/// What two producers were let in with, and what the consumer and the drain after it got: each item once, and those of
/// one producer in its order.
fn each_once_in_order(first: &[u32], second: &[u32], taken: &[u32]) {
    let of = |from: &[u32]| taken.iter().copied().filter(|item| from.contains(item)).collect::<Vec<_>>();
    assert_eq!(of(first), first);
    assert_eq!(of(second), second);
    assert_eq!(taken.len(), first.len() + second.len(), "{taken:?}");
}

/// Three threads, two operations each: push and push, push and close, take and take. `take` gets what there is, or
/// nothing once the mailbox is closed and empty.
fn three_by_two(take: fn(&Mailbox<u32>) -> Vec<u32>) -> impl Fn() {
    move || {
        let mailbox = Arc::new(Mailbox::new(2));
        let pusher = {
            let mailbox = Arc::clone(&mailbox);
            thread::spawn(move || [1, 2].into_iter().filter(|item| mailbox.push(*item).is_ok()).collect::<Vec<_>>())
        };
        let closer = {
            let mailbox = Arc::clone(&mailbox);
            thread::spawn(move || {
                let accepted = Vec::from_iter(mailbox.push(3).is_ok().then_some(3));
                mailbox.close();
                accepted
            })
        };
        let mut taken = take(&mailbox);
        taken.extend(take(&mailbox));
        let (first, second) = (pusher.join().unwrap(), closer.join().unwrap());
        taken.extend(take_all(&mailbox, 1));
        each_once_in_order(&first, &second, &taken);
    }
}

#[test]
fn three_by_two_with_a_thread() {
    let take: fn(&Mailbox<u32>) -> _ = |mailbox| match mailbox.take(2, None) {
        Taken::Items(items) => items,
        Taken::Closed => Vec::new(),
        Taken::Empty => panic!("there was no timeout"),
    };
    exhaust("mailbox, a thread takes", three_by_two(take));
}

#[test]
fn three_by_two_with_a_task() {
    let take: fn(&Mailbox<u32>) -> _ = |mailbox| block_on_wakes(mailbox.take_async(2)).unwrap_or_default();
    exhaust("mailbox, a task takes", three_by_two(take));
}

#[test]
fn three_by_two_with_spurious_wakes() {
    let take: fn(&Mailbox<u32>) -> _ = |mailbox| block_on(mailbox.take_async(2)).unwrap_or_default();
    bounded("mailbox, a task takes, spurious wake-ups", 3, three_by_two(take));
}
