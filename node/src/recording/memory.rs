use super::queue::EventQueue;
use super::recorder::LogRecorder;
use crate::driver::Recorder;
use quorate_protocol::Replica;
use quorate_protocol::trace::{Event, Start};
use std::sync::Arc;

/// A stream that is kept in memory instead of files, within the same bounds: for simulations, which lose none of it
/// in a crash.
#[derive(Debug)]
pub struct MemoryStream {
    start: Start,
    queue: Arc<EventQueue>,
}

impl MemoryStream {
    /// A stream, and the recorder that fills it.
    pub fn begin(replica: &Replica) -> (Self, Box<dyn Recorder>) {
        let queue = Arc::new(EventQueue::new());
        let recorder = LogRecorder::new(Arc::clone(&queue));
        (Self { start: start_of(replica, 0), queue }, Box::new(recorder))
    }

    /// What it is of, and its events. They end with [`Event::End`] if the recorder was dropped and nothing is missing.
    pub fn into_events(self) -> (Start, Vec<Event>) {
        let mut events = self.queue.drain();
        events.extend(self.queue.is_complete().then_some(Event::End));
        (self.start, events)
    }
}

/// The first event of a shard's stream.
pub(super) fn start_of(replica: &Replica, shard: u16) -> Start {
    let config = replica.config();
    Start { me: replica.me(), shard, segment: 0, epoch: config.epoch(), voters: config.voters().to_vec() }
}
