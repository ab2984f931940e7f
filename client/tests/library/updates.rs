//! Read-modify-write loops, and what becomes of them when answers are lost.

use crate::cluster::{Cluster, Mode};
use futures::FutureExt;
use quorate_client::{Client, Error, Outcome, Resolution, UpdateOutcome, VALUE_BYTES_MAX, Value};
use std::{future::IntoFuture, time::Duration};

const UP: [Mode; 3] = [Mode::Up; 3];
const SHORT: Duration = Duration::from_millis(300);

/// Whatever an update does, it does not hang.
async fn bounded<T>(future: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it ends by its own deadline")
}

fn one_more(found: Option<&[u8]>) -> Option<String> {
    let count: u32 = found.map_or(0, |found| std::str::from_utf8(found).unwrap().parse().unwrap());
    Some((count + 1).to_string())
}

async fn value(client: &Client, key: &'static str) -> Option<String> {
    let found = bounded(client.get(key)).await.unwrap();
    found.map(|found| String::from_utf8(found.value.to_vec()).unwrap())
}

#[tokio::test]
async fn a_value_is_set_removed_or_left() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let outcome = client.update("k", |_| Value::Keep).await.unwrap();
    assert_eq!(outcome, UpdateOutcome::Kept(None));
    assert_eq!(client.update("k", |_| None::<String>).await.unwrap(), UpdateOutcome::Kept(None), "it has none");
    assert_eq!(client.stats().writes, 0, "nothing was written so far");

    let outcome = client.update("k", one_more).await.unwrap();
    let UpdateOutcome::Written(written) = &outcome else { panic!("{outcome:?}") };
    assert_eq!(client.get("k").await.unwrap().as_ref(), Some(written));
    assert_eq!(outcome.value().unwrap(), "1");
    let kept = client.update("k", |found| if found == Some(b"2") { Value::Absent } else { Value::Keep }).await.unwrap();
    assert_eq!(kept, UpdateOutcome::Kept(Some(written.clone())));

    let outcome = client.update("k", |found| found.filter(|found| *found != b"1").map(<[u8]>::to_vec)).await.unwrap();
    assert!(matches!(outcome, UpdateOutcome::Deleted(version) if version > written.version), "{outcome:?}");
    assert_eq!((outcome.value(), value(&client, "k").await), (None, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobodys_change_is_lost() {
    let cluster = Cluster::start(UP);
    let mut tasks = Vec::new();
    for _ in 0..6 {
        let client = cluster.client().await;
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                client.update("n", one_more).timeout(Duration::from_secs(50)).attempts(u32::MAX).await.unwrap();
            }
        }));
    }
    for task in tasks {
        bounded(task).await.unwrap();
    }
    assert_eq!(value(&cluster.client().await, "n").await.unwrap(), "60");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_is_applied_to_the_value_it_was_shown() {
    let cluster = Cluster::start(UP);
    let (client, other) = (cluster.client().await, cluster.client().await);
    client.put("k", "1").await.unwrap();
    // Between the look and the write, somebody else writes: always, or the first two times.
    let mut shown = Vec::new();
    let handle = tokio::runtime::Handle::current();
    let interfere = |shown: &mut Vec<String>, found: Option<&[u8]>| {
        shown.push(String::from_utf8(found.unwrap().to_vec()).unwrap());
        let theirs = format!("{}0", shown.last().unwrap());
        std::thread::scope(|threads| {
            threads.spawn(|| handle.block_on(other.put("k", theirs).into_future()).unwrap()).join().unwrap()
        })
    };
    let update = client.update("k", |found| {
        if shown.len() < 2 {
            interfere(&mut shown, found);
        }
        Some([found.unwrap(), b"mine"].concat())
    });
    let outcome = bounded(update).await.unwrap();
    assert_eq!(outcome.value().unwrap(), "100mine");
    assert_eq!(shown, ["1", "10"]);

    let mut shown = Vec::new();
    let error = bounded(
        client
            .update("k", |found| {
                interfere(&mut shown, found);
                Some("mine")
            })
            .attempts(3),
    )
    .await
    .unwrap_err();
    assert!(matches!(error, Error::GaveUp { attempts: 3 }), "{error}");
    assert!(error.is_retryable() && error.outcome() == Outcome::NotApplied);
    assert_eq!((shown.len(), value(&client, "k").await.unwrap()), (3, "100mine000".to_owned()));
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found_again() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    for round in 1..=3 {
        cluster.set_modes([Mode::MuteUntilResolved; 3]);
        let mut calls = 0;
        let outcome = bounded(
            client
                .update("n", |found| {
                    calls += 1;
                    one_more(found)
                })
                .timeout(SHORT * 4),
        )
        .await
        .unwrap();
        assert_eq!((calls, outcome.value().unwrap().as_ref()), (1, round.to_string().as_bytes()));
        assert_eq!(value(&client, "n").await.unwrap(), round.to_string());
    }
    assert_eq!(client.stats().writes_unknown, 3, "each of them was unknown for a while");
}

#[tokio::test]
async fn a_change_that_is_lost_is_closed_and_made_again() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    cluster.set_modes([Mode::SwallowUntilResolved; 3]);
    let mut calls = 0;
    let outcome = bounded(
        client
            .update("n", |found| {
                calls += 1;
                one_more(found)
            })
            .timeout(SHORT * 4),
    )
    .await
    .unwrap();
    assert_eq!((calls, outcome.value().unwrap().as_ref()), (2, &b"1"[..]));
    assert!(!cluster.swallowed().is_empty());
    cluster.perform_swallowed();
    assert_eq!(value(&client, "n").await.unwrap(), "1", "what comes late is not applied as well");
}

#[tokio::test]
async fn what_cannot_be_resolved_in_time_is_unknown_and_can_be_resolved_later() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    for (mode, applied) in [(Mode::Mute, true), (Mode::Swallow, false)] {
        let before = value(&client, "n").await;
        cluster.set_modes([mode; 3]);
        let error = bounded(client.update("n", one_more).timeout(SHORT)).await.unwrap_err();
        let Outcome::Unknown(token) = error.outcome() else { panic!("{error}") };
        assert!(!error.is_retryable());
        cluster.set_modes(UP);
        let resolution = bounded(client.resolve("n", token)).await.unwrap();
        assert_eq!(matches!(resolution, Resolution::Applied { .. }), applied, "{resolution:?}");
        cluster.perform_swallowed();
        assert_eq!(value(&client, "n").await != before, applied);
    }
}

#[tokio::test]
async fn a_dropped_update_changes_the_key_once_or_not_at_all() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    for wait in 0..40_u64 {
        let before: u32 = value(&client, "n").await.map_or(0, |value| value.parse().unwrap());
        let update = client.update("n", one_more).into_future();
        let ended = tokio::time::timeout(Duration::from_micros(wait * 50), update).await.is_ok();
        let after: u32 = value(&client, "n").await.map_or(0, |value| value.parse().unwrap());
        assert!(after == before + 1 || (!ended && after == before), "{before} {after}");
    }
}

#[tokio::test]
async fn what_repeating_does_not_help_is_said_at_once() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let error = client.update("", |_| Some("v")).await.unwrap_err();
    assert!(matches!(error, Error::KeyLength { .. }), "{error}");
    let error = client.update("k", |_| Some(vec![0; VALUE_BYTES_MAX + 1])).await.unwrap_err();
    assert!(matches!(error, Error::ValueLength { .. }), "{error}");
    let error = client.update("k", |_| Some("v")).attempts(0).await.unwrap_err();
    assert!(matches!(error, Error::GaveUp { attempts: 0 }), "{error}");
    cluster.set_modes([Mode::Overloaded; 3]);
    let error = bounded(client.update("k", |_| Some("v")).attempts(2)).await.unwrap_err();
    assert!(matches!(error, Error::Busy), "the reason is more than that it gave up: {error}");
}

#[test]
fn outside_a_runtime_there_is_an_error() {
    let cluster = Cluster::start(UP);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = runtime.block_on(cluster.client());
    let updated = client.update("k", |_| Some("v")).into_future().now_or_never();
    assert!(matches!(updated, Some(Err(Error::NoRuntime))));
}
