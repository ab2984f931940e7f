use super::QUEUED_BYTES_MAX;
use quorate_handoff::{Mailbox, Taken};
use quorate_protocol::trace::Event;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Batches that may wait; each is of one turn.
const BATCHES_MAX: usize = 1 << 14;

/// Events of one turn, and the bytes that they keep in memory, roughly.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) events: Vec<Event>,
    pub(super) bytes: usize,
}

/// Between a driver and the thread that writes its trace. Bounded in batches and bytes.
#[derive(Debug)]
pub(super) struct EventQueue {
    mailbox: Mailbox<Batch>,
    bytes: AtomicUsize,
    /// Nothing is written any more: the disk failed, or the bound on a recording is reached.
    ended: AtomicBool,
    /// Everything was pushed, or said to be missing, when the queue was closed.
    complete: AtomicBool,
    pub(super) counts: Counts,
}

/// For people.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) events: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) bytes: AtomicU64,
}

impl EventQueue {
    pub(super) fn new() -> Self {
        let [ended, complete] = [const { AtomicBool::new(false) }; 2];
        let counts = Counts::default();
        Self { mailbox: Mailbox::new(BATCHES_MAX), bytes: AtomicUsize::new(0), ended, complete, counts }
    }

    /// Appends a batch; the events are lost if it is not taken in.
    pub(super) fn push(&self, batch: Batch) -> bool {
        if self.has_ended() {
            return false;
        }
        let bytes = batch.bytes;
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let over = before > 0 && before.saturating_add(bytes) > QUEUED_BYTES_MAX;
        let taken = !over && self.mailbox.push(batch).is_ok();
        if !taken {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        taken
    }

    /// Blocks for the next batches; `None` once closed and empty.
    pub(super) fn take(&self) -> Option<Vec<Batch>> {
        match self.mailbox.take(BATCHES_MAX, None) {
            Taken::Items(batches) => {
                self.subtract(&batches);
                Some(batches)
            }
            Taken::Empty => Some(Vec::new()),
            Taken::Closed => None,
        }
    }

    /// Everything that is in, without waiting.
    pub(super) fn drain(&self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Taken::Items(batches) = self.mailbox.try_take(64) {
            self.subtract(&batches);
            events.extend(batches.into_iter().flat_map(|batch| batch.events));
        }
        events
    }

    fn subtract(&self, batches: &[Batch]) {
        let bytes = batches.iter().map(|batch| batch.bytes).sum();
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Ends the thread once it has written what is in. `complete`: nothing is missing without a mark.
    pub(super) fn close(&self, complete: bool) {
        self.complete.store(complete, Ordering::Release);
        self.mailbox.close();
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Acquire)
    }

    /// Takes nothing in from now on.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_bounded_in_bytes_and_lets_one_large_batch_through() {
        let queue = EventQueue::new();
        let batch = |bytes| Batch { events: vec![Event::End], bytes };
        assert!(queue.push(batch(QUEUED_BYTES_MAX + 1)), "nothing else waits");
        assert!(!queue.push(batch(1)));
        assert_eq!(queue.take().map(|batches| batches.len()), Some(1));
        assert!(queue.push(batch(QUEUED_BYTES_MAX)));
        assert!(!queue.push(batch(1)));
        queue.close(true);
        assert!(queue.take().is_some());
        assert!(queue.take().is_none());
    }
}
