//! The demo's load: clients that read and write a few keys, each with the next operation a few milliseconds after the
//! last one was answered, so that what stalls is seen and the machine is left some room.

mod figures;
mod gaps;
mod meter;
mod worker;

pub(super) use figures::{Gap, Latencies, Summary};
pub(super) use meter::{Meter, Second};

use super::journal::{Journal, prefix};
use crate::cli::{Exit, Failure, Target, connect};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;
use worker::Worker;

/// Clients, each with a session and connections of its own.
const CLIENTS: u64 = 8;
/// Keys, of which every fourth is a counter.
const KEYS: usize = 12;
/// How often figures are taken.
const SECOND: Duration = Duration::from_secs(1);

/// The load, on or off.
#[derive(Debug)]
pub(super) struct Load {
    meter: Arc<Meter>,
    running: Mutex<Option<Running>>,
    on: AtomicBool,
    /// Clients so far: none has the number of an earlier one, since numbers make values that no other write has.
    clients: AtomicU64,
    latest: watch::Sender<Option<Summary>>,
}

#[derive(Debug)]
struct Running {
    stop: Arc<AtomicBool>,
    workers: JoinSet<()>,
    clock: JoinSet<()>,
}

impl Load {
    /// Off.
    pub(super) fn new() -> Self {
        let meter = Arc::new(Meter::new((0..KEYS).map(|number| format!("load {}", name(number)))));
        Self {
            meter,
            running: Mutex::default(),
            on: AtomicBool::new(false),
            clients: AtomicU64::new(0),
            latest: watch::Sender::new(None),
        }
    }

    /// What it sees.
    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Whether it is on.
    pub(super) fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// What the last second showed, news of each second; `None` while it is off.
    pub(super) fn latest(&self) -> watch::Receiver<Option<Summary>> {
        self.latest.subscribe()
    }

    /// Turns it on, written down in this journal; whether it was off.
    ///
    /// # Errors
    /// No node can be reached.
    pub(super) async fn begin(&self, target: &Target, journal: &Arc<Journal>) -> Result<bool, Failure> {
        let mut running = self.running.lock().await;
        if running.is_some() {
            return Ok(false);
        }
        let mut clients = Vec::new();
        let first = self.clients.fetch_add(CLIENTS, Ordering::Relaxed);
        for number in first..first + CLIENTS {
            clients.push(Worker::new(connect(target).await?, number, Arc::clone(&self.meter), Arc::clone(journal)));
        }
        // Before the first operation, so that what follows is all of a load that is on.
        self.meter.mark("load on");
        let stop = Arc::new(AtomicBool::new(false));
        let mut workers = JoinSet::new();
        clients.into_iter().for_each(|worker| drop(workers.spawn(worker.run(Arc::clone(&stop)))));
        let mut clock = JoinSet::new();
        clock.spawn(tick(Arc::clone(&self.meter), self.latest.clone()));
        self.on.store(true, Ordering::Relaxed);
        *running = Some(Running { stop, workers, clock });
        Ok(true)
    }

    /// Turns it off when the operations under way have ended; whether it was on.
    ///
    /// # Errors
    /// A part of it had panicked.
    pub(super) async fn end(&self) -> Result<bool, Failure> {
        let Some(mut running) = self.running.lock().await.take() else { return Ok(false) };
        self.on.store(false, Ordering::Relaxed);
        running.stop.store(true, Ordering::Relaxed);
        let mut failed = false;
        while let Some(done) = running.workers.join_next().await {
            failed |= done.is_err();
        }
        running.clock.shutdown().await;
        self.latest.send_replace(None);
        self.meter.mark(meter::OFF);
        if failed { Err(Failure::new(Exit::Corruption, "a client of the load panicked")) } else { Ok(true) }
    }
}

async fn tick(meter: Arc<Meter>, latest: watch::Sender<Option<Summary>>) {
    let mut clock = tokio::time::interval(SECOND);
    clock.tick().await;
    // The seconds before the load began are nobody's.
    meter.tick();
    loop {
        clock.tick().await;
        latest.send_replace(Some(meter.tick()));
    }
}

/// What a chapter's key of this number is called, after what all of them begin with.
fn name(number: usize) -> String {
    if is_counter(number) { format!("n{number}") } else { number.to_string() }
}

fn key(chapter: u64, number: usize) -> String {
    prefix(chapter) + &name(number)
}

fn is_counter(number: usize) -> bool {
    number % 4 == 3
}
