use super::queue::{Batch, EventQueue};
use crate::driver::{Recorder, weight};
use quorate_protocol::trace::{Event, LogNumber, StepDigests};
use quorate_protocol::{Input, LogId, LogRecord, Message, Output, PaxosLog};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Bytes and events of a batch at which it does not wait for the end of the turn.
const BATCH_BYTES: usize = 1 << 20;
const BATCH_EVENTS: usize = 1024;

/// Gathers what one driver tells. It knows the logs in memory, and no others.
#[derive(Debug)]
pub(super) struct LogRecorder {
    queue: Arc<EventQueue>,
    /// The logs that the trace can go on from, and how many steps of each it has.
    numbers: HashMap<LogId, (LogNumber, u64)>,
    next: LogNumber,
    batch: Batch,
    /// Events of batches that found the queue full, and the trace does not say so yet.
    lost: u64,
    /// Steps of logs without a number, likewise.
    unrecorded: u64,
}

impl LogRecorder {
    pub(super) fn new(queue: Arc<EventQueue>) -> Self {
        Self { queue, numbers: HashMap::new(), next: 0, batch: Batch::default(), lost: 0, unrecorded: 0 }
    }

    fn push(&mut self, event: Event, bytes: usize) {
        self.batch.events.push(event);
        self.batch.bytes += bytes;
        if self.batch.bytes >= BATCH_BYTES || self.batch.events.len() >= BATCH_EVENTS {
            self.flush();
        }
    }

    fn introduce(&mut self, log: &LogId) -> LogNumber {
        self.next += 1;
        self.numbers.insert(log.clone(), (self.next, 0));
        self.next
    }

    fn drop_events(&self, events: u64) {
        self.queue.counts.dropped.fetch_add(events, Ordering::Relaxed);
    }
}

impl Recorder for LogRecorder {
    fn loaded(&mut self, log: &LogId, record: &LogRecord) {
        let number = self.introduce(log);
        let event = Event::Loaded { log: number, id: log.clone(), record: record.clone() };
        self.push(event, size_of::<Event>() + log.key.len() + weight(record));
    }

    fn stepped(&mut self, log: &LogId, input: Input, output: &Output, after: &PaxosLog) {
        if let Some((number, steps)) = self.numbers.get_mut(log) {
            *steps += 1;
            let bytes = size_of::<Event>() + input_bytes(&input);
            let after = StepDigests::of(output, after);
            let event = Event::Step { log: *number, serial: *steps, input, after };
            return self.push(event, bytes);
        }
        // Since a gap. The trace can go on from here if the log is idle, but lacks this step.
        self.unrecorded += 1;
        self.drop_events(1);
        if self.queue.has_ended() {
            return;
        }
        if let Some(image) = after.idle_image() {
            let bytes = size_of::<Event>() + log.key.len() + weight(&image.record) + weight(&image.durable);
            let number = self.introduce(log);
            self.push(Event::Resumed { log: number, id: log.clone(), image }, bytes);
        }
    }

    fn evicted(&mut self, log: &LogId) {
        if let Some((number, _)) = self.numbers.remove(log) {
            self.push(Event::Evicted { log: number }, size_of::<Event>());
        }
    }

    /// What is missing is said before what was gathered since: every number that is in use is from after it.
    fn flush(&mut self) {
        let (lost, unrecorded) = (std::mem::take(&mut self.lost), std::mem::take(&mut self.unrecorded));
        let mut batch = std::mem::take(&mut self.batch);
        let gathered = u64::try_from(batch.events.len()).unwrap_or(u64::MAX);
        if lost > 0 || unrecorded > 0 {
            let gap = (lost > 0).then_some(Event::Gap { events: lost });
            let since = (unrecorded > 0).then_some(Event::Unrecorded { events: unrecorded });
            batch.events.splice(0..0, gap.into_iter().chain(since));
        }
        if !batch.events.is_empty() && !self.queue.push(batch) {
            self.drop_events(gathered);
            self.lost = lost.saturating_add(unrecorded).saturating_add(gathered);
            self.numbers = HashMap::new();
        }
    }
}

impl Drop for LogRecorder {
    /// The driver has ended.
    fn drop(&mut self) {
        self.flush();
        self.queue.close(self.lost == 0);
    }
}

/// Bytes that an input keeps in memory, roughly.
fn input_bytes(input: &Input) -> usize {
    match input {
        Input::Receive(message) => message_bytes(message),
        Input::Propose(request) => crate::driver::request_bytes(&LogId::default(), request),
        Input::Withdraw(_) | Input::Help(_) | Input::Settle(_) | Input::Timeout(_) | Input::Durable => 0,
    }
}

fn message_bytes(message: &Message) -> usize {
    let proposed = message.proposal.as_ref().map(|proposal| &proposal.entry);
    let entries = message.accepted.iter().chain(&message.chosen.entry).chain(proposed);
    entries.map(|entry| crate::driver::entry_weight(entry)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::QUEUED_BYTES_MAX;
    use quorate_protocol::{Config, NodeId, Operation, Replica, Request, RequestId};

    /// Runs a request of a single voter to its end; the last step leaves the log idle.
    fn put(recorder: &mut LogRecorder, id: &LogId, log: &mut PaxosLog, sequence: u64) {
        let base = log.record().chosen_slot();
        let mut input = Some(Input::Propose(Request::first(RequestId::new(1, sequence), base, Operation::put("v"))));
        while let Some(next) = input.take() {
            let output = log.step(next.clone());
            recorder.stepped(id, next, &output, log);
            input = output.write.map(|_| Input::Durable);
        }
    }

    #[test]
    fn what_finds_the_queue_full_is_a_gap_and_idle_logs_go_on() {
        let config = Config::new(1.into(), [NodeId(1)]).unwrap();
        let replica = Arc::new(Replica::new(NodeId(1), 1.into(), config).unwrap());
        let queue = Arc::new(EventQueue::new());
        let mut recorder = LogRecorder::new(Arc::clone(&queue));
        let (id, mut log) = (LogId::of_key("k"), PaxosLog::restore(replica, LogRecord::default()).unwrap());
        recorder.loaded(&id, &LogRecord::default());
        put(&mut recorder, &id, &mut log, 1);
        recorder.flush();
        let before = queue.drain();
        assert!(matches!(before.first(), Some(Event::Loaded { log: 1, .. })) && before.len() == 4, "{before:?}");
        // Nothing goes through until the queue has been emptied.
        assert!(queue.push(Batch { events: Vec::new(), bytes: 2 * QUEUED_BYTES_MAX }));
        put(&mut recorder, &id, &mut log, 2);
        recorder.flush();
        let steps = queue.counts.dropped.load(Ordering::Relaxed);
        assert!(steps >= 2);
        assert!(queue.take().is_some());
        put(&mut recorder, &id, &mut log, 3);
        recorder.evicted(&id);
        drop(recorder);
        let after = queue.drain();
        assert_eq!(after.first(), Some(&Event::Gap { events: steps }));
        assert!(matches!(after.get(1), Some(Event::Unrecorded { .. })), "{after:?}");
        assert!(matches!(after.get(2), Some(Event::Resumed { log: 2, .. })), "{after:?}");
        assert_eq!(after.last(), Some(&Event::Evicted { log: 2 }));
        assert!(queue.is_complete());
    }
}
