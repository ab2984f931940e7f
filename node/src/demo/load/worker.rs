use super::figures::Ending;
use super::meter::Meter;
use super::{KEYS, is_counter, key};
use crate::demo::journal::Journal;
use crate::driver::SplitMix64;
use crate::history::{Answer, Request, outcome};
use quorate_client::{Client, Error, Expect, Outcome, Versioned};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::sleep;

/// The pause after an answer, in milliseconds: from the first to below the second.
const PAUSE_MS: (u64, u64) = (5, 15);

/// One client of the load.
#[derive(Debug)]
pub(super) struct Worker {
    client: Client,
    number: u64,
    serial: u64,
    random: SplitMix64,
    meter: Arc<Meter>,
    journal: Arc<Journal>,
    chapter: u64,
    /// What was read last, by key: what compare-and-sets expect.
    seen: Vec<Option<Versioned>>,
}

impl Worker {
    /// One that has not begun.
    pub(super) fn new(client: Client, number: u64, meter: Arc<Meter>, journal: Arc<Journal>) -> Self {
        let (random, seen) = (SplitMix64::new(number), vec![None; KEYS]);
        Self { client, number, serial: 0, random, meter, journal, chapter: 0, seen }
    }

    /// Asks until `stop` is set; the operation under way then is the last.
    pub(super) async fn run(mut self, stop: Arc<AtomicBool>) {
        while !stop.load(Ordering::Relaxed) {
            let number = usize::try_from(self.random.below(KEYS as u64)).unwrap_or(0);
            let journal = Arc::clone(&self.journal);
            let (entry, key, request) = journal.begin(self.number, |chapter| {
                self.turn(chapter);
                (key(chapter, number), self.draw(number))
            });
            let begun = self.meter.begin(number, matches!(request, Request::Get));
            let told = request.make(&self.client, key.into()).await;
            journal.end(entry, outcome(&told));
            self.meter.end(&begun, ending(&told));
            if let (Ok(Answer::Read(found)), Some(seen)) = (told, self.seen.get_mut(number)) {
                *seen = found;
            }
            let (least, below) = PAUSE_MS;
            sleep(Duration::from_millis(least + self.random.below(below - least))).await;
        }
    }

    /// Other keys: what was seen of the last chapter's says nothing of them.
    fn turn(&mut self, chapter: u64) {
        if self.chapter != chapter {
            self.chapter = chapter;
            self.seen.fill(None);
        }
    }

    fn draw(&mut self, number: usize) -> Request {
        let kind = self.random.below(100);
        if is_counter(number) {
            return if kind < 50 { Request::Increment(1) } else { Request::Get };
        }
        match kind {
            0..50 => Request::Get,
            50..80 => Request::Put(self.value()),
            80..85 => Request::Delete,
            _ => {
                let expect = match self.seen.get(number).cloned().flatten() {
                    None => Expect::Absent,
                    Some(seen) if kind < 93 => Expect::Version(seen.version),
                    Some(seen) => Expect::Value(seen.value),
                };
                Request::Cas(expect, self.value())
            }
        }
    }

    /// A value that no other write has.
    fn value(&mut self) -> bytes::Bytes {
        self.serial += 1;
        format!("{}-{}", self.number, self.serial).into()
    }
}

fn ending(told: &Result<Answer, Error>) -> Ending {
    match told.as_ref().map_err(Error::outcome) {
        Ok(_) => Ending::Answered,
        Err(Outcome::Unknown(_)) => Ending::Unknown,
        Err(Outcome::NotApplied) => Ending::Failed,
    }
}
