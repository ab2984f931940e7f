use quorate_handoff::{Mailbox, Taken};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

/// A mailbox that is bounded in bytes as well: items differ in size by five orders of magnitude.
pub(super) struct Queue<T> {
    mailbox: Mailbox<(T, usize)>,
    /// Bytes that wait; a bound on memory, and nothing else is decided by it.
    bytes: AtomicUsize,
    bytes_max: usize,
}

impl<T> Queue<T> {
    pub(super) fn new(items: usize, bytes_max: usize) -> Self {
        Self { mailbox: Mailbox::new(items), bytes: AtomicUsize::new(0), bytes_max }
    }

    /// Appends an item that holds this many bytes; false if it was not taken in.
    pub(super) fn push(&self, item: T, bytes: usize) -> bool {
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        // An item that is over the bound by itself still passes when nothing else waits.
        let over = before > 0 && before.saturating_add(bytes) > self.bytes_max;
        let taken = !over && self.mailbox.push((item, bytes)).is_ok();
        if !taken {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        taken
    }

    /// Blocks for at least one item, until `timeout` has passed or the queue is closed.
    pub(super) fn take(&self, max: usize, timeout: Option<Duration>) -> Taken<(T, usize)> {
        self.weigh_out(self.mailbox.take(max, timeout))
    }

    pub(super) fn try_take(&self, max: usize) -> Taken<(T, usize)> {
        self.weigh_out(self.mailbox.try_take(max))
    }

    pub(super) fn poll_take(&self, cx: &mut Context<'_>, max: usize) -> Poll<Option<Vec<(T, usize)>>> {
        self.mailbox.poll_take(cx, max).map(|taken| {
            if let Some(items) = &taken {
                self.subtract(items);
            }
            taken
        })
    }

    pub(super) fn close(&self) {
        self.mailbox.close();
    }

    pub(super) fn len(&self) -> usize {
        self.mailbox.len()
    }

    fn weigh_out(&self, taken: Taken<(T, usize)>) -> Taken<(T, usize)> {
        if let Taken::Items(items) = &taken {
            self.subtract(items);
        }
        taken
    }

    fn subtract(&self, items: &[(T, usize)]) {
        let bytes = items.iter().map(|(_, bytes)| bytes).sum();
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}
