//! Bringing up replicas that answered a read of one replica's word, in the background.
//!
//! A replica hears that a slot is chosen with the key's next write. When there is none, reads must bring it up, or it
//! would answer with an older value for ever (P23). What is to be done is the core's decision; here is how often.

use crate::{
    inner::Inner,
    operation::{Read, deadline},
    pool::Kind,
    wire::KvRequestV1,
};
use quorate_protocol::{LogId, Need, NodeId, ReadReply, ReadStep, Slot, bring_up};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// The shortest time between two refreshes of a key by one client.
pub(crate) const REFRESH_EVERY: Duration = Duration::from_secs(1);
/// Refreshes of one client that are under way at the same time. A read that finds no place begins none.
pub(crate) const REFRESHES_MAX: usize = 4;
/// Keys whose last refresh is remembered, in each of two generations. One that is forgotten may be refreshed sooner.
const GENERATION_MAX: usize = 4096;

/// When keys were refreshed last, and which replica was asked to send its vote on then.
#[derive(Debug)]
pub(crate) struct Refreshes {
    known: Mutex<Known>,
    places: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Known {
    young: HashMap<LogId, Refreshed>,
    old: HashMap<LogId, Refreshed>,
}

#[derive(Clone, Copy, Debug)]
struct Refreshed {
    at: Instant,
    helped: Option<(NodeId, Slot)>,
}

impl Default for Refreshes {
    fn default() -> Self {
        Self { known: Mutex::default(), places: Arc::new(Semaphore::new(REFRESHES_MAX)) }
    }
}

impl Refreshes {
    /// A place for a refresh of this key, if one is due, and who was helped by the one before.
    fn begin(&self, log: &LogId, now: Instant) -> Option<(OwnedSemaphorePermit, Option<(NodeId, Slot)>)> {
        let mut known = self.lock();
        let before = known.young.get(log).or_else(|| known.old.get(log)).copied();
        if before.is_some_and(|before| now.saturating_duration_since(before.at) < REFRESH_EVERY) {
            return None;
        }
        let place = self.places.clone().try_acquire_owned().ok()?;
        known.put(log, Refreshed { at: now, helped: None });
        Some((place, before.and_then(|before| before.helped)))
    }

    fn helped(&self, log: &LogId, voter: NodeId, slot: Slot) {
        let refreshed = Refreshed { at: Instant::now(), helped: Some((voter, slot)) };
        self.lock().put(log, refreshed);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // A hint of when to refresh, whatever a panic left of it.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn put(&mut self, log: &LogId, refreshed: Refreshed) {
        if self.young.len() >= GENERATION_MAX && !self.young.contains_key(log) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(log.clone(), refreshed);
    }
}

/// Begins to bring up the voter that gave this reply to a read, if that is due.
pub(crate) fn begin(session: &Arc<Inner>, log: &LogId, voter: NodeId, reply: ReadReply) {
    let Some((place, helped)) = session.refreshes.begin(log, Instant::now()) else { return };
    session.counters.refreshes.add_one();
    let (session, log) = (session.clone(), log.clone());
    tokio::spawn(async move {
        let _place = place;
        refresh(&session, &log, voter, &reply, helped).await;
    });
}

async fn refresh(session: &Inner, log: &LogId, voter: NodeId, reply: &ReadReply, helped: Option<(NodeId, Slot)>) {
    let deadline = deadline(session.timeout);
    let Ok(fresh) = Read::begin(session, log, Need::Fresh, deadline).finish().await else { return };
    let helped = helped == Some((voter, reply.accepted));
    let step = bring_up(&session.config, voter, reply, fresh.result.slot, helped);
    let (voter, request) = match step {
        Some(ReadStep::Help { voter, slot }) => {
            session.refreshes.helped(log, voter, slot);
            (voter, KvRequestV1::Help { log: log.clone(), slot })
        }
        Some(ReadStep::Settle { voter, slot }) => (voter, KvRequestV1::Settle { log: log.clone(), slot }),
        _ => return,
    };
    // Whether it was taken in shows at the next refresh.
    let _ = session.call(voter, Kind::Read, request, deadline, &AtomicBool::new(false)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_refreshed_once_in_its_time_and_a_few_keys_at_once() {
        let (now, refreshes) = (Instant::now(), Refreshes::default());
        let log = |key: usize| LogId::of_key(key.to_string());
        let held: Vec<_> = (0..REFRESHES_MAX).map(|key| refreshes.begin(&log(key), now).unwrap()).collect();
        assert!(refreshes.begin(&log(REFRESHES_MAX), now).is_none(), "there is no place");
        drop(held);
        assert!(refreshes.begin(&log(0), now).is_none(), "it was refreshed just now");
        refreshes.helped(&log(1), NodeId(2), Slot(7));
        let (_, helped) = refreshes.begin(&log(1), Instant::now() + REFRESH_EVERY).unwrap();
        assert_eq!(helped, Some((NodeId(2), Slot(7))));
        assert!(refreshes.begin(&log(REFRESHES_MAX), now).is_some(), "a read that found no place asks again");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (now, refreshes) = (Instant::now(), Refreshes::default());
        (0..3 * GENERATION_MAX).for_each(|key| drop(refreshes.begin(&LogId::of_key(key.to_string()), now)));
        let known = refreshes.lock();
        assert!(known.young.len() + known.old.len() <= 2 * GENERATION_MAX);
    }
}
