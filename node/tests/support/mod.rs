//! What several test programs need.
#![allow(dead_code, unused_imports, missing_docs, unreachable_pub, clippy::unwrap_used)]

#[path = "../../driver/tests/support/mod.rs"]
mod of_driver;

pub use of_driver::{key, replica};

use bytes::Bytes;
use quorate_node::store::{Identity, StoreOptions};
use quorate_protocol::{
    Accepted, Ballot, Chosen, Entry, Incarnation, LogRecord, NodeId, Outcome, Owner, Recorded, RequestId, Slot, Version,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory of its own, removed at the end.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("quorate-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub const OPTIONS: StoreOptions = StoreOptions { map_bytes: 16 << 20 };

pub fn identity(node: u16) -> Identity {
    Identity::new(7, NodeId(node), 1.into())
}

/// A record with something in every field.
pub fn record() -> LogRecord {
    let owner = Owner { node: NodeId(2), incarnation: Incarnation(3) };
    let recorded = |client, sequence, slot, position, outcome| Recorded {
        id: RequestId::new(client, sequence),
        version: Version { slot: Slot(slot), position },
        outcome,
    };
    let chosen = Entry {
        value: Some(Bytes::from_static(b"one lump")),
        version: Some(Version { slot: Slot(41), position: 1 }),
        owner,
        requests: vec![
            recorded(u128::MAX, 1, 40, 0, Outcome::Counted(-5)),
            recorded(9, u64::MAX, 41, 0, Outcome::Mismatch(Some(Version { slot: Slot(39), position: 2 }))),
            recorded(9, 7, 41, 1, Outcome::Written),
        ],
        floor: Slot(38),
    };
    let accepted = Entry {
        value: None,
        version: Some(Version { slot: Slot(42), position: 0 }),
        owner: Owner { node: NodeId(1), incarnation: Incarnation(1) },
        requests: vec![recorded(3, 4, 42, 0, Outcome::Written)],
        floor: Slot(41),
    };
    let ballot = |round, node, incarnation| Ballot { round, node: NodeId(node), incarnation: Incarnation(incarnation) };
    LogRecord {
        chosen: Some(Chosen { slot: Slot(41), ballot: ballot(0, 2, 3), entry: Arc::new(chosen) }),
        promised: ballot(300, 3, 9),
        accepted: Some(Accepted { ballot: ballot(2, 1, 1), entry: Arc::new(accepted) }),
    }
}
