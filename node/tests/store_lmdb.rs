//! LMDB as the store of records, on a real directory.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use heed::types::Bytes;
use quorate_node::store::{Corruption, Identity, LmdbStore, LoadError, Records, Store, StoreError, StoreOptions};
use quorate_protocol::{Incarnation, LogRecord, NodeId};
use std::process::Command;
use support::{OPTIONS, TempDir, identity, key, record};

fn fresh(name: &str) -> (TempDir, LmdbStore) {
    let dir = TempDir::new(name);
    LmdbStore::init(dir.path(), &identity(1), OPTIONS).unwrap();
    let store = LmdbStore::open(dir.path(), &identity(1), OPTIONS).unwrap();
    (dir, store)
}

fn reopen(dir: &TempDir) -> LmdbStore {
    LmdbStore::open(dir.path(), &identity(1), OPTIONS).unwrap()
}

/// Changes the stored bytes of one record behind the store's back.
#[allow(unsafe_code)]
fn damage(dir: &TempDir, log: &quorate_protocol::LogId, change: impl FnOnce(&mut Vec<u8>)) {
    let mut options = heed::EnvOpenOptions::new().read_txn_without_tls();
    options.map_size(16 << 20).max_dbs(8);
    // SAFETY: the store is closed, and nothing else opens this directory.
    let env = unsafe { options.open(dir.path()) }.unwrap();
    let txn = env.write_txn().unwrap();
    let records = env
        .create_databases_and_commit(txn, |create, txn| -> Result<_, heed::Error> {
            let records = create.create_database::<Bytes, Bytes>(txn, Some("records"))?;
            Ok(heed::CommitOrAbort::<_, ()>::Commit(records))
        })
        .unwrap()
        .unwrap_commit();
    let mut txn = env.write_txn().unwrap();
    let mut bytes = records.get(&txn, &log.to_store_key()).unwrap().unwrap().to_vec();
    change(&mut bytes);
    records.put(&mut txn, &log.to_store_key(), &bytes).unwrap();
    txn.commit().unwrap();
}

#[test]
fn what_was_committed_is_there_after_reopening() {
    let (dir, mut store) = fresh("reopen");
    assert_eq!(store.load(&key("tea")).unwrap(), None);
    store.commit(&[(key("tea"), record()), (key("t"), LogRecord::default())]).unwrap();
    drop(store);
    let store = reopen(&dir);
    assert_eq!(store.load(&key("tea")).unwrap(), Some(record()));
    assert_eq!(store.load(&key("t")).unwrap(), Some(LogRecord::default()));
    assert_eq!(store.load(&key("te")).unwrap(), None);
    assert_eq!(store.reader().count().unwrap(), 2);
}

#[test]
fn the_longest_key_fits() {
    let (_dir, mut store) = fresh("longest");
    let longest = quorate_protocol::LogId::of_key(vec![0xff; quorate_protocol::KEY_BYTES_MAX]);
    store.commit(&[(longest.clone(), record())]).unwrap();
    assert_eq!(store.load(&longest).unwrap(), Some(record()));
}

#[test]
fn a_reader_sees_a_commit_as_soon_as_it_returns() {
    let (_dir, mut store) = fresh("reader");
    let reader = store.reader();
    store.commit(&[(key("tea"), record())]).unwrap();
    assert_eq!(reader.load(&key("tea")).unwrap(), Some(record()));
    assert_eq!(store.commits(), 2, "one for the incarnation, one for the record");
}

#[test]
fn the_incarnation_rises_at_every_start() {
    let (dir, store) = fresh("incarnation");
    assert_eq!(store.identity().incarnation, Incarnation(1));
    drop(store);
    assert_eq!(reopen(&dir).identity().incarnation, Incarnation(2));
    assert_eq!(LmdbStore::identity_in(dir.path()).unwrap().incarnation, Incarnation(2));
    assert_eq!(reopen(&dir).identity().incarnation, Incarnation(3));
}

#[test]
fn a_peers_start_never_falls() {
    let (dir, mut store) = fresh("starts");
    let none = &mut std::iter::empty();
    store.commit_all(none, &[(NodeId(2), Incarnation(5)), (NodeId(3), Incarnation(1))]).unwrap();
    store.commit_all(none, &[(NodeId(2), Incarnation(4))]).unwrap();
    drop(store);
    let starts = reopen(&dir).peer_starts().unwrap();
    assert_eq!(starts.iter().collect::<Vec<_>>(), [(NodeId(2), Incarnation(5)), (NodeId(3), Incarnation(1))]);
}

#[test]
fn a_directory_without_identity_or_of_somebody_else_is_refused() {
    let dir = TempDir::new("others");
    let open = |expected: &Identity| LmdbStore::open(dir.path(), expected, OPTIONS).map(drop).unwrap_err();
    assert!(matches!(open(&identity(1)), StoreError::Uninitialized(_)));
    LmdbStore::init(dir.path(), &identity(1), OPTIONS).unwrap();
    assert!(matches!(open(&identity(2)), StoreError::WrongNode { found: NodeId(1), .. }));
    assert!(matches!(open(&Identity { cluster: 8, ..identity(1) }), StoreError::WrongCluster { found: 7, .. }));
    assert!(matches!(open(&Identity { epoch: 2.into(), ..identity(1) }), StoreError::WrongEpoch { .. }));
    let again = LmdbStore::init(dir.path(), &identity(2), OPTIONS).unwrap_err();
    assert!(matches!(again, StoreError::AlreadyInitialized { node: NodeId(1), .. }));
    assert_eq!(reopen(&dir).identity().incarnation, Incarnation(1), "a refused start is none");
}

#[test]
fn a_directory_in_use_is_refused_to_the_same_process() {
    let (dir, store) = fresh("lock");
    let second = || LmdbStore::open(dir.path(), &identity(1), OPTIONS).map(drop);
    assert!(matches!(second(), Err(StoreError::Locked(_))));
    let reader = store.reader();
    drop(store);
    assert!(matches!(second(), Err(StoreError::Locked(_))), "a reader keeps it open");
    drop(reader);
    second().unwrap();
}

#[test]
fn a_directory_in_use_is_refused_to_another_process() {
    const DIRECTORY: &str = "QUORATE_TEST_DIRECTORY";
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        // The other process: says what it found by its exit code.
        let opened = LmdbStore::open(directory.as_ref(), &identity(1), OPTIONS);
        std::process::exit(if matches!(opened, Err(StoreError::Locked(_))) { 40 } else { 41 });
    }
    let (dir, store) = fresh("process");
    let other = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "a_directory_in_use_is_refused_to_another_process"]);
        command.env(DIRECTORY, dir.path()).output().unwrap().status.code()
    };
    assert_eq!(other(), Some(40));
    drop(store);
    assert_eq!(other(), Some(41), "free again");
}

#[test]
fn a_damaged_record_is_corrupt_and_the_others_are_not() {
    let (dir, mut store) = fresh("damage");
    store.commit(&[(key("a"), record()), (key("b"), record())]).unwrap();
    drop(store);
    damage(&dir, &key("a"), |bytes| bytes[20] ^= 4);
    let store = reopen(&dir);
    assert!(matches!(store.load(&key("a")), Err(LoadError::Corrupt(Corruption::Checksum))));
    assert_eq!(store.load(&key("b")).unwrap(), Some(record()));
    drop(store);
    damage(&dir, &key("b"), Vec::clear);
    assert!(matches!(reopen(&dir).load(&key("b")), Err(LoadError::Corrupt(Corruption::Header))));
}

#[test]
fn a_full_map_is_a_typed_error_and_writes_nothing() {
    let dir = TempDir::new("full");
    let options = StoreOptions { map_bytes: 256 << 10 };
    LmdbStore::init(dir.path(), &identity(1), options).unwrap();
    let mut store = LmdbStore::open(dir.path(), &identity(1), options).unwrap();
    let batch: Vec<_> = (0..2000).map(|number| (key(&format!("key-{number}")), record())).collect();
    assert!(matches!(store.commit(&batch), Err(StoreError::Full { map_bytes }) if map_bytes == 256 << 10));
    assert_eq!(store.load(&key("key-0")).unwrap(), None);
    assert!(store.reader().used_bytes() < 256 << 10);
}

#[test]
fn a_directory_is_created_with_its_parents() {
    let dir = TempDir::new("parents");
    let nested = dir.path().join("a/b/c");
    LmdbStore::init(&nested, &identity(3), OPTIONS).unwrap();
    assert_eq!(LmdbStore::identity_in(&nested).unwrap(), identity(3));
}
