//! DurableCache: a reader never sees a record before its sync, what one reader sees of one key never goes back, and it
//! sees records whole.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
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
            (1..=versions).for_each(|version| queue.submit(version).unwrap());
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
