//! The one thread that writes to the store.

use super::fatal::Fatal;
use super::job::{Job, StaleStart};
use super::shared::{Confirmed, Sentinel, Shared};
use crate::store::{LmdbStore, PeerStarts, StoreError};
use quorate_handoff::{SyncFailed, Synced};
use std::cell::RefCell;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Runs until the commit queue is closed and empty, or a commit fails.
pub(super) fn run(shared: &Shared, store: LmdbStore, starts: PeerStarts) {
    let _sentinel = Sentinel { shared, name: "writer".into() };
    let writer = RefCell::new(Writer { shared, store, starts, last: 0 });
    let ended = shared.commits.run_gathering(
        shared.config.commit_jobs.max(1),
        || writer.borrow().gather(),
        |jobs| {
            shared.writing.begin();
            let committed = writer.borrow_mut().commit(jobs);
            shared.writing.end();
            committed
        },
        |job, result| writer.borrow().answer(job, result),
    );
    if let Err(error) = ended {
        shared.fail(Fatal::Sync(error));
    }
    shared.starts.close();
}

struct Writer<'a> {
    shared: &'a Shared,
    store: LmdbStore,
    starts: PeerStarts,
    /// Records of the last commit.
    last: usize,
}

/// A commit of at least this many records shows that many write at once: the next one waits a little for more.
const GATHER_FROM: usize = 6;
/// How long. A commit copies a page for nearly every record and syncs twice; fewer of them cost every node less, and
/// this is a small part of the time that one takes.
const GATHER: Duration = Duration::from_micros(300);

impl Writer<'_> {
    fn gather(&self) {
        if self.last >= GATHER_FROM {
            std::thread::sleep(GATHER);
        }
    }

    fn commit(&mut self, jobs: &[Job]) -> Result<(), StoreError> {
        let mut raised = Vec::new();
        for job in jobs {
            if let Job::Start { node, incarnation, .. } = job
                && self.starts.raise(*node, *incarnation)
            {
                raised.push((*node, *incarnation));
            }
        }
        let records = || jobs.iter().flat_map(Job::records);
        let count = records().count();
        self.last = count;
        if count == 0 && raised.is_empty() {
            return Ok(());
        }
        let started = Instant::now();
        let synced = self.store.commit_all(&mut records(), &raised)?;
        let gauges = &self.shared.gauges;
        gauges.commit_seconds.observe_duration(started.elapsed());
        gauges.sync_seconds.observe_duration(synced);
        gauges.batch_records.observe(u64::try_from(count).unwrap_or(u64::MAX));
        gauges.commits.store(self.store.commits(), Ordering::Relaxed);
        gauges.records_written.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        self.shared.note_room();
        Ok(())
    }

    fn answer(&self, job: Job, result: Result<Synced, SyncFailed>) {
        match job {
            Job::Records { shard, records } => {
                let Some(side) = self.shared.shards.get(shard) else { return };
                let logs = records.into_iter().map(|(log, _)| log).collect();
                // The driver bounds its jobs by the capacity of this mailbox; it is closed only when that has ended.
                let _ = side.confirmed.push(Confirmed { logs, result });
                side.wake();
            }
            Job::Start { node, incarnation: claimed, token } => {
                let highest = self.starts.highest(node);
                let stale = StaleStart { node, claimed, highest };
                if result.is_ok() {
                    self.shared.starts.complete(token, if claimed < highest { Err(stale) } else { Ok(()) });
                }
            }
        }
    }
}

impl Job {
    fn records(&self) -> &[(quorate_protocol::LogId, quorate_protocol::LogRecord)] {
        match self {
            Self::Records { records, .. } => records,
            Self::Start { .. } => &[],
        }
    }
}
