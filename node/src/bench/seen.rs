use super::{Class, Kind, Tally};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What was seen of a load: all of it, or what one of the parts that share it out saw.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    tallies: [Tally; Kind::ALL.len()],
    /// How late operations of an open loop were begun.
    late: Tally,
    /// The first error of each class.
    errors: Vec<(Class, String)>,
}

impl Seen {
    /// The operations of one kind.
    pub fn of(&self, kind: Kind) -> &Tally {
        let [puts, gets, updates] = &self.tallies;
        match kind {
            Kind::Put => puts,
            Kind::Get => gets,
            Kind::Update => updates,
        }
    }

    /// Operations by kind, of the kinds that there were.
    pub fn kinds(&self) -> impl Iterator<Item = (Kind, &Tally)> {
        Kind::ALL.into_iter().map(|kind| (kind, self.of(kind))).filter(|(_, tally)| tally.total() > 0)
    }

    /// All operations together.
    pub fn all(&self) -> Tally {
        let mut all = Tally::new();
        self.tallies.iter().for_each(|tally| all.merge(tally));
        all
    }

    /// How late operations of an open loop were begun.
    pub fn late(&self) -> &Tally {
        &self.late
    }

    /// An error of each class, for people.
    pub fn errors(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().map(|(_, error)| error.as_str())
    }

    /// Counts one operation.
    pub fn record(&mut self, kind: Kind, class: Class, took: Duration) {
        let [puts, gets, updates] = &mut self.tallies;
        let tally = match kind {
            Kind::Put => puts,
            Kind::Get => gets,
            Kind::Update => updates,
        };
        tally.record(class, took);
    }

    /// Counts a start, so much later than intended.
    pub fn started(&mut self, late: Duration) {
        self.late.record(Class::Ok, late);
    }

    /// Keeps an error if it is the first of its class.
    pub fn failed(&mut self, class: Class, error: impl FnOnce() -> String) {
        if self.errors.iter().all(|(known, _)| *known != class) {
            self.errors.push((class, error()));
        }
    }

    /// Adds what others saw.
    pub fn merge(&mut self, other: &Self) {
        self.tallies.iter_mut().zip(&other.tallies).for_each(|(tally, more)| tally.merge(more));
        self.late.merge(&other.late);
        other.errors.iter().for_each(|(class, error)| self.failed(*class, || error.clone()));
    }
}

/// What the lanes of a load see, in parts, so that they do not wait for each other.
#[derive(Debug)]
pub(super) struct Shards(Vec<Mutex<Seen>>);

/// Each part has four histograms of some 300 KB.
const SHARDS: usize = 8;

impl Shards {
    pub(super) fn new() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }

    /// Changes the part of a lane.
    pub(super) fn with(&self, lane: usize, change: impl FnOnce(&mut Seen)) {
        if let Some(shard) = self.0.get(lane % SHARDS) {
            change(&mut shard.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Takes out what was seen since the last time.
    pub(super) fn drain(&self) -> Seen {
        let mut all = Seen::default();
        for shard in &self.0 {
            let seen = std::mem::take(&mut *shard.lock().unwrap_or_else(PoisonError::into_inner));
            all.merge(&seen);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_are_taken_once() {
        let shards = Shards::new();
        for lane in 0..20 {
            shards.with(lane, |seen| {
                seen.record(Kind::Put, Class::Ok, Duration::from_millis(1));
                seen.record(Kind::Get, Class::Unknown, Duration::from_millis(1));
                seen.started(Duration::from_millis(2));
                seen.failed(Class::Unknown, || format!("lane {lane}"));
            });
        }
        let seen = shards.drain();
        assert_eq!((seen.all().total(), seen.all().failed(), seen.late().total()), (40, 20, 20));
        assert_eq!(seen.kinds().map(|(kind, _)| kind).collect::<Vec<_>>(), [Kind::Put, Kind::Get]);
        assert_eq!(seen.errors().count(), 1);
        assert_eq!(shards.drain().all().total(), 0);
    }
}
