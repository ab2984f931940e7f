//! Many operations in one call.

use crate::cluster::{Cluster, Mode};
use futures::FutureExt;
use quorate_client::{
    BATCH_BYTES_MAX, BATCH_OPERATIONS_MAX, BatchAnswer, Bytes, CasOutcome, DeleteOutcome, Error, Expect,
    IncrementOutcome, Outcome, Resolution, VALUE_BYTES_MAX,
};
use std::{future::IntoFuture, time::Duration};

const UP: [Mode; 3] = [Mode::Up; 3];
const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn answers_come_in_the_order_of_the_operations() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let version = client.put("there", "v").await.unwrap();
    client.put("text", "seven").await.unwrap();
    let batch = client
        .batch()
        .get("there")
        .get("nowhere")
        .put("new", "n")
        .delete("absent")
        .cas("made", Expect::Absent, "m")
        .delete_if("there", Expect::Value("other".into()))
        .increment("counter", 5)
        .increment("text", 1);
    assert_eq!(batch.len(), 8);
    let answers: Vec<BatchAnswer> = batch.await.unwrap().into_iter().map(Result::unwrap).collect();
    assert!(matches!(&answers[0], BatchAnswer::Get(Some(found)) if found.value == "v" && found.version == version));
    assert_eq!(answers[1], BatchAnswer::Get(None));
    assert!(matches!(answers[2], BatchAnswer::Put(_)));
    assert_eq!(answers[3], BatchAnswer::Delete(DeleteOutcome::Absent));
    assert!(matches!(answers[4], BatchAnswer::Cas(CasOutcome::Applied(_))));
    assert_eq!(answers[5], BatchAnswer::Cas(CasOutcome::Mismatch(Some(version))));
    assert!(matches!(answers[6], BatchAnswer::Increment(IncrementOutcome::Applied { value: 5, .. })));
    assert_eq!(answers[7], BatchAnswer::Increment(IncrementOutcome::NotANumber));
}

#[tokio::test]
async fn the_largest_batch_is_taken_and_a_larger_one_sends_nothing() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    assert_eq!(client.batch().await.unwrap().len(), 0);
    let pairs = |count: usize| (0..count).map(|key| (key.to_string(), key.to_string()));
    let written = client.batch().puts(pairs(BATCH_OPERATIONS_MAX)).await.unwrap();
    assert!(written.len() == BATCH_OPERATIONS_MAX && written.iter().all(Result::is_ok));
    let read = client.batch().gets(pairs(BATCH_OPERATIONS_MAX).map(|(key, _)| key)).await.unwrap();
    for (at, answer) in read.into_iter().enumerate() {
        assert!(matches!(answer, Ok(BatchAnswer::Get(Some(found))) if found.value == at.to_string()));
    }
    let before = client.stats();
    let error = client.batch().puts(pairs(BATCH_OPERATIONS_MAX + 1)).await.unwrap_err();
    assert!(matches!(error, Error::BatchSize { operations, .. } if operations == BATCH_OPERATIONS_MAX + 1), "{error}");
    let value = Bytes::from(vec![7; VALUE_BYTES_MAX]);
    let many = BATCH_BYTES_MAX / VALUE_BYTES_MAX;
    let error = client.batch().puts((0..many).map(|_| ("k", value.clone()))).await.unwrap_err();
    assert!(matches!(error, Error::BatchSize { bytes, .. } if bytes == BATCH_BYTES_MAX + many), "{error}");
    assert!(!error.is_retryable() && error.outcome() == Outcome::NotApplied);
    assert_eq!(client.stats(), before);
}

#[tokio::test]
async fn one_that_fails_spoils_no_other() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let answers = client.batch().put("a", "1").put("", "2").put("b", vec![0; VALUE_BYTES_MAX + 1]).get("c").await;
    let answers = answers.unwrap();
    assert!(answers[0].is_ok() && answers[3].is_ok());
    assert!(matches!(answers[1], Err(Error::KeyLength { bytes: 0 })));
    assert!(matches!(answers[2], Err(Error::ValueLength { .. })));
}

#[tokio::test]
async fn each_unknown_outcome_has_a_token_of_its_own() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    cluster.set_modes([Mode::Mute; 3]);
    let answers = client.batch().put("a", "1").get("b").increment("c", 3).timeout(SHORT).await.unwrap();
    cluster.set_modes(UP);
    assert_eq!(answers[1].as_ref().unwrap(), &BatchAnswer::Get(None), "reads are answered");
    for (at, key) in [(0, "a"), (2, "c")] {
        let Outcome::Unknown(token) = answers[at].as_ref().unwrap_err().outcome() else { panic!("it was sent") };
        assert!(matches!(client.resolve(key, token).await.unwrap(), Resolution::Applied { .. }));
    }
}

#[tokio::test]
async fn all_of_it_ends_by_one_deadline() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    cluster.set_modes([Mode::Silent; 3]);
    // More than are under way at a time, so that most never get to begin.
    let keys = (0..BATCH_OPERATIONS_MAX).map(|key| key.to_string());
    let batch = client.batch().gets(keys).timeout(SHORT).into_future();
    let answers = tokio::time::timeout(Duration::from_secs(60), batch).await.expect("by its deadline").unwrap();
    assert_eq!(answers.len(), BATCH_OPERATIONS_MAX);
    assert!(answers.iter().all(|answer| matches!(answer, Err(Error::Unavailable { .. }))));
}

#[test]
fn outside_a_runtime_there_is_an_error() {
    let cluster = Cluster::start(UP);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = runtime.block_on(cluster.client());
    let batched = client.batch().get("k").into_future().now_or_never();
    assert!(matches!(batched, Some(Err(Error::NoRuntime))));
}
