//! Mailbox with the primitives of `std`: bounds, batches, timeouts, and a run with real threads.
#![cfg(not(loom))]

use quorate_handoff::{Mailbox, PushError, Taken};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

#[test]
fn capacity_and_close_give_the_item_back() {
    let mailbox = Mailbox::new(2);
    assert_eq!(mailbox.push(1), Ok(()));
    assert_eq!(mailbox.push(2), Ok(()));
    assert_eq!(mailbox.push(3), Err(PushError::Full(3)));
    assert_eq!((mailbox.len(), mailbox.capacity()), (2, 2));
    mailbox.close();
    assert_eq!(mailbox.push(4).unwrap_err().into_inner(), 4);
    assert_eq!(mailbox.push(4), Err(PushError::Closed(4)));
    assert_eq!(mailbox.take(1, None), Taken::Items(vec![1]));
    assert_eq!(mailbox.try_take(9), Taken::Items(vec![2]));
    assert_eq!(mailbox.take(1, None), Taken::Closed);
    assert_eq!(mailbox.try_take(1), Taken::Closed);
}

#[test]
fn no_capacity_takes_nothing_in() {
    assert_eq!(Mailbox::new(0).push(1), Err(PushError::Full(1)));
}

#[test]
fn timeouts_end_an_empty_take_only() {
    let mailbox = Mailbox::new(2);
    assert_eq!(mailbox.try_take(1), Taken::<u32>::Empty);
    assert_eq!(mailbox.take(1, Some(Duration::ZERO)), Taken::Empty);
    assert_eq!(mailbox.take(1, Some(Duration::from_millis(1))), Taken::Empty);
    mailbox.push(1).unwrap();
    assert_eq!(mailbox.take(1, Some(Duration::ZERO)), Taken::Items(vec![1]));
    mailbox.push(2).unwrap();
    assert_eq!(mailbox.take(1, Some(Duration::MAX)), Taken::Items(vec![2]));
}

#[test]
#[should_panic(expected = "at least one item")]
fn a_batch_of_none_is_refused() {
    let _ = Mailbox::<u32>::new(1).try_take(0);
}

#[test]
fn a_dropped_async_take_has_taken_nothing() {
    let mailbox = Mailbox::new(1);
    let mut cx = Context::from_waker(Waker::noop());
    {
        let take = pin!(mailbox.take_async(1));
        assert!(take.poll(&mut cx).is_pending());
    }
    mailbox.push(1).unwrap();
    assert_eq!(mailbox.poll_take(&mut cx, 1), Poll::Ready(Some(vec![1])));
    mailbox.close();
    assert_eq!(mailbox.poll_take(&mut cx, 1), Poll::Ready(None));
}

/// A thread that gave up waiting must not be taken for one that still waits.
#[test]
fn a_thread_may_wait_again_after_a_timeout() {
    let mailbox = Mailbox::new(1);
    for item in 0..3 {
        assert_eq!(mailbox.take(1, Some(Duration::from_millis(1))), Taken::Empty);
        mailbox.push(item).unwrap();
        assert_eq!(mailbox.take(1, None), Taken::Items(vec![item]));
    }
}

#[test]
fn many_producers_lose_nothing_and_keep_their_order() {
    const PRODUCERS: usize = 4;
    const ITEMS: usize = 5_000;
    let mailbox = Arc::new(Mailbox::new(64));
    let producers: Vec<_> = (0..PRODUCERS)
        .map(|producer| {
            let mailbox = Arc::clone(&mailbox);
            thread::spawn(move || {
                for number in 0..ITEMS {
                    while mailbox.push((producer, number)).is_err() {
                        thread::yield_now();
                    }
                }
            })
        })
        .collect();
    let mut next = [0; PRODUCERS];
    while next.iter().sum::<usize>() < PRODUCERS * ITEMS {
        // Both kinds of wait, with and without a deadline.
        let timeout = (next[0] % 2 == 0).then_some(Duration::from_secs(60));
        let Taken::Items(items) = mailbox.take(16, timeout) else { panic!("items are still to come") };
        assert!(items.len() <= 16);
        for (producer, number) in items {
            assert_eq!(number, next[producer]);
            next[producer] += 1;
        }
    }
    producers.into_iter().for_each(|producer| producer.join().unwrap());
    assert!(mailbox.is_empty());
}
