//! What recorders of real clients keep is a history that can be judged.

use crate::cluster::Cluster;
use quorate_client::{Client, Expect};
use quorate_history::{Asked, Bound, Outcome, check, check_versions};
use quorate_node::history::{Answer, Clock, Recorder, Recording, Request};
use std::time::Duration;

async fn recorder(cluster: &Cluster, process: u64, clock: Clock) -> Recorder {
    Recorder::new(Client::connect(&cluster.endpoints()).await.unwrap(), process, clock)
}

/// Every kind of request, with negative answers.
async fn some_of_each(mut recorder: Recorder) -> Recorder {
    for round in 0..10 {
        let found = match recorder.make("tea", Request::Get).await.unwrap() {
            Answer::Read(found) => found,
            answer => panic!("{answer:?}"),
        };
        let expect = found.map_or(Expect::Absent, |found| Expect::Version(found.version));
        recorder.make("tea", Request::Cas(expect, format!("a{round}").into())).await.unwrap();
        recorder.make("tea", Request::Cas(Expect::Absent, "b".into())).await.unwrap();
        recorder.make("tea", Request::Put(format!("c{round}").into())).await.unwrap();
        recorder.make("tea", Request::Delete).await.unwrap();
        recorder.make("cups", Request::Increment(2)).await.unwrap();
        recorder.make("cups", Request::Get).await.unwrap();
    }
    recorder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_recorded_is_judged() {
    let cluster = Cluster::start("history");
    let clock = Clock::start();
    let (one, other) = (recorder(&cluster, 1, clock).await, recorder(&cluster, 2, clock).await);
    let (one, other) = tokio::join!(some_of_each(one), some_of_each(other));
    let Recording { mut history, full_at, errors } = Recording::of([one, other]);
    assert_eq!((history.len(), full_at, errors.len()), (140, None, 0), "{errors:?}");
    assert!(history.is_sorted_by_key(|operation| operation.call));
    assert!(history.iter().any(|operation| matches!(operation.outcome, Outcome::Refused { .. })));
    let report = check(&history, Bound::default()).unwrap();
    assert!(report.is_linearizable(), "{report}");
    assert_eq!(check_versions(&history), Ok(()));

    // The same with one read that saw nothing of all that: found.
    let read = history.iter_mut().rev().find(|operation| operation.op == Asked::Get).unwrap();
    read.outcome = Outcome::Read { value: Some(b"made up".to_vec()), version: None };
    assert!(!check(&history, Bound::default()).unwrap().is_linearizable());
}

#[tokio::test]
async fn a_dropped_request_stays_open_and_a_full_recorder_ends_the_history() {
    let cluster = Cluster::start("history-full");
    let clock = Clock::start();
    let mut one = recorder(&cluster, 1, clock).await.limit(3);
    let mut other = recorder(&cluster, 2, clock).await;
    one.make("k", Request::Put("1".into())).await.unwrap();
    let dropped = tokio::time::timeout(Duration::ZERO, one.make("k", Request::Put("2".into()))).await;
    assert!(dropped.is_err(), "nothing is written in no time");
    assert_eq!((one.history()[1].ret, &one.history()[1].outcome), (None, &Outcome::Unknown));
    one.make("k", Request::Get).await.unwrap();
    one.make("k", Request::Put("unrecorded".into())).await.unwrap();
    // It reads what nobody recorded.
    other.make("k", Request::Get).await.unwrap();
    let whole = other.history().to_vec();
    let Recording { history, full_at, .. } = Recording::of([one, other]);
    assert!(full_at.is_some_and(|at| at <= whole[0].call));
    assert_eq!(history.len(), 3);
    assert!(check(&history, Bound::default()).unwrap().is_linearizable());
    assert!(!check(&[history, whole].concat(), Bound::default()).unwrap().is_linearizable());
}
