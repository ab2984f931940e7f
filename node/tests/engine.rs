//! The engine on real threads and a real directory.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use futures::future::join_all;
use quorate_client::wire::Refusal;
use quorate_node::engine::{Engine, EngineConfig, EngineHandle, Fatal, StaleStart, StartError};
use quorate_node::store::{Identity, LmdbStore, StoreError, StoreOptions};
use quorate_protocol::{
    ClientId, Config, Incarnation, LogId, NodeId, Operation, QuorumRead, ReadId, ReadStep, Replica, Reply, Request,
    RequestId, Slot,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use support::{OPTIONS, TempDir, identity, key};

const WAIT: Duration = Duration::from_secs(20);

fn start_with(dir: &Path, node: u16, voters: u16, options: StoreOptions, config: EngineConfig) -> EngineHandle {
    let store = LmdbStore::open(dir, &identity(node), options).unwrap();
    let Identity { incarnation, .. } = store.identity();
    Engine::start(config, store, &support::replica(node, incarnation.0, voters)).unwrap()
}

fn start(dir: &TempDir) -> EngineHandle {
    start_with(dir.path(), 1, 1, OPTIONS, EngineConfig::default())
}

fn fresh(name: &str) -> (TempDir, EngineHandle) {
    let dir = TempDir::new(name);
    LmdbStore::init(dir.path(), &identity(1), OPTIONS).unwrap();
    let engine = start(&dir);
    (dir, engine)
}

fn put(sequence: u64, value: &str) -> Request {
    Request::first(RequestId::new(1, sequence), Slot::ZERO, Operation::put(value.to_owned()))
}

fn read_id(sequence: u64) -> ReadId {
    ReadId { client: ClientId(1), sequence }
}

fn value(engine: &EngineHandle, log: &LogId) -> Option<bytes::Bytes> {
    let reply = engine.read(log, read_id(1), true).unwrap();
    let newest = if reply.accepted > reply.chosen { reply.accepted_value } else { reply.chosen_value };
    newest.and_then(|snapshot| snapshot.value)
}

#[tokio::test]
async fn what_was_written_is_read_and_survives_a_restart() {
    let (dir, engine) = fresh("engine");
    let reply = engine.write(key("tea"), put(1, "one lump"), WAIT).await.unwrap();
    assert!(matches!(reply, Reply::Recorded(recorded) if recorded.version.slot == Slot(1)));
    assert_eq!(engine.slot(&key("tea")), Ok(Slot(1)));
    assert_eq!(value(&engine, &key("tea")).as_deref(), Some(&b"one lump"[..]));
    assert_eq!(value(&engine, &key("coffee")), None);
    engine.shutdown().await;
    assert_eq!(engine.read(&key("tea"), read_id(2), true), Err(Refusal::ShuttingDown));
    drop(engine);
    let engine = start(&dir);
    assert_eq!(engine.me().incarnation, Incarnation(2));
    assert_eq!(value(&engine, &key("tea")).as_deref(), Some(&b"one lump"[..]));
    let again = engine.write(key("tea"), put(1, "one lump"), WAIT).await.unwrap();
    assert!(matches!(again, Reply::Recorded(recorded) if recorded.version.slot == Slot(1)), "the same request");
    engine.shutdown().await;
}

#[tokio::test]
async fn many_writes_share_a_commit_and_each_rests_on_one() {
    let (_dir, engine) = fresh("group");
    let writes = (0..500).map(|number| engine.write(key(&format!("k{number}")), put(number, "v"), WAIT));
    let replies = join_all(writes).await;
    assert!(replies.iter().all(|reply| matches!(reply, Ok(Reply::Recorded(_)))));
    let status = engine.status();
    assert_eq!((status.logs, status.counters.answers), (500, 500));
    assert_eq!(status.counters.writes, status.records_written, "every write was committed, each once");
    assert_eq!(status.counters.writes, status.counters.synced, "and confirmed");
    assert!(status.commits < status.records_written / 4, "{} commits", status.commits);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_call_that_is_dropped_does_not_take_its_write_along() {
    let (_dir, engine) = fresh("detached");
    {
        let write = engine.write(key("k"), put(1, "v"), WAIT);
        let mut write = std::pin::pin!(write);
        assert!(futures::poll!(write.as_mut()).is_pending());
    }
    let again = engine.write(key("k"), put(1, "v"), WAIT).await.unwrap();
    assert!(matches!(again, Reply::Recorded(recorded) if recorded.version.slot == Slot(1)));
    assert_eq!(value(&engine, &key("k")).as_deref(), Some(&b"v"[..]));
    engine.shutdown().await;
}

#[tokio::test]
async fn without_a_majority_a_write_ends_at_its_deadline() {
    let dir = TempDir::new("minority");
    LmdbStore::init(dir.path(), &identity(1), OPTIONS).unwrap();
    let engine = start_with(dir.path(), 1, 3, OPTIONS, EngineConfig::default());
    let reply = engine.write(key("k"), put(1, "v"), Duration::from_millis(100)).await.unwrap();
    assert!(matches!(reply, Reply::NotApplied(_)), "a prepare without promises proposes nothing: {reply:?}");
    assert_eq!(engine.inspect(key("k")).await.unwrap().waiting, 0);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_stop_answers_those_who_wait() {
    let dir = TempDir::new("stop");
    LmdbStore::init(dir.path(), &identity(1), OPTIONS).unwrap();
    let config = EngineConfig { stop_grace: Duration::from_millis(20), ..EngineConfig::default() };
    let engine = start_with(dir.path(), 1, 3, OPTIONS, config);
    let waits = tokio::spawn({
        let engine = engine.clone();
        async move { engine.write(key("k"), put(1, "v"), WAIT).await }
    });
    while engine.status().waiting == 0 {
        tokio::task::yield_now().await;
    }
    engine.shutdown().await;
    assert!(matches!(waits.await.unwrap(), Ok(Reply::NotApplied(_))));
    assert_eq!(engine.write(key("k"), put(2, "v"), WAIT).await, Err(Refusal::ShuttingDown));
}

#[tokio::test]
async fn a_failed_commit_ends_the_engine_and_what_was_proposed_is_unknown() {
    let dir = TempDir::new("failed");
    let options = StoreOptions { map_bytes: 256 << 10 };
    LmdbStore::init(dir.path(), &identity(1), options).unwrap();
    // Never refuses early, so that the commit itself fails.
    let config = EngineConfig { full_percent: 200, ..EngineConfig::default() };
    let engine = start_with(dir.path(), 1, 1, options, config);
    let large = "x".repeat(20_000);
    let mut ended = Vec::new();
    for number in 0..64 {
        match engine.write(key(&format!("k{number}")), put(number, &large), WAIT).await {
            Ok(Reply::Recorded(_)) => ended.push(number),
            other => {
                assert!(matches!(other, Ok(Reply::Unknown | Reply::NotApplied(_))), "{other:?}");
                break;
            }
        }
    }
    assert!(ended.len() < 64, "the map was large enough");
    let fatal = engine.fatal().await;
    assert!(matches!(&*fatal, Fatal::Sync(StoreError::Full { .. })), "{fatal}");
    engine.shutdown().await;
    drop(engine);
    let store = LmdbStore::open(dir.path(), &identity(1), options).unwrap();
    assert!(store.reader().count().unwrap() >= ended.len() as u64, "what was answered is there");
}

#[tokio::test]
async fn a_store_that_is_nearly_full_refuses_writes_and_goes_on_reading() {
    let dir = TempDir::new("nearly");
    let options = StoreOptions { map_bytes: 512 << 10 };
    LmdbStore::init(dir.path(), &identity(1), options).unwrap();
    let config = EngineConfig { full_percent: 50, ..EngineConfig::default() };
    let engine = start_with(dir.path(), 1, 1, options, config);
    let large = "x".repeat(10_000);
    let mut refused = false;
    for number in 0..64 {
        match engine.write(key(&format!("k{number}")), put(number, &large), WAIT).await {
            Err(Refusal::Overloaded) => refused = true,
            other => assert!(matches!(other, Ok(Reply::Recorded(_))), "{other:?}"),
        }
    }
    assert!(refused && engine.status().full && engine.status().fatal.is_none());
    assert_eq!(value(&engine, &key("k0")).map(|value| value.len()), Some(10_000));
    engine.shutdown().await;
    drop(engine);
    let config = EngineConfig { full_percent: 50, ..EngineConfig::default() };
    let engine = start_with(dir.path(), 1, 1, options, config);
    let status = engine.status();
    assert_eq!((status.full, status.commits), (true, 1), "known before the first commit but that of the start itself");
    assert_eq!(engine.write(key("k99"), put(99, "v"), WAIT).await, Err(Refusal::Overloaded));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_peers_older_start_is_refused() {
    let (_dir, engine) = fresh("peers");
    let (peer, five) = (NodeId(2), Incarnation(5));
    assert_eq!(engine.admit_peer(peer, five).await, Ok(Ok(())));
    assert_eq!(engine.admit_peer(peer, five).await, Ok(Ok(())));
    let stale = StaleStart { node: peer, claimed: Incarnation(4), highest: five };
    assert_eq!(engine.admit_peer(peer, Incarnation(4)).await, Ok(Err(stale)));
    engine.shutdown().await;
    assert_eq!(engine.admit_peer(peer, five).await, Err(Refusal::ShuttingDown));
}

#[tokio::test]
async fn the_replica_must_be_the_stores_own_start() {
    let dir = TempDir::new("identity");
    LmdbStore::init(dir.path(), &identity(1), OPTIONS).unwrap();
    let store = LmdbStore::open(dir.path(), &identity(1), OPTIONS).unwrap();
    let voters = Config::new(1.into(), [NodeId(1)]).unwrap();
    let other = Arc::new(Replica::new(NodeId(1), Incarnation(7), voters).unwrap());
    let started = Engine::start(EngineConfig::default(), store, &other);
    assert!(matches!(started, Err(StartError::Identity)));
}

/// Three engines, joined by tasks that carry outboxes to inboxes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_engines_agree() {
    let dirs: Vec<TempDir> = (1..=3).map(|_| TempDir::new("three")).collect();
    let config = EngineConfig { shards: 2, ..EngineConfig::default() };
    let engines: Vec<EngineHandle> = (1..=3)
        .zip(&dirs)
        .map(|(node, dir)| {
            LmdbStore::init(dir.path(), &identity(node), OPTIONS).unwrap();
            start_with(dir.path(), node, 3, OPTIONS, config)
        })
        .collect();
    for from in &engines {
        for to in engines.iter().filter(|to| to.me() != from.me()) {
            let mut outbox = from.outbox(to.me().node).unwrap();
            let to = to.clone();
            tokio::spawn(async move {
                while let Some(envelopes) = outbox.next().await {
                    to.deliver(envelopes);
                }
            });
        }
        assert!(from.outbox(from.me().node).is_none());
    }
    let writes = (0..300).zip(engines.iter().cycle()).map(|(number, engine)| {
        let increment = Operation::Increment(1);
        let request = Request { operation: increment, keep: 64, ..put(number, "") };
        engine.write(key(&format!("n{}", number % 7)), request, WAIT)
    });
    let replies = join_all(writes).await;
    let recorded = replies.iter().filter(|reply| matches!(reply, Ok(Reply::Recorded(_)))).count();
    let mut sum = 0;
    for number in 0..7 {
        sum += read_sum(&engines, &key(&format!("n{number}"))).await;
    }
    // What was not answered for sure may or may not count.
    assert!((recorded..=300).contains(&sum) && recorded > 0, "{recorded} recorded, {sum} counted");
    for engine in &engines {
        engine.shutdown().await;
        assert!(engine.status().fatal.is_none());
    }
}

/// A linearizable read over the three handles.
async fn read_sum(engines: &[EngineHandle], log: &LogId) -> usize {
    let voters = Config::new(1.into(), (1..=3).map(NodeId)).unwrap();
    let (mut read, mut step) = QuorumRead::start(read_id(77), &voters, &[]);
    loop {
        let asked = match step {
            ReadStep::Done(result) => {
                let value = result.snapshot.value.unwrap_or_default();
                return std::str::from_utf8(&value).unwrap().parse().unwrap_or(0);
            }
            ReadStep::Ask { voters: asked, full } => {
                asked.iter(&voters).map(|node| (node, full.contains(&voters, node))).collect()
            }
            ReadStep::Help { voter, slot } => {
                engines[usize::from(voter.0) - 1].help(log.clone(), slot).unwrap();
                Vec::new()
            }
            ReadStep::Settle { voter, slot } => {
                engines[usize::from(voter.0) - 1].settle(log.clone(), slot).unwrap();
                Vec::new()
            }
            ReadStep::Wait => Vec::new(),
        };
        step = ReadStep::Wait;
        for (node, full) in asked {
            let reply = engines[usize::from(node.0) - 1].read(log, read.id(), full).unwrap();
            step = read.on_reply(&voters, node, reply);
            if step != ReadStep::Wait {
                break;
            }
        }
        if step == ReadStep::Wait {
            tokio::time::sleep(Duration::from_millis(2)).await;
            step = read.on_timeout(&voters);
        }
    }
}
