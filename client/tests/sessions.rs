//! Reads that ask for less than the newest, and sessions that never unsee what they have seen, against real logs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test that fails shall panic.

mod cluster;

use cluster::{CLUSTER, Cluster, Mode};
use quorate_client::{
    BatchAnswer, Client, ClusterId, Consistency, Error, Expect, Session, SessionToken, UpdateOutcome,
};
use std::time::Duration;

const UP: [Mode; 3] = [Mode::Up; 3];

/// A key whose writes go to the first node.
fn key_of_node_1() -> String {
    let first = |key: &String| {
        let log = quorate_protocol::LogId::of_key(key.clone());
        quorate_client::placement::preference(&log, (1..=3).map(quorate_protocol::NodeId))[0].0 == 1
    };
    (0..).map(|number| format!("key-{number}")).find(first).unwrap()
}

async fn value(client: &Client, key: &str, consistency: Consistency) -> Option<String> {
    let found = client.get(key.to_owned()).consistency(consistency).await.unwrap();
    found.map(|found| String::from_utf8_lossy(&found.value).into_owned())
}

/// The third replica has missed the second write; the first alone knows it chosen, and answers no client.
async fn behind(cluster: &Cluster, key: &str) -> SessionToken {
    let client = cluster.client().await;
    let session = client.session();
    session.put(key.to_owned(), "old").await.unwrap();
    // A replica that has voted for the write and not heard that it is chosen would answer that there is none.
    cluster.settle(key);
    cluster.isolate(&[3]);
    session.put(key.to_owned(), "new").await.unwrap();
    cluster.set_modes([Mode::Silent, Mode::Up, Mode::Up]);
    session.token()
}

#[tokio::test]
async fn a_session_reads_what_it_was_handed_where_no_replica_that_answers_knows_it_chosen() {
    let (cluster, key) = (Cluster::start(UP), key_of_node_1());
    let token = behind(&cluster, &key).await.to_string();
    let client = cluster.client().await;
    assert_eq!(value(&client, &key, Consistency::Eventual).await.as_deref(), Some("old"), "nobody says otherwise");
    let session = Session::from_token(&client, &token.parse().unwrap()).unwrap();
    let found = session.get(key.clone()).await.unwrap().unwrap();
    assert_eq!(&found.value[..], b"new");
    let stats = client.stats();
    assert_eq!((stats.reads, stats.reads_weak), (2, 2));
}

#[tokio::test]
async fn a_session_that_was_handed_nothing_may_read_the_older_value() {
    let (cluster, key) = (Cluster::start(UP), key_of_node_1());
    behind(&cluster, &key).await;
    let session = cluster.client().await.session();
    assert_eq!(&session.get(key).await.unwrap().unwrap().value[..], b"old", "values do not carry tokens");
}

/// P23, through the library: nobody writes any more, and reads bring the replicas up that they ask.
#[tokio::test]
async fn eventual_reads_come_to_the_last_write_though_nobody_writes_any_more() {
    let (cluster, key) = (Cluster::start(UP), key_of_node_1());
    behind(&cluster, &key).await;
    let client = cluster.client().await;
    assert_eq!(value(&client, &key, Consistency::Eventual).await.as_deref(), Some("old"));
    cluster.isolate(&[]);
    // Until then reads may go backwards too: a replica may know even less than the one before. A test that hangs here
    // has failed.
    let mut in_a_row = 0;
    while in_a_row < 10 {
        let is_new = value(&client, &key, Consistency::Eventual).await.as_deref() == Some("new");
        in_a_row = if is_new { in_a_row + 1 } else { 0 };
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let stats = client.stats();
    assert!(stats.refreshes >= 1 && stats.reads == stats.reads_weak, "what refreshes ask is in no counter of reads");
}

#[tokio::test]
async fn what_a_session_does_raises_its_token() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let session = client.session();
    assert_eq!(session.token(), SessionToken::empty(CLUSTER));
    assert_eq!(session.get("never").await.unwrap(), None);
    assert_eq!(session.token().keys(), 0, "a key that was never written shows nothing");
    client.put("read", "1").await.unwrap();
    assert_eq!(session.token().keys(), 0, "the client's own operations are not the session's");
    session.get("read").consistency(Consistency::Linearizable).await.unwrap();
    session.increment("counted", 1).await.unwrap();
    session.cas("refused", Expect::Value("x".into()), "y").await.unwrap();
    session.delete("absent").await.unwrap();
    session.put("written", "1").await.unwrap();
    assert_eq!(session.token().keys(), 5, "negative answers took a slot, and it was seen");
    let other = client.session();
    other.observe(&session.token()).unwrap();
    assert_eq!(other.token(), session.token());
    assert_eq!(other.clone().get("written").await.unwrap().unwrap().value, "1");
}

#[tokio::test]
async fn batches_of_a_session_read_what_it_was_handed_and_raise_its_token() {
    let (cluster, key) = (Cluster::start(UP), key_of_node_1());
    let token = behind(&cluster, &key).await;
    let client = cluster.client().await;
    let answer = |answers: Vec<Result<BatchAnswer, Error>>| match answers.into_iter().next() {
        Some(Ok(BatchAnswer::Get(Some(found)))) => found.value,
        other => panic!("{other:?}"),
    };
    let eventual = client.batch().get(key.clone()).consistency(Consistency::Eventual).await.unwrap();
    assert_eq!(answer(eventual), "old", "nobody says otherwise");
    let session = Session::from_token(&client, &token).unwrap();
    assert_eq!(answer(session.batch().get(key.clone()).await.unwrap()), "new");
    session.batch().put("one", "1").put("two", "2").await.unwrap();
    assert_eq!(session.token().keys(), 3);
}

/// What is decided on is what there is, whatever level the client's reads have by themselves.
#[tokio::test]
async fn updates_of_a_client_of_eventual_reads_decide_on_the_newest_value() {
    let (cluster, key) = (Cluster::start(UP), key_of_node_1());
    behind(&cluster, &key).await;
    let client = cluster.builder().consistency(Consistency::Eventual).build().await.unwrap();
    assert_eq!(client.get(key.clone()).await.unwrap().unwrap().value, "old");
    let keep = |_: Option<&[u8]>| quorate_client::Value::Keep;
    for outcome in [client.update(key.clone(), keep).await, client.session().update(key.clone(), keep).await] {
        match outcome.unwrap() {
            UpdateOutcome::Kept(Some(found)) => assert_eq!(found.value, "new"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_full_session_reads_other_keys_linearizably() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let session = client.session();
    for number in 0..=quorate_client::SEEN_KEYS_MAX {
        session.put(number.to_string(), "v").await.unwrap();
    }
    assert!(session.token().is_full());
    session.get("0").await.unwrap();
    session.get("another").await.unwrap();
    assert_eq!((client.stats().reads, client.stats().reads_weak), (2, 1));
}

#[tokio::test]
async fn causal_reads_outside_a_session_are_linearizable_and_a_causal_client_is_a_session() {
    let cluster = Cluster::start(UP);
    let plain = cluster.client().await;
    value(&plain, "k", Consistency::Causal).await;
    assert_eq!((plain.stats().reads, plain.stats().reads_weak), (1, 0));
    let causal = cluster.builder().consistency(Consistency::Causal).build().await.unwrap();
    causal.put("k", "v").await.unwrap();
    assert_eq!(causal.get("k").await.unwrap().unwrap().value, "v");
    assert_eq!((causal.stats().reads, causal.stats().reads_weak), (1, 1));
    assert_eq!(causal.session().token().keys(), 1, "a session of its begins with what it has seen");
    let eventual = cluster.builder().consistency(Consistency::Eventual).build().await.unwrap();
    eventual.get("k").await.unwrap();
    eventual.get("k").consistency(Consistency::Linearizable).await.unwrap();
    assert_eq!((eventual.stats().reads, eventual.stats().reads_weak), (2, 1));
}

#[tokio::test]
async fn tokens_of_another_cluster_or_history_are_errors() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let foreign = SessionToken::empty(ClusterId(7));
    assert!(matches!(Session::from_token(&client, &foreign), Err(Error::ForeignToken(_))));
    assert!(matches!(client.session().observe(&foreign), Err(Error::ForeignToken(_))));
    // The same cluster id, with a history that was longer.
    let session = client.session();
    for _ in 0..3 {
        session.put("k", "v").await.unwrap();
    }
    let shorter = Cluster::start(UP);
    let other = shorter.client().await;
    other.put("k", "v").await.unwrap();
    let ahead = Session::from_token(&other, &session.token()).unwrap().get("k").await;
    let Err(error @ Error::SessionAhead(_)) = ahead else { panic!("{ahead:?}") };
    assert!(!error.is_retryable(), "{error}");
    assert_eq!(other.stats().reads_failed, 1);
}
