use super::EngineHandle;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often a thread has begun and ended what it does in turns. Only looked at.
#[derive(Debug, Default)]
pub(super) struct Progress {
    begun: AtomicU64,
    ended: AtomicU64,
}

/// One look at the threads of an engine, to be compared with the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    drivers: Vec<Turns>,
    writer: Turns,
    jobs: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Turns {
    begun: u64,
    ended: u64,
}

impl Progress {
    pub(super) fn begin(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> Turns {
        // In this order, so that a turn between the two reads looks like one that is under way.
        let ended = self.ended.load(Ordering::Acquire);
        Turns { begun: self.begun.load(Ordering::Acquire), ended }
    }
}

impl EngineHandle {
    /// Looks at the threads, and wakes the drivers: at the next look, each must have ended a turn.
    pub fn pulse(&self) -> Pulse {
        let shared = self.shared();
        let drivers = shared.shards.iter().map(|side| side.progress.read()).collect();
        let pulse = Pulse { drivers, writer: shared.writing.read(), jobs: shared.commits.len() };
        shared.shards.iter().for_each(super::shared::ShardSide::wake);
        pulse
    }
}

impl Pulse {
    /// The thread that has made no progress since an earlier look though it had something to do, if there is one.
    pub fn stuck_since(&self, earlier: &Pulse) -> Option<String> {
        let mut drivers = earlier.drivers.iter().zip(&self.drivers);
        if let Some(shard) = drivers.position(|(before, now)| before.ended == now.ended) {
            return Some(format!("driver-{shard}"));
        }
        let had_work = earlier.jobs > 0 || earlier.writer.begun > earlier.writer.ended;
        (had_work && earlier.writer.ended == self.writer.ended).then(|| "writer".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse(driver: u64, begun: u64, ended: u64, jobs: usize) -> Pulse {
        Pulse { drivers: vec![Turns { begun: driver, ended: driver }], writer: Turns { begun, ended }, jobs }
    }

    #[test]
    fn an_idle_engine_is_well() {
        assert_eq!(pulse(5, 3, 3, 0).stuck_since(&pulse(4, 3, 3, 0)), None);
        // What came since the earlier look has had no time yet.
        assert_eq!(pulse(5, 4, 3, 7).stuck_since(&pulse(4, 3, 3, 0)), None);
    }

    #[test]
    fn a_driver_that_was_woken_ends_a_turn() {
        assert_eq!(pulse(4, 3, 3, 0).stuck_since(&pulse(4, 3, 3, 0)).as_deref(), Some("driver-0"));
    }

    #[test]
    fn a_writer_with_work_ends_a_commit() {
        assert_eq!(pulse(5, 4, 3, 1).stuck_since(&pulse(4, 4, 3, 0)).as_deref(), Some("writer"));
        assert_eq!(pulse(5, 3, 3, 9).stuck_since(&pulse(4, 3, 3, 9)).as_deref(), Some("writer"));
        assert_eq!(pulse(5, 5, 4, 9).stuck_since(&pulse(4, 4, 3, 9)), None);
    }
}
