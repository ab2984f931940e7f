//! The properties of sessions.

use super::{Cluster, Key, Session, State};
use crate::model::audit::broken_read;
use quorate_protocol::{ReadResult, Slot};
use quorate_spec::Property;
use std::sync::atomic::Ordering;

impl Cluster {
    /// P14 of any read, P22 of a causal one.
    pub(super) fn judge_read(
        &self,
        state: &State,
        key: Key,
        causal: bool,
        session: &Session,
        result: &ReadResult,
    ) -> Option<Property> {
        let ghost = &state.keys.get(key)?.ghost;
        let unseen = session.view.allows(&key, &result.slot).err().filter(|_| causal);
        let not_chosen = broken_read(ghost, result.slot, &result.snapshot, Slot::ZERO);
        not_chosen.or(unseen.map(|violation| violation.property))
    }

    /// P23: what a key's replicas answer becomes what is chosen, within the bound of refreshes.
    pub(super) fn converges(&self, state: &State) -> bool {
        let most = self.scenario.bounds.refreshes;
        let needed = state.keys.iter().map(|key| {
            let digest = crate::shared::digest(&key.logs);
            // Whatever a panic left of it is sound: entries are put in whole.
            let known = |held: &Self| {
                held.refreshed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&digest).copied()
            };
            known(self).unwrap_or_else(|| {
                let needed = self.refreshes_needed(key);
                let mut memo = self.refreshed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                memo.insert(digest, needed);
                needed
            })
        });
        needed.into_iter().all(|needed| {
            self.longest.fetch_max(needed.unwrap_or(u8::MAX), Ordering::Relaxed);
            needed.is_some_and(|needed| needed <= most)
        })
    }
}
