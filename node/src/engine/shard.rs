//! A driver thread.

use super::fatal::Fatal;
use super::job::Job;
use super::shared::{Arrival, Confirmed, Sentinel, ShardSide, Shared};
use crate::driver::{Driver, DriverError, Effects, Event, weight};
use crate::store::LmdbReader;
use quorate_client::wire::envelope_bytes_max;
use quorate_handoff::{Publisher, SubmitError, Synced, Taken};
use quorate_protocol::{LogId, LogRecord};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Arrivals that one turn takes at most.
const TURN_MAX: usize = 4096;
/// Jobs of one shard that wait for the writer or are being written; further writes wait for the next turn.
pub(super) const JOBS_MAX: usize = 64;
/// How often a thread that stops looks whether it may.
const STOP_TURN: Duration = Duration::from_millis(5);

/// A driver with what its thread needs.
pub(super) struct ShardThread<'a> {
    pub(super) shared: &'a Shared,
    pub(super) index: usize,
    pub(super) side: &'a ShardSide,
    pub(super) driver: Driver<LmdbReader>,
    pub(super) publisher: Publisher<LogId, LogRecord>,
    effects: Effects,
    /// Writes that no job holds yet. At most one a log.
    unsubmitted: Vec<(LogId, LogRecord)>,
    jobs: usize,
    /// How many corrupt logs were shown.
    corrupt: usize,
    /// The newest confirmation. What a driver publishes rests on it, on an earlier one, or on what it loaded.
    witness: Synced,
}

impl<'a> ShardThread<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        index: usize,
        side: &'a ShardSide,
        driver: Driver<LmdbReader>,
        publisher: Publisher<LogId, LogRecord>,
    ) -> Self {
        let witness = Synced::loaded_from_store();
        let (effects, unsubmitted) = (Effects::default(), Vec::new());
        Self { shared, index, side, driver, publisher, effects, unsubmitted, jobs: 0, corrupt: 0, witness }
    }

    /// Runs until the engine stops.
    pub(super) fn run(mut self) {
        let _left = Left(self.shared, self.side);
        let _sentinel = Sentinel { shared: self.shared, name: format!("driver-{}", self.index) };
        let mut stop_at = None;
        while !self.shared.has_failed() {
            if self.shared.stop.is_requested() {
                let grace = u64::try_from(self.shared.config.stop_grace.as_millis()).unwrap_or(u64::MAX);
                let at = *stop_at.get_or_insert_with(|| self.shared.now_ms().saturating_add(grace));
                let finished = self.driver.waiting() == 0 && self.jobs == 0 && self.unsubmitted.is_empty();
                if finished || self.shared.now_ms() >= at {
                    break;
                }
            }
            if let Err(error) = self.turn(stop_at.is_some()) {
                self.shared.fail(Fatal::Driver(error));
            }
        }
        self.driver.abandon(&mut self.effects);
        self.answer();
    }

    fn turn(&mut self, stopping: bool) -> Result<(), DriverError> {
        let timeout = self.timeout(stopping);
        let arrivals = match self.side.inbox.take(TURN_MAX, timeout) {
            Taken::Items(items) => items,
            Taken::Empty | Taken::Closed => Vec::new(),
        };
        self.side.progress.begin();
        let now_ms = self.shared.now_ms();
        self.confirm(now_ms)?;
        for (arrival, _) in arrivals {
            self.arrive(now_ms, arrival)?;
        }
        if self.driver.next_due_ms().is_some_and(|due| due <= now_ms) {
            self.driver.handle(now_ms, Event::Tick, &mut self.effects)?;
        }
        self.publish();
        self.submit();
        self.send();
        self.answer();
        self.driver.flush_recorder();
        self.show();
        self.side.progress.end();
        Ok(())
    }

    fn timeout(&self, stopping: bool) -> Option<Duration> {
        let now_ms = self.shared.now_ms();
        let due = self.driver.next_due_ms().map(|due| Duration::from_millis(due.saturating_sub(now_ms)));
        if stopping { Some(due.unwrap_or(STOP_TURN).min(STOP_TURN)) } else { due }
    }

    fn confirm(&mut self, now_ms: u64) -> Result<(), DriverError> {
        let Taken::Items(confirmed) = self.side.confirmed.try_take(2 * JOBS_MAX) else {
            return Ok(());
        };
        for Confirmed { logs, result } in confirmed {
            self.jobs -= 1;
            // The writer itself fails the engine; what was not confirmed stays so.
            if let Ok(synced) = result {
                self.witness = synced;
                self.driver.handle(now_ms, Event::Synced(logs), &mut self.effects)?;
            }
        }
        Ok(())
    }

    fn arrive(&mut self, now_ms: u64, arrival: Arrival) -> Result<(), DriverError> {
        let event = match arrival {
            Arrival::Peer(envelopes) => Event::Peer(envelopes),
            Arrival::Client(request) => Event::Client(request),
            Arrival::Help { log, slot } => Event::Help { log, slot },
            Arrival::Settle { log, slot } => Event::Settle { log, slot },
            Arrival::Inspect { token, log } => {
                let inspected = self.driver.inspect(now_ms, &log)?;
                self.side.inspections.complete(token, inspected);
                return Ok(());
            }
            Arrival::Wake => return Ok(()),
        };
        self.driver.handle(now_ms, event, &mut self.effects)
    }

    fn publish(&mut self) {
        for (log, record) in self.effects.publish.drain(..) {
            let weight = log.key.len() + weight(&record);
            self.publisher.publish(log, record, weight, &self.witness);
        }
    }

    /// All writes of the turn are one job.
    fn submit(&mut self) {
        self.unsubmitted.append(&mut self.effects.writes);
        if self.unsubmitted.is_empty() || self.jobs >= JOBS_MAX {
            return;
        }
        let job = Job::Records { shard: self.index, records: std::mem::take(&mut self.unsubmitted) };
        match self.shared.commits.submit(job) {
            Ok(()) => self.jobs += 1,
            Err(SubmitError::Full(Job::Records { records, .. })) => self.unsubmitted = records,
            // The writer has ended: the engine has failed, and this thread sees it before its next turn.
            Err(_) => {}
        }
    }

    fn send(&mut self) {
        for envelope in self.effects.send.drain(..) {
            let Some(outbox) = self.shared.outboxes.get(&envelope.message.to) else { continue };
            let bytes = envelope_bytes_max(&envelope);
            if !outbox.push(envelope, bytes) {
                self.shared.gauges.outbox_dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn answer(&mut self) {
        for (token, result) in self.effects.answers.drain(..) {
            self.side.replies.complete(quorate_handoff::Token::from_u64(token), result);
        }
    }

    fn show(&mut self) {
        // A corrupt log stays so: the list has changed if it has grown, and is copied only then.
        let corrupt = self.driver.corrupt();
        let grown = (corrupt.len() != self.corrupt).then(|| corrupt.keys().cloned().collect());
        self.corrupt = corrupt.len();
        self.side.see(|seen| {
            seen.counters = self.driver.counters();
            seen.hosted = u64::try_from(self.driver.hosted()).unwrap_or(u64::MAX);
            seen.waiting = u64::try_from(self.driver.waiting()).unwrap_or(u64::MAX);
            if let Some(corrupt) = grown {
                seen.corrupt = corrupt;
            }
        });
    }
}

/// Ends everybody who still waits for this driver, also when its thread panics.
struct Left<'a>(&'a Shared, &'a ShardSide);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        self.1.inbox.close();
        self.1.replies.close();
        self.1.inspections.close();
        self.0.driver_left();
    }
}
