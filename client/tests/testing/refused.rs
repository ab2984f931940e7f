//! What a cluster does not do, and says so.

use futures::FutureExt;
use quorate_client::testing::{Cluster, ClusterError};
use std::time::Duration;

/// It is this error, and nothing else.
fn says<T: std::fmt::Debug>(result: Result<T, ClusterError>, expected: &ClusterError) {
    assert_eq!(format!("{:?}", result.unwrap_err()), format!("{expected:?}"));
}

const MS: fn(u64) -> Duration = Duration::from_millis;

#[tokio::test(start_paused = true)]
async fn numbers_that_no_node_has() {
    says(Cluster::start(0).await, &ClusterError::Nodes(0));
    says(Cluster::start(10).await, &ClusterError::Nodes(10));
    let cluster = Cluster::start(3).await.unwrap();
    for node in [0, 4, u16::MAX] {
        let none = ClusterError::NoSuchNode(node);
        says(cluster.kill(node), &none);
        says(cluster.freeze(node), &none);
        says(cluster.thaw(node), &none);
        says(cluster.start_node(node).await, &none);
        says(cluster.partition([[node]]), &none);
        says(cluster.state(node), &none);
        says(cluster.client_at(node).await, &none);
    }
    says(cluster.partition([&[1][..], &[2, 1]]), &ClusterError::NamedTwice(1));
    cluster.client_at(1).await.unwrap().put("k", "nothing was changed by all that").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn states_that_do_not_fit() {
    let cluster = Cluster::start(3).await.unwrap();
    says(cluster.start_node(2).await, &ClusterError::Running(2));
    cluster.kill(2).unwrap();
    for refused in [cluster.kill(2), cluster.freeze(2), cluster.thaw(2)] {
        says(refused, &ClusterError::NotRunning(2));
    }
    cluster.start_node(2).await.unwrap();
    cluster.thaw(2).unwrap();
}

#[tokio::test(start_paused = true)]
async fn weather_that_cannot_be() {
    let builder = Cluster::builder;
    let backwards = MS(2)..=MS(1);
    says(builder().latency(backwards.clone()).start().await, &ClusterError::Range(backwards));
    assert!(matches!(builder().sync(MS(0)..=MS(60_001)).start().await, Err(ClusterError::Range(_))));
    for share in [-0.1, 1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(builder().loss(share).start().await, Err(ClusterError::Loss(_))), "{share}");
    }
}

#[test]
fn outside_a_runtime_there_is_an_error_and_no_panic() {
    assert!(matches!(Cluster::start(3).now_or_never(), Some(Err(ClusterError::NoRuntime))));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let cluster = runtime.block_on(Cluster::start(3)).unwrap();
    let client = runtime.block_on(cluster.client()).unwrap();
    cluster.kill(2).unwrap();
    says(cluster.start_node(2).now_or_never().unwrap(), &ClusterError::NoRuntime);
    drop((client, runtime, cluster));
}
