use super::Seen;
use super::load::Load;
use super::report::millis;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::{Instant, interval_at};

/// Gathers what a load sees until `done` is; with `show`, a line a second goes to stderr.
pub(super) async fn watch<T>(load: &Arc<Load>, show: bool, done: impl Future<Output = T>) -> (Seen, T) {
    const SECOND: Duration = Duration::from_secs(1);
    let mut all = Seen::default();
    let mut seconds = interval_at(Instant::now() + SECOND, SECOND);
    let mut count = 0;
    tokio::pin!(done);
    let result = loop {
        tokio::select! {
            result = &mut done => break result,
            _ = seconds.tick(), if show => {
                count += 1;
                let seen = load.shards.drain();
                eprintln!("{}", line(count, &seen, load.under_way.load(Ordering::Relaxed)));
                all.merge(&seen);
            }
        }
    };
    all.merge(&load.shards.drain());
    (all, result)
}

fn line(second: u32, seen: &Seen, under_way: u64) -> String {
    let tally = seen.all();
    format!(
        "{second:>5} s {:>9} ops/s   p50 {:>10}   p99 {:>10}   max {:>10}   {} failed, {under_way} under way",
        tally.total() - tally.failed(),
        millis(tally.quantile(0.5)),
        millis(tally.quantile(0.99)),
        millis(tally.max()),
        tally.failed()
    )
}
