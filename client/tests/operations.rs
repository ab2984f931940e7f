//! What every operation does, against real logs behind real connections.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test that fails shall panic.

mod cluster;

use cluster::{Cluster, Mode};
use quorate_client::{
    Bytes, CasOutcome, Client, DeleteOutcome, Error, Expect, IncrementOutcome, KEY_BYTES_MAX, VALUE_BYTES_MAX,
};

const UP: [Mode; 3] = [Mode::Up; 3];

#[test]
fn the_client_and_its_futures_cross_threads() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    fn sends(_: impl Send) {}
    check::<Client>();
    let _ = |client: &Client| {
        sends(client.get("k").into_future());
        sends(client.put("k", "v").into_future());
    };
}

#[tokio::test]
async fn what_is_put_is_read_until_it_is_deleted() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    assert_eq!(client.get("k").await.unwrap(), None);
    let first = client.put("k", "one").await.unwrap();
    let second = client.put("k", "two").await.unwrap();
    assert!(second > first);
    let found = client.get("k").await.unwrap().unwrap();
    assert_eq!((&found.value[..], found.version), (&b"two"[..], second));
    let DeleteOutcome::Deleted(third) = client.delete("k").await.unwrap() else { panic!("it was there") };
    assert!(third > second);
    assert_eq!(client.get("k").await.unwrap(), None);
    assert_eq!(client.delete("k").await.unwrap(), DeleteOutcome::Absent);
    let stats = client.stats();
    assert_eq!((stats.reads, stats.reads_failed, stats.writes, stats.writes_unknown), (3, 0, 4, 0));
    assert_eq!(stats.writes_negative, 1);
}

#[tokio::test]
async fn compare_and_set_by_version_value_and_absence() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let CasOutcome::Applied(first) = client.cas("k", Expect::Absent, "a").await.unwrap() else { panic!("absent") };
    assert_eq!(client.cas("k", Expect::Absent, "b").await.unwrap(), CasOutcome::Mismatch(Some(first)));
    let by_version = client.cas("k", Expect::Version(first), "b").await.unwrap();
    let CasOutcome::Applied(second) = by_version else { panic!("as expected") };
    assert_eq!(client.cas("k", Expect::Version(first), "c").await.unwrap(), CasOutcome::Mismatch(Some(second)));
    let by_value = client.cas("k", Expect::Value("b".into()), "c").await.unwrap();
    assert!(matches!(by_value, CasOutcome::Applied(_)));
    assert!(matches!(client.delete_if("k", Expect::Value("c".into())).await.unwrap(), CasOutcome::Applied(_)));
    assert_eq!(client.get("k").await.unwrap(), None);
    assert_eq!(client.cas("never", Expect::Value("x".into()), "y").await.unwrap(), CasOutcome::Mismatch(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_increments_are_each_applied_once() {
    let cluster = Cluster::start(UP);
    let clients = [cluster.client().await, cluster.client().await, cluster.client().await];
    let tasks: Vec<_> = (0..12)
        .map(|task| {
            let client = clients[task % clients.len()].clone();
            tokio::spawn(async move {
                for _ in 0..20 {
                    let outcome = client.increment("n", 1).await.unwrap();
                    assert!(matches!(outcome, IncrementOutcome::Applied { .. }), "{outcome:?}");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(clients[0].get("n").await.unwrap().unwrap().value, "240");
}

#[tokio::test]
async fn an_increment_of_what_is_no_number_is_an_outcome() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    client.put("k", "seven").await.unwrap();
    assert_eq!(client.increment("k", 1).await.unwrap(), IncrementOutcome::NotANumber);
    client.put("k", i64::MAX.to_string()).await.unwrap();
    assert_eq!(client.increment("k", 1).await.unwrap(), IncrementOutcome::Overflow);
    let outcome = client.increment("k", -1).await.unwrap();
    assert!(matches!(outcome, IncrementOutcome::Applied { value, .. } if value == i64::MAX - 1));
}

#[tokio::test]
async fn limits_hold_at_their_edges() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    for key in [vec![], vec![b'k'; KEY_BYTES_MAX + 1]] {
        let bytes = key.len();
        for error in [
            client.get(key.clone()).await.unwrap_err(),
            client.put(key.clone(), "v").await.unwrap_err(),
            client.delete(key.clone()).await.unwrap_err(),
            client.increment(key.clone(), 1).await.unwrap_err(),
            client.inspect(key.clone()).await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::KeyLength { bytes: given } if given == bytes), "{error}");
            assert!(!error.is_retryable());
        }
    }
    let (least, most) = (vec![0], vec![0xff; KEY_BYTES_MAX]);
    let largest = Bytes::from(vec![7; VALUE_BYTES_MAX]);
    for key in [least, most] {
        client.put(key.clone(), "").await.unwrap();
        assert_eq!(client.get(key.clone()).await.unwrap().unwrap().value, "");
        client.put(key.clone(), largest.clone()).await.unwrap();
        assert_eq!(client.get(key.clone()).await.unwrap().unwrap().value, largest);
        // The largest request there is: a compare-and-set from one greatest value to another.
        let outcome = client.cas(key.clone(), Expect::Value(largest.clone()), largest.clone()).await.unwrap();
        assert!(matches!(outcome, CasOutcome::Applied(_)));
        // The largest answers there are: a replica's record with its chosen entry and its vote.
        let reports = client.inspect(key).await.unwrap();
        assert!(reports.iter().all(|report| report.answer.is_ok()), "{reports:?}");
    }
    let too_large = Bytes::from(vec![7; VALUE_BYTES_MAX + 1]);
    for error in [
        client.put("k", too_large.clone()).await.unwrap_err(),
        client.cas("k", Expect::Absent, too_large.clone()).await.unwrap_err(),
        client.cas("k", Expect::Value(too_large), "v").await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::ValueLength { bytes } if bytes == VALUE_BYTES_MAX + 1), "{error}");
    }
    assert_eq!(client.get("k").await.unwrap(), None);
}

#[tokio::test]
async fn binary_keys_are_kept_apart() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let keys: [&'static [u8]; 4] = [b"\0", b"\0\0", b"\xff\xfe", b"a\0b"];
    for key in keys {
        client.put(key, key).await.unwrap();
    }
    for key in keys {
        assert_eq!(&client.get(key).await.unwrap().unwrap().value[..], key);
    }
}

#[tokio::test]
async fn status_and_inspection_name_every_node() {
    let cluster = Cluster::start([Mode::Up, Mode::Up, Mode::Closed]);
    let client = cluster.client().await;
    let version = client.put("k", "v").await.unwrap();
    let nodes = client.status().await.unwrap();
    let up: Vec<_> = nodes.iter().map(|report| (report.node.0, report.answer.is_ok())).collect();
    assert_eq!(up, [(1, true), (2, true), (3, false)]);
    let held = client.inspect("k").await.unwrap();
    let holders = held.iter().filter_map(|report| report.answer.as_ref().ok()).filter(|inspection| {
        let record = inspection.record.as_ref().unwrap();
        record.chosen_slot().max(record.open_slot()) >= version.slot
    });
    assert_eq!(holders.count(), 2);
}
