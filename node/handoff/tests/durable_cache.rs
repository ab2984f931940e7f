//! DurableCache with the primitives of `std`: eviction by age of publication, removal, and a run with real threads.
#![cfg(not(loom))]

use quorate_handoff::{DurableCache, Synced};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

#[test]
fn the_record_published_longest_ago_makes_room() {
    let (cache, mut publisher) = DurableCache::new(2, 100);
    let synced = Synced::loaded_from_store();
    publisher.publish("a", Arc::new(1), 1, &synced);
    publisher.publish("b", Arc::new(2), 1, &synced);
    publisher.publish("a", Arc::new(3), 1, &synced);
    publisher.publish("c", Arc::new(4), 1, &synced);
    assert_eq!(cache.get(&"a").as_deref(), Some(&3));
    assert_eq!(cache.get(&"b"), None);
    assert_eq!(cache.get(&"c").as_deref(), Some(&4));
    assert_eq!(cache.len(), 2);
}

#[test]
fn removed_records_are_gone_and_leave_room() {
    let (cache, mut publisher) = DurableCache::new(2, 100);
    let synced = Synced::loaded_from_store();
    let kept = Arc::new(1);
    publisher.publish("a", Arc::clone(&kept), 1, &synced);
    publisher.publish("b", Arc::new(2), 1, &synced);
    publisher.remove(&"a");
    publisher.remove(&"a");
    assert_eq!(Arc::strong_count(&kept), 1);
    publisher.publish("c", Arc::new(3), 1, &synced);
    assert_eq!(publisher.reader().get(&"b").as_deref(), Some(&2));
    assert_eq!(cache.len(), 2);
}

#[test]
fn records_make_room_by_weight_too() {
    let (cache, mut publisher) = DurableCache::new(9, 10);
    let synced = Synced::loaded_from_store();
    publisher.publish("a", Arc::new(1), 4, &synced);
    publisher.publish("b", Arc::new(2), 4, &synced);
    publisher.publish("a", Arc::new(3), 6, &synced);
    assert_eq!(cache.len(), 2, "a record's old weight counts no longer");
    publisher.publish("c", Arc::new(4), 9, &synced);
    assert_eq!((cache.get(&"a"), cache.get(&"b")), (None, None));
    assert_eq!(cache.get(&"c").as_deref(), Some(&4));
    publisher.remove(&"c");
    publisher.publish("d", Arc::new(5), 10, &synced);
    assert_eq!(cache.get(&"d").as_deref(), Some(&5));
    publisher.publish("e", Arc::new(6), 11, &synced);
    assert!(cache.is_empty(), "what is too heavy alone does not stay");
}

#[test]
fn a_cache_without_room_stays_empty() {
    let (cache, mut publisher) = DurableCache::new(0, 100);
    publisher.publish(1, Arc::new(1), 1, &Synced::loaded_from_store());
    assert!(cache.is_empty());
}

#[test]
fn readers_see_versions_in_order_while_keys_come_and_go() {
    let (cache, mut publisher) = DurableCache::new(3, 100);
    let done = Arc::new(AtomicBool::new(false));
    let readers = [(), ()].map(|()| {
        let (cache, done) = (cache.clone(), Arc::clone(&done));
        thread::spawn(move || {
            let mut newest = [0_u64; 4];
            while !done.load(Ordering::Relaxed) {
                for (key, newest) in newest.iter_mut().enumerate() {
                    let Some(record) = cache.get(&key) else { continue };
                    let (version, body): (u64, u64) = *record;
                    assert_eq!(body, version * 10);
                    assert!(version >= *newest);
                    *newest = version;
                }
                assert!(cache.len() <= 3);
            }
        })
    });
    let synced = Synced::loaded_from_store();
    for version in 1..=5_000_u64 {
        for key in 0..4 {
            publisher.publish(key, Arc::new((version, version * 10)), 1, &synced);
        }
        publisher.remove(&(version % 4).try_into().unwrap());
    }
    done.store(true, Ordering::Relaxed);
    readers.into_iter().for_each(|reader| reader.join().unwrap());
}
