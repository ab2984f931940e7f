//! Running the core: the part of the driver that touches a [`PaxosLog`].

use crate::hosted::Hosted;
use crate::limits::weight;
use crate::timers::Due;
use crate::{Driver, DriverError, DriverRefusal, Effects, LoadError, Records};
use quorate_protocol::{Envelope, Input, LogId, Output, PaxosLog, Reply, Timer};
use std::sync::Arc;

impl<R: Records> Driver<R> {
    /// Runs the core for a log in memory; one that is not has nothing to lose by it.
    pub(crate) fn step(
        &mut self,
        now_ms: u64,
        log: &LogId,
        input: Input,
        effects: &mut Effects,
    ) -> Result<(), DriverError> {
        let Some(hosted) = self.logs.get_mut(log) else {
            return Ok(());
        };
        let output = match &mut self.recorder {
            None => hosted.log.step(input),
            Some(recorder) => {
                let output = hosted.log.step(input.clone());
                // Before anything is found wrong with the step: it is the one to look at then.
                recorder.stepped(log, input, &output, &hosted.log);
                output
            }
        };
        hosted.log.check().map_err(|violation| DriverError::Violation { log: log.clone(), violation })?;
        let Output { write, send, done, timers, prepared, readable } = output;
        hosted.prepares += u64::from(prepared);
        self.counters.prepares += u64::from(prepared);
        for (timer, range) in timers {
            self.counters.deferrals += u64::from(timer == Timer::Defer);
            let armed = hosted.armed.of(timer);
            if let Some(replaced) = armed.take() {
                self.timers.disarm(replaced);
            }
            let due_ms = now_ms.saturating_add(self.random.draw(range));
            *armed = Some(self.timers.arm(due_ms, Due::Log(log.clone(), timer)));
        }
        for (id, reply) in done {
            for ticket in hosted.waiting.remove(&id).unwrap_or_default() {
                self.timers.disarm(ticket.deadline);
                self.waiting -= 1;
                self.waiting_bytes -= ticket.bytes;
                self.counters.answers += 1;
                if matches!(reply, Reply::Recorded(_)) {
                    self.counters.count_rounds(hosted.prepares.saturating_sub(ticket.prepares));
                }
                effects.answers.push((ticket.token, Ok(reply)));
            }
        }
        if readable {
            hosted.pace.observe(now_ms, hosted.log.record());
            effects.publish.push((log.clone(), Arc::new(hosted.log.snapshot())));
        }
        if readable || write.is_some() {
            let before = std::mem::replace(&mut hosted.weight, weight(hosted.log.record()));
            let after = hosted.weight;
            self.logs.reweigh(before, after);
        }
        if let Some(record) = write {
            self.counters.writes += 1;
            effects.writes.push((log.clone(), record));
        }
        for message in send {
            if effects.send.len() >= self.limits.envelopes {
                self.counters.unsent += 1;
                continue;
            }
            self.counters.sent += 1;
            effects.send.push(Envelope { log: log.clone(), message });
        }
        Ok(())
    }

    /// Has the log in memory, or says why not.
    pub(crate) fn host(&mut self, now_ms: u64, log: &LogId) -> Result<Result<(), DriverRefusal>, DriverError> {
        if self.stopped {
            return Err(DriverError::Stopped);
        }
        if self.logs.get(log).is_some() {
            return Ok(Ok(()));
        }
        if self.corrupt.contains_key(log) {
            return Ok(Err(DriverRefusal::CorruptLog));
        }
        let recorder = &mut self.recorder;
        let on_evicted = |log: &LogId| recorder.iter_mut().for_each(|recorder| recorder.evicted(log));
        let Some(evicted) = self.logs.make_room(&self.limits, &mut self.timers, on_evicted) else {
            return Ok(Err(DriverRefusal::Overloaded));
        };
        self.counters.evictions += evicted;
        self.counters.loads += 1;
        let restored = self.records.load(log).and_then(|record| {
            let restored = PaxosLog::restore(Arc::clone(&self.replica), record.unwrap_or_default());
            restored.map_err(|error| LoadError::Corrupt(error.into()))
        });
        match restored {
            Ok(restored) => {
                if let Some(recorder) = &mut self.recorder {
                    recorder.loaded(log, restored.record());
                }
                self.logs.insert(log.clone(), Hosted::new(now_ms, restored));
                Ok(Ok(()))
            }
            Err(LoadError::Corrupt(corruption)) => {
                self.counters.corrupt += 1;
                if self.corrupt.len() < self.limits.corrupt {
                    self.corrupt.insert(log.clone(), corruption);
                }
                Ok(Err(DriverRefusal::CorruptLog))
            }
            Err(LoadError::Store(error)) => Err(DriverError::Store(error)),
        }
    }
}
