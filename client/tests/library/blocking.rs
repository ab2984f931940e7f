//! The client without async.

use crate::cluster::{CLUSTER, Cluster, Mode};
use quorate_client::{
    BatchAnswer, CasOutcome, DeleteOutcome, Error, Expect, IncrementOutcome, KEY_BYTES_MAX, Outcome, Resolution,
    UpdateOutcome,
    blocking::Client,
    recipes::{Counter, FencedLock, LockOutcome},
};
use std::time::Duration;

const UP: [Mode; 3] = [Mode::Up; 3];
const SHORT: Duration = Duration::from_millis(300);

fn client(cluster: &Cluster) -> Client {
    Client::build(cluster.builder()).unwrap()
}

#[test]
fn every_operation_comes_to_what_it_does_with_async() {
    let cluster = Cluster::start(UP);
    let client = Client::connect(&cluster.addresses().join(",")).unwrap();
    assert_eq!((client.cluster(), client.replicas().len()), (CLUSTER, 3));
    let version = client.put("k", "v").wait().unwrap();
    assert_eq!(client.get("k").wait().unwrap().unwrap().version, version);
    assert_eq!(client.cas("k", Expect::Absent, "w").wait().unwrap(), CasOutcome::Mismatch(Some(version)));
    let gone = client.delete_if("k", Expect::Version(version)).wait().unwrap();
    assert!(matches!(gone, CasOutcome::Applied(_)));
    assert_eq!(client.delete("k").wait().unwrap(), DeleteOutcome::Absent);
    let counted = client.increment("n", 4).wait().unwrap();
    assert!(matches!(counted, IncrementOutcome::Applied { value: 4, .. }));
    let updated = client.update("k", |found| Some([found.unwrap_or_default(), b"!"].concat())).wait().unwrap();
    assert!(matches!(updated, UpdateOutcome::Written(written) if written.value == "!"));
    let answers = client.batch(|batch| batch.get("k").put("m", "1").timeout(SHORT * 10)).unwrap();
    assert!(matches!(&answers[..], [Ok(BatchAnswer::Get(Some(_))), Ok(BatchAnswer::Put(_))]));
    assert_eq!(client.status().unwrap().len(), 3);
    assert_eq!(client.inspect("k").unwrap().len(), 3);
    assert_eq!(client.stats().writes_unknown, 0);
    let error = client.get(vec![0; KEY_BYTES_MAX + 1]).wait().unwrap_err();
    assert!(matches!(error, Error::KeyLength { .. }), "{error}");
}

#[test]
fn options_and_unknown_outcomes_carry_over() {
    let cluster = Cluster::start(UP);
    let client = client(&cluster);
    cluster.set_modes([Mode::Mute; 3]);
    for call in [client.put("k", "v").timeout(SHORT), client.put("k", "v").with(|put| put.timeout(SHORT))] {
        let error = call.wait().unwrap_err();
        let Outcome::Unknown(token) = error.outcome() else { panic!("{error}") };
        cluster.set_modes(UP);
        assert!(matches!(client.resolve("k", token).wait().unwrap(), Resolution::Applied { .. }));
        cluster.set_modes([Mode::Mute; 3]);
    }
}

#[test]
fn threads_share_a_client_and_recipes_run() {
    let cluster = Cluster::start(UP);
    let client = client(&cluster);
    let counter = Counter::new(client.inner(), "n");
    std::thread::scope(|threads| {
        for _ in 0..4 {
            let (client, counter) = (client.clone(), &counter);
            threads.spawn(move || {
                for _ in 0..10 {
                    client.wait(counter.add(1)).unwrap();
                }
            });
        }
    });
    assert_eq!(client.wait(counter.get()).unwrap(), 40);
    let lock = FencedLock::new(client.inner(), "lock", "me").unwrap();
    assert!(matches!(client.wait(lock.try_acquire()).unwrap(), LockOutcome::Acquired(_)));
}

#[test]
fn within_a_runtime_it_refuses_and_sends_nothing() {
    let cluster = Cluster::start(UP);
    let client = client(&cluster);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        assert!(matches!(Client::build(cluster.builder()), Err(Error::WithinRuntime)));
        let error = client.put("k", "v").wait().unwrap_err();
        assert!(matches!(error, Error::WithinRuntime) && !error.is_retryable(), "{error}");
        assert_eq!(error.outcome(), Outcome::NotApplied);
        // Dropping the last one here does not panic either.
        drop(client.clone());
    });
    assert_eq!(client.get("k").wait().unwrap(), None);
    runtime.block_on(async move { drop(client) });
}

#[test]
fn a_cluster_that_is_not_there_is_an_error() {
    let error = Client::build(quorate_client::Client::builder().seeds(["127.0.0.1:1"]).timeout(SHORT)).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
}
