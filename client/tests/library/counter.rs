//! The counter.

use crate::cluster::{Cluster, Mode};
use crate::recipes::{LONG, SHORT, UP, bounded};
use quorate_client::{
    Outcome, Resolution,
    recipes::{Counter, Foreign, RecipeError},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_adds_and_every_addition_counts() {
    let cluster = Cluster::start(UP);
    let mut tasks = Vec::new();
    for _ in 0..6 {
        let counter = Counter::new(&cluster.client().await, "n");
        tasks.push(tokio::spawn(async move {
            let mut sums = Vec::new();
            for _ in 0..20 {
                sums.push(counter.add(1).await.unwrap());
            }
            sums
        }));
    }
    let mut sums = Vec::new();
    for task in tasks {
        sums.extend(bounded(task).await.unwrap());
    }
    sums.sort_unstable();
    assert!(sums.into_iter().eq(1..=120), "no two get the same number");
}

#[tokio::test]
async fn a_counter_survives_lost_answers() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let counter = Counter::new(&client, "n").timeout(LONG);
    assert_eq!(counter.get().await.unwrap(), 0);
    for (sum, mode) in [(5, Mode::MuteUntilResolved), (10, Mode::SwallowUntilResolved)] {
        cluster.set_modes([mode; 3]);
        assert_eq!(bounded(counter.add(5)).await.unwrap(), sum);
        cluster.perform_swallowed();
        assert_eq!(counter.get().await.unwrap(), sum);
    }
    cluster.set_modes([Mode::Swallow; 3]);
    let error = bounded(counter.clone().timeout(SHORT).add(1)).await.unwrap_err();
    let Outcome::Unknown(token) = error.outcome() else { panic!("{error}") };
    cluster.set_modes(UP);
    assert_eq!(bounded(client.resolve("n", token)).await.unwrap(), Resolution::NotApplied);
    cluster.perform_swallowed();
    assert_eq!(counter.get().await.unwrap(), 10);
}

#[tokio::test]
async fn a_counter_keeps_to_numbers() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let counter = Counter::new(&client, "n");
    assert_eq!(counter.add(i64::MAX).await.unwrap(), i64::MAX);
    assert!(matches!(counter.add(1).await, Err(RecipeError::Overflow)));
    client.put("n", "seven").await.unwrap();
    for error in [counter.add(1).await.unwrap_err(), counter.get().await.unwrap_err()] {
        assert!(matches!(error, RecipeError::Foreign(Foreign::NotANumber)), "{error}");
    }
}
