//! What operations say of how they came to their results.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod cluster;

use cluster::{Cluster, Mode};
use quorate_client::explain::{Asked, EXCHANGES_MAX, Heard, Path};
use quorate_protocol::Reply;
use std::time::Duration;

#[tokio::test]
async fn a_read_and_a_write_tell_whom_they_asked_and_what_was_said() {
    let cluster = Cluster::start([Mode::Up; 3]);
    let client = cluster.client().await;
    let (written, explained) = client.put("tea", "green").explained().await;
    let version = written.unwrap();
    assert_eq!(explained.path(), Path::BaseFirst, "{explained:?}");
    let write = explained.exchanges.iter().find(|exchange| matches!(exchange.asked, Asked::Write { .. })).unwrap();
    assert!(matches!(write.heard, Heard::Written(Reply::Recorded(recorded)) if recorded.version == version));
    assert!(write.began + write.answered_after.unwrap() <= explained.took, "{explained:?}");
    assert!(explained.round_trips() >= 2 && explained.omitted == 0, "{explained:?}");

    let (found, explained) = client.get("tea").explained().await;
    assert_eq!(found.unwrap().unwrap().value, "green");
    let reads = explained.exchanges.iter().filter(|exchange| matches!(exchange.asked, Asked::Read { .. })).count();
    assert!(reads >= 2 && reads == explained.exchanges.len(), "{explained:?}");
    assert!(explained.exchanges.iter().any(|exchange| exchange.asked == Asked::Read { value: true }), "{explained:?}");
    assert!(explained.exchanges.iter().any(|exchange| matches!(exchange.heard, Heard::Read { .. })), "{explained:?}");
}

#[tokio::test]
async fn a_failure_is_explained_too() {
    let cluster = Cluster::start([Mode::Closed, Mode::Closed, Mode::Up]);
    let client = cluster.client().await;
    let (found, explained) = client.get("tea").timeout(Duration::from_millis(300)).explained().await;
    assert!(found.is_err());
    let failed =
        |node: u16| explained.exchanges.iter().any(|one| one.node.0 == node && matches!(one.heard, Heard::Failed(_)));
    assert!(failed(1) && failed(2) && !failed(3), "{explained:?}");
    assert!(explained.exchanges.len() <= EXCHANGES_MAX);
    let (refused, explained) = client.put("", "no key").explained().await;
    assert!(refused.is_err() && explained.path() == Path::Nothing, "{explained:?}");
}

#[tokio::test]
async fn a_replica_that_keeps_silent_is_seen_as_late_and_another_is_asked() {
    let cluster = Cluster::start([Mode::Up; 3]);
    let client = cluster.client().await;
    client.put("tea", "green").await.unwrap();
    // Whoever the key prefers keeps writes to itself.
    cluster.set_modes([Mode::Swallow, Mode::Swallow, Mode::Up]);
    let mut retried = false;
    for key in 0..8 {
        let put = client.put(format!("key{key}"), "x").timeout(Duration::from_secs(20)).explained().await;
        let (Ok(_), explained) = put else { continue };
        if explained.path() == Path::Retried {
            let late = explained.exchanges.iter().find(|exchange| exchange.late.is_some()).unwrap();
            assert!(late.node.0 != 3 && explained.hedges() > 0, "{explained:?}");
            retried = true;
        }
    }
    assert!(retried, "two of three keys prefer a node that swallows");
}
