//! WaiterTable: races of completion, timeout (the waiter is dropped), cancel and close have one outcome, leave nothing
//! behind and lose no wake-up; a late completion never reaches a newer waiter. All tests are exhaustive, but for
//! those that state a bound.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod explore;

use explore::{block_on_wakes, bounded, exhaust};
use loom::future::block_on;
use loom::thread;
use quorate_handoff::{RegisterError, Token, Waiter, WaiterTable};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

fn complete_from_thread(table: &WaiterTable<u32>, token: Token, result: u32) -> thread::JoinHandle<bool> {
    let table = table.clone();
    thread::spawn(move || table.complete(token, result))
}

#[test]
fn completion_wakes_the_waiter() {
    loom::model(|| {
        let table = WaiterTable::new(1);
        let (token, waiter) = table.register().unwrap();
        let completer = complete_from_thread(&table, token, 7);
        assert_eq!(block_on(waiter), Some(7));
        assert!(completer.join().unwrap());
        assert!(table.is_empty());
    });
}

/// The task that polled first is not the one that waits: the newest waker counts.
#[test]
fn completion_wakes_the_task_that_polled_last() {
    loom::model(|| {
        let table = WaiterTable::new(1);
        let (token, mut waiter) = table.register().unwrap();
        let completer = complete_from_thread(&table, token, 7);
        let first = Pin::new(&mut waiter).poll(&mut Context::from_waker(Waker::noop()));
        let result = match first {
            Poll::Ready(result) => result,
            Poll::Pending => block_on(waiter),
        };
        assert_eq!(result, Some(7));
        assert!(completer.join().unwrap());
    });
}

#[test]
fn completion_races_cancel() {
    loom::model(|| {
        let table = WaiterTable::new(1);
        let (token, waiter) = table.register().unwrap();
        let completer = complete_from_thread(&table, token, 7);
        let result = waiter.cancel();
        assert_eq!(completer.join().unwrap(), result.is_some(), "one outcome");
        assert!(table.is_empty());
    });
}

#[test]
fn completion_races_a_timeout() {
    loom::model(|| {
        let table = WaiterTable::new(1);
        let (token, mut waiter) = table.register().unwrap();
        let completer = complete_from_thread(&table, token, 7);
        let polled = Pin::new(&mut waiter).poll(&mut Context::from_waker(Waker::noop()));
        drop(waiter);
        assert!(!table.complete(token, 8), "nothing completes what has ended");
        let completed = completer.join().unwrap();
        assert!(completed || polled.is_pending());
        assert!(table.is_empty(), "nothing is left behind");
    });
}

#[test]
fn two_completions_race() {
    loom::model(|| {
        let table = WaiterTable::new(1);
        let (token, waiter) = table.register().unwrap();
        let completers = [1, 2].map(|result| complete_from_thread(&table, token, result));
        let result = block_on(waiter);
        let [first, second] = completers.map(|completer| completer.join().unwrap());
        assert!(first != second, "one of them wins");
        assert_eq!(result, Some(if first { 1 } else { 2 }));
        assert!(table.is_empty());
    });
}

/// The table has one place, so the second operation gets the place of the first while the first's completion is late.
#[test]
fn late_completion_never_reaches_the_next_waiter() {
    loom::model(|| {
        let table = WaiterTable::new(1);
        let (old, waiter) = table.register().unwrap();
        let late = complete_from_thread(&table, old, 1);
        let first = waiter.cancel();
        let (new, waiter) = table.register().unwrap();
        let completer = complete_from_thread(&table, new, 2);
        assert_eq!(block_on(waiter), Some(2));
        assert!(completer.join().unwrap());
        assert_eq!(late.join().unwrap(), first.is_some());
        assert!(table.is_empty());
    });
}

#[test]
fn completion_races_close() {
    loom::model(|| {
        let table = WaiterTable::new(2);
        let (token, waiter) = table.register().unwrap();
        let completer = complete_from_thread(&table, token, 7);
        let closer = {
            let table = table.clone();
            thread::spawn(move || table.close())
        };
        let result = block_on(waiter);
        assert_eq!(completer.join().unwrap(), result.is_some());
        closer.join().unwrap();
        assert_eq!(table.register().unwrap_err(), RegisterError::Closed);
        assert!(table.is_empty());
    });
}

#[test]
fn registration_races_close() {
    loom::model(|| {
        let table = WaiterTable::<u32>::new(1);
        let closer = {
            let table = table.clone();
            thread::spawn(move || table.close())
        };
        match table.register() {
            Ok((_, waiter)) => assert_eq!(block_on(waiter), None),
            Err(error) => assert_eq!(error, RegisterError::Closed),
        }
        closer.join().unwrap();
        assert!(table.is_empty());
    });
}

/// Three threads, two operations each: wait and wait, complete both, complete the second and close.
fn completions_and_close(block_on: fn(Waiter<u32>) -> Option<u32>) -> impl Fn() {
    move || {
        let table = WaiterTable::new(2);
        let (first, first_waiter) = table.register().unwrap();
        let (second, second_waiter) = table.register().unwrap();
        let completer = {
            let table = table.clone();
            thread::spawn(move || [table.complete(first, 1), table.complete(second, 2)])
        };
        let closer = {
            let table = table.clone();
            thread::spawn(move || {
                let won = table.complete(second, 3);
                table.close();
                won
            })
        };
        let results = [block_on(first_waiter), block_on(second_waiter)];
        let [won_first, won_second] = completer.join().unwrap();
        let won_third = closer.join().unwrap();
        assert_eq!(results[0], won_first.then_some(1));
        assert!(!(won_second && won_third), "one of them wins");
        assert_eq!(results[1], won_second.then_some(2).or(won_third.then_some(3)));
        assert!(table.is_empty());
    }
}

#[test]
fn three_by_two_completions_and_close() {
    exhaust("waiter table, completions and close", completions_and_close(block_on_wakes));
}

#[test]
fn three_by_two_with_spurious_wakes() {
    bounded("waiter table, completions and close, spurious wake-ups", 3, completions_and_close(block_on));
}

/// Three threads, two operations each: two that register and cancel, one that completes the first two tokens.
#[test]
fn three_by_two_registrations_and_cancels() {
    exhaust("waiter table, registrations and cancels", || {
        let table = WaiterTable::new(2);
        let begin_and_give_up = |table: WaiterTable<u64>| {
            let (token, waiter) = table.register().unwrap();
            let result = waiter.cancel();
            assert!(result.is_none_or(|result| result == token.to_u64() + 10), "no result of another operation");
            (token, result)
        };
        let other = {
            let table = table.clone();
            thread::spawn(move || begin_and_give_up(table))
        };
        let completer = {
            let table = table.clone();
            thread::spawn(move || [0, 1].map(|number| table.complete(Token::from_u64(number), number + 10)))
        };
        let (own_token, own) = begin_and_give_up(table.clone());
        let (other_token, other) = other.join().unwrap();
        let completed = completer.join().unwrap();
        assert_ne!(own_token, other_token);
        assert_eq!(completed.into_iter().filter(|won| *won).count(), own.iter().chain(&other).count(), "one outcome");
        assert!(table.is_empty());
    });
}
