//! One fault at a time.

use quorate_client::testing::{Cluster, NodeState};
use quorate_client::{Error, Outcome, Resolution};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const TWO_SECONDS: Duration = Duration::from_secs(2);

async fn write_all(cluster: &Cluster, keys: u32) {
    let client = cluster.client().await.unwrap();
    for key in 0..keys {
        client.put(format!("k{key}"), key.to_string()).await.unwrap();
    }
}

async fn read_all(cluster: &Cluster, keys: u32) {
    let client = cluster.client().await.unwrap();
    for key in 0..keys {
        let found = client.get(format!("k{key}")).await.unwrap().unwrap();
        assert_eq!(found.value, key.to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn a_fresh_cluster_serves_and_every_node_sees_every_other() {
    let cluster = Cluster::start(5).await.unwrap();
    assert_eq!(cluster.nodes(), [1, 2, 3, 4, 5]);
    let client = cluster.client().await.unwrap();
    let version = client.put("k", "v").await.unwrap();
    let found = client.get("k").await.unwrap().unwrap();
    assert_eq!((found.version, &found.value[..]), (version, &b"v"[..]));
    for report in client.status().await.unwrap() {
        let status = report.answer.unwrap();
        assert!(status.voters.len() == 5 && status.voters.iter().all(|voter| voter.up), "{status:?}");
    }
    let inspected = client.inspect("k").await.unwrap();
    let holding = inspected.iter().filter(|report| report.answer.as_ref().unwrap().record.is_some());
    assert!(holding.count() >= 3, "{inspected:?}");
}

#[tokio::test(start_paused = true)]
async fn a_kill_of_one_stalls_nobody_and_its_next_start_is_let_in() {
    let cluster = Cluster::start(3).await.unwrap();
    for node in cluster.nodes() {
        cluster.kill(node).unwrap();
        assert_eq!(cluster.state(node).unwrap(), NodeState::Down);
        write_all(&cluster, 10).await;
        cluster.start_node(node).await.unwrap();
        read_all(&cluster, 10).await;
    }
    let status = cluster.client().await.unwrap().status().await.unwrap();
    assert!(status.iter().all(|report| report.answer.as_ref().unwrap().incarnation == 2.into()));
}

#[tokio::test(start_paused = true)]
async fn what_is_acknowledged_outlives_a_kill_of_all() {
    let cluster = Cluster::start(3).await.unwrap();
    let client = cluster.client().await.unwrap();
    write_all(&cluster, 20).await;
    cluster.nodes().into_iter().for_each(|node| cluster.kill(node).unwrap());
    let error = client.get("k1").timeout(Duration::from_millis(500)).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
    for node in cluster.nodes() {
        cluster.start_node(node).await.unwrap();
    }
    read_all(&cluster, 20).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_not_synced_is_gone() {
    let minute = Duration::from_secs(60);
    let cluster = Cluster::builder().sync(minute..=minute).start().await.unwrap();
    let client = cluster.client_builder().timeout(Duration::from_secs(30)).build().await.unwrap();
    let error = client.put("k", "v").await.unwrap_err();
    assert!(matches!(error.outcome(), Outcome::Unknown(_)), "nobody has voted: {error}");
    cluster.nodes().into_iter().for_each(|node| cluster.kill(node).unwrap());
    for node in cluster.nodes() {
        cluster.start_node(node).await.unwrap();
    }
    for report in client.inspect("k").await.unwrap() {
        assert_eq!(report.answer.unwrap().record, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_frozen_node_stalls_nobody_and_goes_on_where_it_was() {
    let cluster = Cluster::start(3).await.unwrap();
    write_all(&cluster, 10).await;
    let client = cluster.client().await.unwrap();
    cluster.freeze(2).unwrap();
    assert_eq!(cluster.state(2).unwrap(), NodeState::Frozen);
    write_all(&cluster, 10).await;
    let reports = client.status().await.unwrap();
    let answered: Vec<_> = reports.iter().filter(|report| report.answer.is_ok()).map(|report| report.node.0).collect();
    assert_eq!(answered, [1, 3]);
    cluster.thaw(2).unwrap();
    assert_eq!(cluster.state(2).unwrap(), NodeState::Running);
    read_all(&cluster, 10).await;
    let reports = client.status().await.unwrap();
    assert!(reports.iter().all(|report| report.answer.as_ref().unwrap().incarnation == 1.into()));
}

#[tokio::test(start_paused = true)]
async fn two_frozen_of_three_are_no_majority() {
    let cluster = Cluster::start(3).await.unwrap();
    let client = cluster.client_builder().timeout(TWO_SECONDS).build().await.unwrap();
    client.put("k", "v").await.unwrap();
    cluster.freeze(1).unwrap();
    cluster.freeze(3).unwrap();
    let begun = Instant::now();
    client.get("k").await.unwrap_err();
    client.put("k", "w").await.unwrap_err();
    assert_eq!(begun.elapsed(), TWO_SECONDS * 2, "each ends at its deadline");
    // A frozen node may be killed, and starts again.
    cluster.kill(1).unwrap();
    cluster.start_node(1).await.unwrap();
    assert!(client.get("k").await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_minority_is_unavailable_and_heals() {
    let cluster = Cluster::start(3).await.unwrap();
    let builder = |node| cluster.client_builder_at(node).unwrap().timeout(TWO_SECONDS);
    let (small, large) = (builder(1).build().await.unwrap(), builder(2).build().await.unwrap());
    small.put("k", "before").await.unwrap();
    cluster.partition([&[1][..], &[2, 3]]).unwrap();
    large.put("k", "during").await.unwrap();
    let begun = Instant::now();
    let error = small.get("k").await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
    let error = small.put("k", "lost").await.unwrap_err();
    assert_eq!(begun.elapsed(), TWO_SECONDS * 2, "each ends at its deadline");
    let Outcome::Unknown(token) = error.outcome() else { panic!("it is proposed at node 1: {error}") };
    cluster.heal();
    match small.resolve("k", token).await.unwrap() {
        Resolution::Applied { .. } => assert_eq!(large.get("k").await.unwrap().unwrap().value, "lost"),
        Resolution::NotApplied => assert_eq!(large.get("k").await.unwrap().unwrap().value, "during"),
        other => panic!("{other:?}"),
    }
    small.put("k", "after").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_nowhere_reaches_both_sides() {
    let cluster = Cluster::start(5).await.unwrap();
    let client = cluster.client().await.unwrap();
    // Those that are not named are one group.
    cluster.partition([vec![1, 2]]).unwrap();
    client.put("k", "v").await.unwrap();
    assert_eq!(client.get("k").await.unwrap().unwrap().value, "v");
    let reports = client.status().await.unwrap();
    assert!(reports.iter().all(|report| report.answer.is_ok()));
    sleep(Duration::from_secs(5)).await;
    let up = |status: &quorate_client::wire::NodeStatus| status.voters.iter().filter(|voter| voter.up).count();
    let ups: Vec<_> = client.status().await.unwrap().iter().map(|report| up(report.answer.as_ref().unwrap())).collect();
    assert_eq!(ups, [2, 2, 3, 3, 3]);
}

#[tokio::test(start_paused = true)]
async fn nodes_end_with_the_last_clone_of_their_cluster() {
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let cluster = Cluster::start(3).await.unwrap();
    let clone = cluster.clone();
    drop(cluster);
    let client = clone.client().await.unwrap();
    client.put("k", "v").await.unwrap();
    drop(clone);
    let error = client.get("k").timeout(TWO_SECONDS).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
    drop(client);
    sleep(TWO_SECONDS).await;
    assert_eq!(tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_largest_values_pass_and_a_hot_key_counts_right() {
    let cluster = Cluster::builder().loss(0.2).start().await.unwrap();
    let client = cluster.client().await.unwrap();
    let largest = vec![7; quorate_client::VALUE_BYTES_MAX];
    client.put("large", largest.clone()).await.unwrap();
    cluster.kill(3).unwrap();
    assert_eq!(client.get("large").await.unwrap().unwrap().value, largest);
    let counting = (0..200).map(|_| client.increment("n", 1).timeout(Duration::from_secs(60)).into_future());
    for counted in futures::future::join_all(counting).await {
        counted.unwrap();
    }
    assert_eq!(client.get("n").await.unwrap().unwrap().value, "200");
}
