use quorate_node::history::Clock;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What the machine itself did meanwhile, without which no gap can be judged.
#[derive(Clone, Debug, Default)]
pub struct Noise {
    /// How long a thread overslept that sleeps for a millisecond, again and again.
    pub overslept: Stalls,
    /// How long an fdatasync of 4 KiB took, of a file of its own on the same disk, ten times a second.
    pub sync: Stalls,
}

/// The times that something took, and when.
#[derive(Clone, Debug, Default)]
pub struct Stalls {
    /// The longest.
    pub worst: Duration,
    /// Ends (in nanoseconds since the run's start) and lengths of all that are worth remembering.
    long: Vec<(u64, Duration)>,
}

/// From here on a stall is remembered.
const LONG: Duration = Duration::from_millis(5);
/// Stalls that are remembered.
const LONG_MAX: usize = 100_000;
/// The pause between two syncs.
const SYNC_PAUSE: Duration = Duration::from_millis(100);

impl Stalls {
    fn note(&mut self, ended: u64, length: Duration) {
        self.worst = self.worst.max(length);
        if length >= LONG && self.long.len() < LONG_MAX {
            self.long.push((ended, length));
        }
    }

    /// The longest that was going on within this time, in nanoseconds since the run's start; short ones count as none.
    pub(super) fn worst_within(&self, from: u64, to: u64) -> Duration {
        let began = |ended: u64, length: Duration| ended.saturating_sub(u64::try_from(length.as_nanos()).unwrap_or(0));
        let within = self.long.iter().filter(|(ended, length)| *ended >= from && began(*ended, *length) <= to);
        within.map(|(_, length)| *length).max().unwrap_or_default()
    }

    /// Watches the scheduler until `stop` is set; on a thread of its own.
    pub(super) fn of_sleep(clock: Clock, stop: &AtomicBool) -> Self {
        let nap = Duration::from_millis(1);
        let mut stalls = Self::default();
        while !stop.load(Ordering::Relaxed) {
            let begun = clock.elapsed();
            std::thread::sleep(nap);
            stalls.note(clock.now(), (clock.elapsed() - begun).saturating_sub(nap));
        }
        stalls
    }

    /// The same for the disk.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn of_sync(clock: Clock, stop: &AtomicBool, directory: &Path) -> std::io::Result<Self> {
        let file = File::create(directory.join("probe"))?;
        let page = [0; 4096];
        let mut stalls = Self::default();
        let mut offset = 0;
        while !stop.load(Ordering::Relaxed) {
            file.write_all_at(&page, offset)?;
            // At most 16 MiB, whatever the length of the run.
            offset = (offset + 4096) % (16 << 20);
            let begun = clock.elapsed();
            file.sync_data()?;
            stalls.note(clock.now(), clock.elapsed() - begun);
            std::thread::sleep(SYNC_PAUSE);
        }
        Ok(stalls)
    }
}
