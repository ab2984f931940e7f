use super::Finding;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Syncs that are timed.
const SYNCS: usize = 48;
/// Bytes written before each: a page, as LMDB's own commits end with.
const BYTES: usize = 4096;
/// The longest that all of it may take; a disk that is slower is timed by fewer syncs.
const PATIENCE: Duration = Duration::from_secs(5);
/// No disk flushes its cache faster; one that seems to does not, or has a cache that survives a power cut.
const PLAUSIBLE_MIN: Duration = Duration::from_micros(15);
/// A median above this makes for slow writes.
const SLOW: Duration = Duration::from_millis(20);
/// A p99 above this makes clients ask another node.
const STALL: Duration = Duration::from_millis(200);

/// A file of our own in the data directory, removed again whatever happens.
struct Probe {
    path: PathBuf,
    file: File,
}

impl Probe {
    fn create(directory: &Path) -> io::Result<Self> {
        let path = directory.join(format!("quorate-doctor-{}.tmp", std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        Ok(Self { path, file })
    }

    /// How long each write with its sync took. The place is always the same: that is how a commit ends.
    fn measure(&mut self) -> io::Result<Vec<Duration>> {
        let begun = Instant::now();
        let mut times = Vec::with_capacity(SYNCS);
        // The first sync writes the file's size as well, which later ones need not.
        for index in 0..=SYNCS {
            let fill = u8::try_from(index % 251).unwrap_or(0);
            let one = Instant::now();
            self.file.rewind()?;
            self.file.write_all(&[fill; BYTES])?;
            self.file.sync_data()?;
            if index > 0 {
                times.push(one.elapsed());
            }
            if begun.elapsed() > PATIENCE {
                break;
            }
        }
        times.sort();
        Ok(times)
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// How long a sync takes in a directory, and whether that can be true.
pub(super) fn look(directory: &Path, findings: &mut Vec<Finding>) {
    let measured = Probe::create(directory).and_then(|mut probe| probe.measure());
    match measured {
        Ok(times) => findings.extend(judge(&times)),
        Err(error) => {
            findings.push(Finding::unmeasured("sync latency", format!("no probe file could be used: {error}")));
        }
    }
}

/// What sorted times say.
fn judge(times: &[Duration]) -> Vec<Finding> {
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied();
    let (Some(median), Some(p99), Some(slowest)) = (at(50), at(99), times.last()) else {
        return vec![Finding::unmeasured("sync latency", "one sync took longer than the doctor waits")];
    };
    let found = format!(
        "median {}, p99 {}, slowest {} over {} writes of {BYTES} bytes with fdatasync",
        ms(median),
        ms(p99),
        ms(*slowest),
        times.len()
    );
    let cure = "Use a disk with a faster flush, such as an SSD with protection against power loss, and keep other writers off.";
    let latency = if median > SLOW {
        Finding::warning("sync latency", found, "every write waits for a sync on two nodes of three", cure)
    } else if p99 > STALL {
        let cause = "clients lose patience with a node whose sync stalls, and ask another one: prepares there and back";
        Finding::warning("sync latency", found, cause, cure)
    } else {
        Finding::ok("sync latency", found)
    };
    let honesty = if median < PLAUSIBLE_MIN {
        Finding::warning(
            "sync honesty",
            format!("a sync in {} is faster than a disk flushes", ms(median)),
            "either syncs do not reach the disk (memory, a virtual disk that ignores flushes, a controller without a \
             battery), and a power cut takes votes back; or the disk's cache survives a power cut",
            "Find out which disk it is and whether it has protection against power loss; only cutting the power proves it.",
        )
    } else {
        Finding::info("sync honesty", "the time is plausible for a real flush; only cutting the power proves it")
    };
    vec![latency, honesty]
}

fn ms(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn what_times_say() {
        let levels = |micros: &[u64]| {
            let times: Vec<Duration> = micros.iter().map(|&us| Duration::from_micros(us)).collect();
            judge(&times).iter().map(|finding| finding.level).collect::<Vec<_>>()
        };
        assert_eq!(levels(&[1, 2, 3]), [Level::Ok, Level::Warning], "too good to be true");
        assert_eq!(levels(&[100, 900, 2000]), [Level::Ok, Level::Info]);
        assert_eq!(levels(&[100, 30_000, 30_000]), [Level::Warning, Level::Info]);
        assert_eq!(levels(&[100, 900, 900_000]), [Level::Warning, Level::Info]);
        assert_eq!(levels(&[]), [Level::Unmeasured]);
    }

    #[test]
    fn the_probe_is_gone_afterwards() {
        let directory = std::env::temp_dir().join(format!("quorate-doctor-test-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let mut findings = Vec::new();
        look(&directory, &mut findings);
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
        fs::remove_dir(&directory).unwrap();
        look(&directory, &mut findings);
        assert_eq!(findings.last().map(|finding| finding.level), Some(Level::Unmeasured));
    }
}
