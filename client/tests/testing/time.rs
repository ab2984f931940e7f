//! Virtual time, and time as it is.

use quorate_client::testing::Cluster;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn a_day_with_a_fault_every_hour() {
    let cluster = Cluster::start(3).await.unwrap();
    let client = cluster.client().await.unwrap();
    let begun = Instant::now();
    let mut sum = 0;
    for hour in 0..24_u16 {
        let node = 1 + hour % 3;
        match hour % 2 {
            0 => cluster.kill(node).unwrap(),
            _ => cluster.freeze(node).unwrap(),
        }
        sleep(HOUR / 2).await;
        client.increment("n", i64::from(hour)).await.unwrap();
        sum += i64::from(hour);
        match hour % 2 {
            0 => cluster.start_node(node).await.unwrap(),
            _ => cluster.thaw(node).unwrap(),
        }
        sleep(HOUR / 2).await;
        assert_eq!(client.get("n").await.unwrap().unwrap().value, sum.to_string());
    }
    assert!(begun.elapsed() >= HOUR * 24);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_several_threads_and_the_true_clock() {
    let cluster = Cluster::start(3).await.unwrap();
    let writers = (0..4_u32).map(|writer| {
        let cluster = cluster.clone();
        tokio::spawn(async move {
            let client = cluster.client().await.unwrap();
            for _ in 0..20 {
                client.increment(format!("n{}", writer % 2), 1).await.unwrap();
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    for node in cluster.nodes() {
        cluster.kill(node).unwrap();
        sleep(Duration::from_millis(30)).await;
        cluster.start_node(node).await.unwrap();
        cluster.freeze(node).unwrap();
        sleep(Duration::from_millis(30)).await;
        cluster.thaw(node).unwrap();
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let client = cluster.client().await.unwrap();
    for key in ["n0", "n1"] {
        assert_eq!(client.get(key).await.unwrap().unwrap().value, "40");
    }
}
