//! DurableCache: a reader never sees a record before its sync, what one reader sees of one key never goes back, and it
//! sees records whole.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod explore;

use explore::exhaust;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::sync::{Arc, Mutex};
use loom::thread;
use quorate_handoff::{DurableCache, GroupCommit, Mailbox, SyncFailed, Synced, Taken};

/// A version and a body that belongs to it.
type Record = (u64, u64);

fn record(version: u64) -> Arc<Record> {
    Arc::new((version, version * 10))
}

/// Two reads of one key; returns the two versions, 0 for a miss.
fn read_twice(cache: &DurableCache<u32, Record>, durable: &AtomicU64) -> [u64; 2] {
    [(); 2].map(|()| {
        let Some(seen) = cache.get(&1) else { return 0 };
        assert!(seen.0 <= durable.load(Ordering::Relaxed), "version {} is ahead of its sync", seen.0);
        assert_eq!(seen.1, seen.0 * 10, "one record, whole");
        seen.0
    })
}

/// The wrong driver, which takes the witness that is not its own. What the types leave it to do.
fn publishes_early() -> bool {
    #[cfg(feature = "mutants")]
    return quorate_handoff::Mutant::PublishBeforeSync.is_active();
    #[cfg(not(feature = "mutants"))]
    false
}

/// The node's own path: the driver submits, the writer syncs and sends the witness back, the driver publishes, a
/// handler reads. Durability is stored and loaded relaxed, so that only the hand-overs order it.
fn driver_writer_reader(versions: u64, preemption_bound: Option<usize>) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = preemption_bound;
    model.check(move || {
        let durable = Arc::new(AtomicU64::new(0));
        let queue = Arc::new(GroupCommit::<u64>::new(2));
        let inbox = Arc::new(Mailbox::<(u64, Result<Synced, SyncFailed>)>::new(2));
        let (cache, mut publisher) = DurableCache::new(1, 100);
        let writer = {
            let (queue, inbox, durable) = (Arc::clone(&queue), Arc::clone(&inbox), Arc::clone(&durable));
            thread::spawn(move || {
                let commit = |jobs: &[u64]| {
                    durable.store(jobs.iter().copied().max().unwrap(), Ordering::Relaxed);
                    Ok::<(), ()>(())
                };
                queue.run(2, commit, |job, outcome| inbox.push((job, outcome)).unwrap()).unwrap();
            })
        };
        let driver = thread::spawn(move || {
            for version in 1..=versions {
                queue.submit(version).unwrap();
                if publishes_early() {
                    publisher.publish(1, record(version), 1, &Synced::loaded_from_store());
                }
            }
            queue.close();
            let mut left = versions;
            while left > 0 {
                let Taken::Items(answers) = inbox.take(2, None) else { panic!("nobody closed the inbox") };
                for (version, outcome) in answers {
                    publisher.publish(1, record(version), 1, &outcome.unwrap());
                    left -= 1;
                }
            }
        });
        let [first, second] = read_twice(&cache, &durable);
        assert!(first <= second, "never back: {first}, {second}");
        driver.join().unwrap();
        writer.join().unwrap();
        assert_eq!(cache.get(&1).map(|seen| seen.0), Some(versions));
    });
}

#[test]
fn one_version_is_never_ahead_of_its_sync() {
    driver_writer_reader(1, None);
}

/// Exhausting two versions takes too long: at most four preemptions.
#[test]
fn two_versions_are_never_ahead_of_their_syncs() {
    driver_writer_reader(2, Some(4));
}

#[test]
fn two_readers_see_versions_in_order() {
    loom::model(|| {
        let durable = Arc::new(AtomicU64::new(2));
        let (cache, mut publisher) = DurableCache::new(1, 100);
        let readers = [(), ()].map(|()| {
            let (cache, durable) = (cache.clone(), Arc::clone(&durable));
            thread::spawn(move || {
                let [first, second] = read_twice(&cache, &durable);
                assert!(first <= second, "never back: {first}, {second}");
            })
        });
        publisher.publish(1, record(1), 1, &Synced::loaded_from_store());
        publisher.publish(1, record(2), 1, &Synced::loaded_from_store());
        readers.into_iter().for_each(|reader| reader.join().unwrap());
    });
}

/// A reader keeps the record that it holds, and the cache never shows more than it may hold.
#[test]
fn eviction_and_removal_race_a_reader() {
    loom::model(|| {
        let durable = Arc::new(AtomicU64::new(1));
        let (cache, mut publisher) = DurableCache::new(1, 100);
        publisher.publish(1, record(1), 1, &Synced::loaded_from_store());
        let reader = {
            let (cache, durable) = (cache.clone(), Arc::clone(&durable));
            thread::spawn(move || {
                let [first, second] = read_twice(&cache, &durable);
                assert!(first >= second, "what was dropped stays dropped");
                assert!(cache.len() <= 1);
            })
        };
        publisher.publish(2, record(2), 1, &Synced::loaded_from_store());
        publisher.remove(&2);
        reader.join().unwrap();
        assert!(cache.is_empty());
    });
}

/// A record whose destructor wants a lock that a reader holds.
struct Locks(Arc<Mutex<()>>);

impl Drop for Locks {
    fn drop(&mut self) {
        drop(self.0.lock().unwrap());
    }
}

#[test]
fn what_was_replaced_is_dropped_outside_the_lock() {
    exhaust("durable cache, destructors", || {
        let outer = Arc::new(Mutex::new(()));
        let (cache, mut publisher) = DurableCache::new(1, 100);
        let locks = || Arc::new(Locks(Arc::clone(&outer)));
        publisher.publish(1, locks(), 1, &Synced::loaded_from_store());
        let reader = {
            let outer = Arc::clone(&outer);
            thread::spawn(move || {
                let _held = outer.lock().unwrap();
                assert_eq!(cache.len(), 1);
            })
        };
        publisher.publish(1, locks(), 1, &Synced::loaded_from_store());
        publisher.publish(2, locks(), 1, &Synced::loaded_from_store());
        reader.join().unwrap();
    });
}

#[test]
fn a_record_is_not_missed_while_it_is_replaced() {
    exhaust("durable cache, replacement", || {
        let (cache, mut publisher) = DurableCache::new(1, 100);
        publisher.publish(1, record(1), 1, &Synced::loaded_from_store());
        let reader = thread::spawn(move || assert!(cache.get(&1).is_some()));
        publisher.publish(1, record(2), 1, &Synced::loaded_from_store());
        reader.join().unwrap();
    });
}

/// Three threads, two operations each: a publisher of two newer versions, and two readers. There is room for the key,
/// so nobody misses it while it is replaced.
#[test]
fn three_by_two_versions() {
    exhaust("durable cache, versions", || {
        let (cache, mut publisher) = DurableCache::new(1, 100);
        publisher.publish(1, record(1), 1, &Synced::loaded_from_store());
        let readers = [(), ()].map(|()| {
            let cache = cache.clone();
            thread::spawn(move || {
                let [first, second] = [(); 2].map(|()| *cache.get(&1).unwrap());
                assert!(first.0 <= second.0, "never back: {first:?}, {second:?}");
                assert_eq!([first.1, second.1], [first.0 * 10, second.0 * 10], "each one record, whole");
            })
        });
        publisher.publish(1, record(2), 1, &Synced::loaded_from_store());
        publisher.publish(1, record(3), 1, &Synced::loaded_from_store());
        readers.into_iter().for_each(|reader| reader.join().unwrap());
    });
}

/// Three threads, two operations each: a publication that makes key 1 the younger of two, and one that evicts the older;
/// two readers of both keys. The cache never shows more than it may hold.
#[test]
fn three_by_two_eviction() {
    exhaust("durable cache, eviction", || {
        let (cache, mut publisher) = DurableCache::new(2, 100);
        publisher.publish(1, record(1), 1, &Synced::loaded_from_store());
        publisher.publish(2, record(1), 1, &Synced::loaded_from_store());
        let readers = [1, 2].map(|key| {
            let cache = cache.clone();
            thread::spawn(move || {
                let seen = cache.get(&key);
                assert!(seen.is_some() || key == 2, "the key published last is not the one to go");
                assert!(cache.len() <= 2);
            })
        });
        publisher.publish(1, record(2), 1, &Synced::loaded_from_store());
        publisher.publish(3, record(1), 1, &Synced::loaded_from_store());
        readers.into_iter().for_each(|reader| reader.join().unwrap());
        assert_eq!([1, 2, 3].map(|key| cache.get(&key).is_some()), [true, false, true]);
    });
}
