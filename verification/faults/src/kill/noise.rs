use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What the machine itself did meanwhile, without which no gap can be judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Noise {
    /// The longest that a thread overslept which sleeps for a millisecond, again and again.
    pub overslept: Duration,
    /// The longest that an fdatasync of 4 KiB of a file of its own took, a few times a second, on the same disk.
    pub sync: Duration,
}

/// The pause between two syncs.
const SYNC_PAUSE: Duration = Duration::from_millis(100);

impl Noise {
    /// Watches until `stop` is set; on a thread of its own.
    pub(super) fn sleep_until(stop: &AtomicBool) -> Duration {
        let nap = Duration::from_millis(1);
        let mut worst = Duration::ZERO;
        while !stop.load(Ordering::Relaxed) {
            let begun = Instant::now();
            std::thread::sleep(nap);
            worst = worst.max(begun.elapsed().saturating_sub(nap));
        }
        worst
    }

    /// The same for the disk.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn sync_until(stop: &AtomicBool, directory: &Path) -> std::io::Result<Duration> {
        let file = File::create(directory.join("probe"))?;
        let page = [0; 4096];
        let mut worst = Duration::ZERO;
        let mut offset = 0;
        while !stop.load(Ordering::Relaxed) {
            file.write_all_at(&page, offset)?;
            // At most 16 MiB, whatever the length of the run.
            offset = (offset + 4096) % (16 << 20);
            let begun = Instant::now();
            file.sync_data()?;
            worst = worst.max(begun.elapsed());
            std::thread::sleep(SYNC_PAUSE);
        }
        Ok(worst)
    }
}
