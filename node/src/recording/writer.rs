use super::queue::{Batch, EventQueue};
use super::segments::{Full, Segments};
use quorate_protocol::trace::Event;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A pause after each write, in which events gather. Waking this thread for every turn of a driver would cost more than
/// all the rest; what a kill can take from a trace is about this much.
const PAUSE: Duration = Duration::from_millis(1);

/// Writes what comes out of the queue until it is closed. After an error it only empties the queue.
pub(super) fn run(queue: &EventQueue, mut segments: Segments) {
    while let Some(batches) = queue.take() {
        if !queue.has_ended()
            && let Err(error) = write(queue, &mut segments, &batches)
        {
            queue.end();
            tracing::error!(%error, "the recording ends here; the node goes on");
        }
        std::thread::sleep(PAUSE);
    }
    if queue.is_complete()
        && !queue.has_ended()
        && let Err(error) = segments.append(&Event::End).and_then(|()| segments.flush())
    {
        tracing::error!(%error, "the recording lacks its end");
    }
}

fn write(queue: &EventQueue, segments: &mut Segments, batches: &[Batch]) -> Result<(), Full> {
    let (mut events, before) = (0, segments.left());
    for event in batches.iter().flat_map(|batch| &batch.events) {
        segments.append(event)?;
        events += 1;
    }
    segments.flush()?;
    queue.counts.events.fetch_add(events, Ordering::Relaxed);
    queue.counts.bytes.fetch_add(before - segments.left(), Ordering::Relaxed);
    Ok(())
}
