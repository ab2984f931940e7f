use super::load::{Lane, Load};
use super::{Arrivals, Spacing};
use crate::driver::SplitMix64;
use futures::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// When operations begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Each lane's next when its last is answered.
    Closed,
    /// So many a second, whatever became of the others, as long as a lane is free.
    Open {
        rate: u64,
        spacing: Spacing,
        /// How long, after the loop's end, what was to begin before may still wait for a lane.
        grace: Duration,
    },
}

/// Operations that were to begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// All of them.
    pub arrived: u64,
    /// Of those, how many found every lane taken, and waited for one.
    pub waited: u64,
    /// Of those, how many were never begun: the run was over, and still no lane was free.
    pub never_begun: u64,
}

impl Pace {
    /// Runs a load for this long, and gives the lanes back when nothing is under way any more.
    pub(super) async fn run(
        self,
        load: &Arc<Load>,
        lanes: Vec<Lane>,
        time: Duration,
        seed: u64,
    ) -> (Vec<Lane>, Planned) {
        match self {
            Self::Closed => (closed(load, lanes, time).await, Planned::default()),
            Self::Open { rate, spacing, grace } => {
                let arrivals = Arrivals::new(spacing, rate, time, SplitMix64::new(seed));
                open(load, lanes, arrivals, time + grace).await
            }
        }
    }
}

async fn closed(load: &Arc<Load>, lanes: Vec<Lane>, time: Duration) -> Vec<Lane> {
    let end = load.clock.elapsed() + time;
    let work = |mut lane: Lane| {
        let load = load.clone();
        tokio::spawn(async move {
            while load.clock.elapsed() < end {
                load.one(&mut lane, None).await;
            }
            lane
        })
    };
    join_all(lanes.into_iter().map(work)).await.into_iter().flatten().collect()
}

/// The schedule runs on a thread of its own: the runtime's timers know whole milliseconds, and would add up to one to
/// every latency.
async fn open(load: &Arc<Load>, lanes: Vec<Lane>, arrivals: Arrivals, limit: Duration) -> (Vec<Lane>, Planned) {
    let (free, taken) = mpsc::channel(lanes.len().max(1));
    let count = lanes.len();
    for lane in lanes {
        // There is room for every lane.
        let _ = free.try_send(lane);
    }
    let last = load.clock.elapsed() + limit;
    let schedule = Schedule { load: load.clone(), runtime: Handle::current(), free, taken, last };
    // The thread ends by itself: every wait in it is bounded.
    let (mut taken, planned) = match tokio::task::spawn_blocking(move || schedule.run(arrivals)).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    let mut lanes = Vec::with_capacity(count);
    while let Some(lane) = taken.recv().await {
        lanes.push(lane);
    }
    (lanes, planned)
}

/// Begins operations when their time has come.
struct Schedule {
    load: Arc<Load>,
    runtime: Handle,
    /// Where lanes go back to, and where they are taken from.
    free: mpsc::Sender<Lane>,
    taken: mpsc::Receiver<Lane>,
    /// When nothing is begun any more.
    last: Duration,
}

impl Schedule {
    fn run(mut self, arrivals: Arrivals) -> (mpsc::Receiver<Lane>, Planned) {
        let start = self.load.clock.now();
        let mut planned = Planned::default();
        for arrival in arrivals {
            let intended = start.saturating_add(arrival);
            std::thread::sleep(Duration::from_nanos(intended.saturating_sub(self.load.clock.now())));
            planned.arrived += 1;
            let Some(mut lane) = self.lane(&mut planned) else {
                planned.never_begun += 1;
                continue;
            };
            let (load, free) = (self.load.clone(), self.free.clone());
            self.runtime.spawn(async move {
                load.one(&mut lane, Some(intended)).await;
                // Fails only when nobody waits for lanes any more.
                let _ = free.send(lane).await;
            });
        }
        (self.taken, planned)
    }

    /// The next free lane, if there is one before the end.
    fn lane(&mut self, planned: &mut Planned) -> Option<Lane> {
        let left = self.last.checked_sub(self.load.clock.elapsed())?;
        self.taken.try_recv().ok().or_else(|| {
            planned.waited += 1;
            self.runtime.block_on(async { timeout(left, self.taken.recv()).await.ok().flatten() })
        })
    }
}
