use super::queue::Queue;
use quorate_client::wire::limits::ENVELOPES_MAX;
use quorate_client::wire::{Envelope, take_frame};
use quorate_handoff::Taken;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;

/// The messages for one peer, taken by its one sender task.
pub struct Outbox {
    queue: Arc<Queue<Envelope>>,
    /// Taken from the queue, and over the last frame's target.
    left: VecDeque<Envelope>,
}

impl Outbox {
    pub(super) fn new(queue: Arc<Queue<Envelope>>) -> Self {
        Self { queue, left: VecDeque::new() }
    }

    /// Waits for messages, and takes what fits into one frame, see [`take_frame`]. `None` once the engine has stopped.
    ///
    /// Cancel-safe: a dropped call loses nothing. One task at a time.
    pub async fn next(&mut self) -> Option<Vec<Envelope>> {
        if self.left.is_empty() {
            let taken = poll_fn(|cx| self.queue.poll_take(cx, ENVELOPES_MAX)).await?;
            self.left.extend(taken.into_iter().map(|(envelope, _)| envelope));
        }
        Some(take_frame(&mut self.left))
    }

    /// Drops what waits: messages of before a connection was lost say less than those that follow.
    pub fn discard(&mut self) -> usize {
        let mut dropped = std::mem::take(&mut self.left).len();
        while let Taken::Items(items) = self.queue.try_take(ENVELOPES_MAX) {
            dropped += items.len();
        }
        dropped
    }
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("left", &self.left.len()).finish_non_exhaustive()
    }
}
