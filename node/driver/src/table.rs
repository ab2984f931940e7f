use crate::DriverLimits;
use crate::hosted::Hosted;
use crate::timers::Timers;
use quorate_protocol::LogId;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Steps of the clock hand that a new log pays for, with respect for the reference bit, and again without.
const HAND_STEPS: usize = 32;

/// The logs in memory, bounded in number and bytes. Which idle log goes is decided by a clock hand over the keys'
/// order (second chance), which is deterministic and costs a log nothing but a bit.
#[derive(Debug, Default)]
pub(crate) struct LogTable {
    logs: BTreeMap<LogId, Hosted>,
    bytes: usize,
    hand: Option<LogId>,
}

impl LogTable {
    pub(crate) fn len(&self) -> usize {
        self.logs.len()
    }

    pub(crate) fn get(&self, log: &LogId) -> Option<&Hosted> {
        self.logs.get(log)
    }

    pub(crate) fn get_mut(&mut self, log: &LogId) -> Option<&mut Hosted> {
        let hosted = self.logs.get_mut(log)?;
        hosted.referenced = true;
        Some(hosted)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&LogId, &mut Hosted)> {
        self.logs.iter_mut()
    }

    pub(crate) fn insert(&mut self, log: LogId, hosted: Hosted) {
        self.bytes += hosted.weight;
        self.logs.insert(log, hosted);
    }

    /// Takes a log's new weight into account.
    pub(crate) fn reweigh(&mut self, before: usize, after: usize) {
        self.bytes = self.bytes.saturating_sub(before).saturating_add(after);
    }

    fn is_full(&self, limits: &DriverLimits) -> bool {
        self.logs.len() >= limits.logs || self.bytes >= limits.bytes
    }

    /// Makes room for one more log; how many were dropped, or `None` if all that the hand passed are busy.
    pub(crate) fn make_room(
        &mut self,
        limits: &DriverLimits,
        timers: &mut Timers,
        mut on_evicted: impl FnMut(&LogId),
    ) -> Option<u64> {
        let mut evicted = 0;
        for step in 0..2 * HAND_STEPS {
            if !self.is_full(limits) {
                return Some(evicted);
            }
            let spare_referenced = step < HAND_STEPS;
            if self.advance_hand(spare_referenced, timers) {
                evicted += 1;
                self.hand.iter().for_each(&mut on_evicted);
            }
        }
        (!self.is_full(limits)).then_some(evicted)
    }

    /// Moves the hand to the next log, and drops that one if it may go.
    fn advance_hand(&mut self, spare_referenced: bool, timers: &mut Timers) -> bool {
        let after = self.hand.take().map_or(Bound::Unbounded, Bound::Excluded);
        let next = self.logs.range_mut((after, Bound::Unbounded)).next();
        let Some((log, hosted)) = next else {
            return false; // Past the last one; the next step begins anew.
        };
        let log = log.clone();
        let spared = spare_referenced && std::mem::take(&mut hosted.referenced);
        self.hand = Some(log.clone());
        if spared || !hosted.is_idle() {
            return false;
        }
        if let Some(mut gone) = self.logs.remove(&log) {
            gone.armed.disarm_all(timers);
            self.bytes = self.bytes.saturating_sub(gone.weight);
        }
        true
    }
}
