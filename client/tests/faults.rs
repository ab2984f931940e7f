//! Replicas that are gone, silent, or take a write in and say nothing; deadlines; what is left behind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test that fails shall panic.

mod cluster;

use cluster::{CLUSTER, Cluster, Mode};
use futures::FutureExt;
use quorate_client::{
    Client, ClusterId, Error, Expect, IncrementOutcome, Negative, Outcome, ReplicaFailure, RequestToken, Resolution,
};
use quorate_protocol::{Operation, Reply};
use std::{future::IntoFuture, time::Duration};

const UP: [Mode; 3] = [Mode::Up; 3];
const SHORT: Duration = Duration::from_millis(300);

/// Whatever a client does, it does not hang.
async fn bounded<T>(future: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it ends by its own deadline")
}

fn token(error: &Error) -> RequestToken {
    match error.outcome() {
        Outcome::Unknown(token) => token,
        Outcome::NotApplied => panic!("{error}"),
    }
}

async fn each_key_works(client: &Client, keys: u32) {
    for key in 0..keys {
        let key = format!("key-{key}");
        let version = bounded(client.put(key.clone(), key.clone())).await.unwrap();
        let found = bounded(client.get(key.clone())).await.unwrap().unwrap();
        assert_eq!((found.version, &found.value[..]), (version, key.as_bytes()));
    }
}

#[tokio::test]
async fn a_dead_replica_is_left_for_the_others() {
    for dead in 0..3 {
        let mut modes = UP;
        modes[dead] = Mode::Closed;
        let cluster = Cluster::start(modes);
        let client = cluster.client().await;
        each_key_works(&client, 30).await;
        assert_eq!(client.stats().writes_unknown, 0);
    }
}

#[tokio::test]
async fn a_silent_replica_is_left_for_the_others() {
    for silent in 0..3 {
        let mut modes = UP;
        modes[silent] = Mode::Silent;
        let cluster = Cluster::start(modes);
        let client = cluster.client().await;
        each_key_works(&client, 30).await;
        let stats = client.stats();
        assert_eq!((stats.writes, stats.reads, stats.writes_unknown, stats.reads_failed), (30, 30, 0, 0));
        assert!(stats.timeouts > 0, "somebody preferred it: {stats:?}");
    }
}

#[tokio::test]
async fn a_replica_that_falls_silent_later_is_left_as_well() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    each_key_works(&client, 10).await;
    cluster.set_modes([Mode::Up, Mode::Silent, Mode::Up]);
    each_key_works(&client, 30).await;
    cluster.set_modes(UP);
    each_key_works(&client, 30).await;
    assert_eq!(client.stats().writes_unknown, 0);
}

#[tokio::test]
async fn without_a_majority_nothing_is_claimed() {
    let cluster = Cluster::start([Mode::Closed, Mode::Up, Mode::Closed]);
    let client = cluster.builder().timeout(SHORT).build().await.unwrap();
    let error = bounded(client.get("k")).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }) && error.is_retryable(), "{error}");
    assert_eq!(error.outcome(), Outcome::NotApplied);
    assert!(
        error.replicas().iter().any(|reason| matches!(reason.failure, ReplicaFailure::Connect(_))
            || matches!(reason.failure, ReplicaFailure::Resting(_))),
        "{error}"
    );
    // The write has reached a replica, so nobody may say that it does not apply.
    let error = bounded(client.put("k", "v")).await.unwrap_err();
    assert!(!error.is_retryable());
    token(&error);
}

#[tokio::test]
async fn a_write_that_never_left_was_not_applied() {
    let cluster = Cluster::start(UP);
    let client = cluster.builder().timeout(SHORT).build().await.unwrap();
    cluster.set_modes([Mode::Hangup; 3]); // No connection was opened for operations yet.
    for _ in 0..3 {
        let error = bounded(client.put("k", "v")).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }) && error.is_retryable(), "{error}");
    }
    let silent = Cluster::start(UP);
    let client = silent.builder().timeout(SHORT).build().await.unwrap();
    silent.set_modes([Mode::Silent; 3]);
    let error = bounded(client.put("k", "v")).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotApplied, "{error}");
    assert_eq!(client.stats().writes_not_applied, 1);
}

#[tokio::test]
async fn a_refused_write_was_not_applied() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    cluster.set_modes([Mode::Overloaded; 3]);
    let error = bounded(client.put("k", "v")).await.unwrap_err();
    assert!(matches!(error, Error::Busy) && error.is_retryable(), "{error}");
    cluster.set_modes([Mode::Overloaded, Mode::Up, Mode::Overloaded]);
    bounded(client.put("k", "v")).await.unwrap();
}

#[tokio::test]
async fn an_unanswered_write_that_applied_is_resolved_as_applied() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    cluster.set_modes([Mode::Mute; 3]);
    let put = token(&bounded(client.put("k", "v").timeout(SHORT)).await.unwrap_err());
    let increment = token(&bounded(client.increment("n", 5).timeout(SHORT)).await.unwrap_err());
    let mismatch = token(&bounded(client.cas("k", Expect::Absent, "w").timeout(SHORT)).await.unwrap_err());
    cluster.set_modes(UP);
    // Another process may resolve it, given the token as text.
    let other = cluster.client().await;
    let put: RequestToken = put.to_string().parse().unwrap();
    let Resolution::Applied { version, counter: None } = bounded(other.resolve("k", put)).await.unwrap() else {
        panic!("it was applied")
    };
    let found = bounded(client.get("k")).await.unwrap().unwrap();
    assert_eq!((found.version, &found.value[..]), (version, &b"v"[..]));
    let counted = bounded(client.resolve("n", increment)).await.unwrap();
    assert!(matches!(counted, Resolution::Applied { counter: Some(5), .. }), "{counted:?}");
    assert_eq!(bounded(client.get("n")).await.unwrap().unwrap().value, "5", "once, whatever the attempts");
    let refused = bounded(client.resolve("k", mismatch)).await.unwrap();
    assert_eq!(refused, Resolution::Refused(Negative::Mismatch(Some(version))));
}

#[tokio::test]
async fn a_lost_write_is_resolved_as_not_applied_and_stays_so() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    bounded(client.put("k", "before")).await.unwrap();
    cluster.set_modes([Mode::Swallow; 3]);
    let token = token(&bounded(client.put("k", "lost").timeout(SHORT)).await.unwrap_err());
    cluster.set_modes(UP);
    let attempts = cluster.swallowed();
    assert!(attempts.len() > 1, "it was tried elsewhere");
    assert!(attempts.iter().all(|attempt| attempt.id == token.id() && attempt.base == token.base()));
    assert!(attempts.iter().all(|attempt| attempt.operation == Operation::put("lost")));
    assert_eq!(bounded(client.resolve("k", token)).await.unwrap(), Resolution::NotApplied);
    let late = cluster.perform_swallowed();
    let cancelled = |reply: &Reply| matches!(reply, Reply::Recorded(recorded) if !recorded.outcome.is_applied());
    assert!(late.len() == attempts.len() && late.iter().all(cancelled), "{late:?}");
    assert_eq!(bounded(client.get("k")).await.unwrap().unwrap().value, "before");
    assert_eq!(bounded(client.resolve("k", token)).await.unwrap(), Resolution::NotApplied);
}

#[tokio::test]
async fn a_write_that_the_key_has_outlived_is_forgotten() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    cluster.set_keep(2);
    bounded(client.put("k", "0")).await.unwrap();
    cluster.set_modes([Mode::Swallow; 3]);
    let token = token(&bounded(client.put("k", "lost").timeout(SHORT)).await.unwrap_err());
    cluster.set_modes(UP);
    for value in 1..6 {
        bounded(client.put("k", value.to_string())).await.unwrap();
    }
    assert_eq!(bounded(client.resolve("k", token)).await.unwrap(), Resolution::Forgotten);
}

#[tokio::test]
async fn a_resolve_that_nobody_answers_leaves_it_open() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    cluster.set_modes([Mode::Swallow; 3]);
    let token = token(&bounded(client.put("k", "v").timeout(SHORT)).await.unwrap_err());
    assert_eq!(bounded(client.resolve("k", token).timeout(SHORT)).await.unwrap(), Resolution::Open);
}

#[tokio::test]
async fn one_silent_writer_does_not_apply_twice() {
    let cluster = Cluster::start([Mode::Mute, Mode::Up, Mode::Up]);
    let client = cluster.client().await;
    for round in 1..=20 {
        let outcome = bounded(client.increment("n", 1)).await.unwrap();
        assert!(matches!(outcome, IncrementOutcome::Applied { value, .. } if value == round), "{outcome:?}");
    }
}

#[tokio::test]
async fn dropped_futures_leave_the_client_usable() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    for key in 0..50_u32 {
        let wait = Duration::from_micros(u64::from(key) * 40);
        let _ = tokio::time::timeout(wait, client.put("k", key.to_string()).into_future()).await;
        let _ = tokio::time::timeout(wait, client.get("k").into_future()).await;
    }
    bounded(client.put("k", "last")).await.unwrap();
    assert_eq!(bounded(client.get("k")).await.unwrap().unwrap().value, "last");
}

#[tokio::test]
async fn no_task_outlives_the_last_client() {
    let cluster = Cluster::start(UP);
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let client = cluster.client().await;
    let clone = client.clone();
    each_key_works(&client, 10).await;
    drop(client);
    each_key_works(&clone, 10).await;
    assert_eq!(tasks(), before + 3, "a connection each");
    drop(clone);
    bounded(async {
        while tasks() > before {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[test]
fn outside_a_runtime_there_is_an_error_and_no_panic() {
    let built = Client::builder().seeds(["127.0.0.1:1"]).build().now_or_never();
    assert!(matches!(built, Some(Err(Error::NoRuntime))));
    let cluster = Cluster::start(UP);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = runtime.block_on(cluster.client());
    runtime.block_on(client.put("k", "v").into_future()).unwrap();
    drop(runtime);
    assert!(matches!(client.get("k").into_future().now_or_never(), Some(Err(Error::NoRuntime))));
    assert!(matches!(client.put("k", "v").into_future().now_or_never(), Some(Err(Error::NoRuntime))));
    // Another runtime: the connections of the first one are gone, and are opened again.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert_eq!(runtime.block_on(client.get("k").into_future()).unwrap().unwrap().value, "v");
}

#[tokio::test]
async fn seeds_are_checked_and_tried() {
    for seeds in ["", "nowhere", "host:", ":1", "host:0", "host:99999"] {
        assert!(matches!(Client::connect(seeds).await, Err(Error::Seeds { .. })), "{seeds:?}");
    }
    let cluster = Cluster::start([Mode::Closed, Mode::Closed, Mode::Up]);
    let client = cluster.client().await;
    assert_eq!(client.cluster(), CLUSTER);
    assert_eq!(client.replicas().len(), 3, "one seed names the others");
    let gone = Cluster::start([Mode::Closed; 3]);
    let error = gone.builder().timeout(SHORT).build().await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { failures } if failures.len() == 3), "{error}");
    let other = Client::builder().seeds(cluster.addresses()).cluster(ClusterId(7)).build().await;
    assert!(matches!(other, Err(Error::Incompatible { .. })));
}
