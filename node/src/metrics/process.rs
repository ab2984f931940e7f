use rustix::process::{Resource, getrlimit};
use std::fs;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the operating system says of this process; absent where it does not say it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ProcessNumbers {
    /// When it started, in seconds since 1970.
    pub started: Option<f64>,
    /// Processor time, in seconds.
    pub cpu_seconds: Option<f64>,
    /// Bytes in memory.
    pub resident_bytes: Option<u64>,
    /// Descriptors that are open.
    pub open_fds: Option<u64>,
    /// How many may be.
    pub max_fds: Option<u64>,
}

/// About when the process started: when this was first asked for.
static STARTED: LazyLock<Option<f64>> =
    LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs_f64()));

impl ProcessNumbers {
    /// Reads them from `/proc/self`.
    pub fn read() -> Self {
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        Self {
            started: *STARTED,
            cpu_seconds: cpu_seconds(&stat),
            resident_bytes: resident_bytes(&stat),
            open_fds: fs::read_dir("/proc/self/fd").ok().and_then(|open| u64::try_from(open.count()).ok()),
            max_fds: getrlimit(Resource::Nofile).current,
        }
    }
}

/// A number of `/proc/self/stat`, counted from 1 as in proc(5). The second one is a name in parentheses that may hold
/// anything.
fn field(stat: &str, number: usize) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_ascii_whitespace().nth(number.checked_sub(3)?)?.parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "what is shown is a double in any case")]
fn cpu_seconds(stat: &str) -> Option<f64> {
    let ticks = field(stat, 14)?.checked_add(field(stat, 15)?)?;
    Some(ticks as f64 / rustix::param::clock_ticks_per_second().max(1) as f64)
}

fn resident_bytes(stat: &str) -> Option<u64> {
    field(stat, 24)?.checked_mul(u64::try_from(rustix::param::page_size()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_process() {
        let read = ProcessNumbers::read();
        assert!(read.resident_bytes.is_some_and(|bytes| bytes > 100_000), "{read:?}");
        assert!(read.open_fds.is_some_and(|open| open >= 3), "{read:?}");
        assert!(read.started.is_some() && read.cpu_seconds.is_some(), "{read:?}");
    }

    #[test]
    fn a_name_with_parentheses_and_spaces() {
        let stat = "7 (a ) b) S 1 2 3 4 5 6 7 8 9 10 200 50 13 14 15 16 17 18 19 20 300";
        assert_eq!((field(stat, 14), field(stat, 15), field(stat, 24)), (Some(200), Some(50), Some(300)));
        assert_eq!((field(stat, 25), field("", 14), cpu_seconds("7 (a")), (None, None, None));
    }
}
