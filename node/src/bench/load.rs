use super::gaps::{KeyGaps, Side};
use super::record::Record;
use super::seen::Shards;
use super::{Class, Keys, Kind, Material, Workload};
use crate::driver::SplitMix64;
use crate::history::{Answer, Clock, Request};
use quorate_client::{Client, Error, Expect};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What every part of a run has a hand on.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) workload: Workload,
    pub(super) material: Material,
    pub(super) keys: Keys,
    pub(super) clock: Clock,
    pub(super) shards: Shards,
    pub(super) gaps: KeyGaps,
    /// Where the run is recorded, if it is.
    pub(super) record: Option<Record>,
    pub(super) under_way: AtomicU64,
}

/// A place for one operation at a time.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) number: usize,
    pub(super) client: Client,
    pub(super) random: SplitMix64,
}

impl Load {
    /// Makes one operation, and counts what it came to. `intended` is when it was to begin, if that was planned: it
    /// then counts as having waited since.
    pub(super) async fn one(&self, lane: &mut Lane, intended: Option<u64>) {
        let kind = self.workload.draw(&mut lane.random);
        let (key, side) = match kind {
            Kind::Get => (self.keys.to_read(&mut lane.random), Side::Reads),
            Kind::Put | Kind::Update => (self.keys.to_write(&mut lane.random), Side::Writes),
        };
        let begun = self.clock.now();
        let since = intended.map_or(begun, |intended| intended.min(begun));
        self.gaps.called(key, side, since);
        self.under_way.fetch_add(1, Ordering::Relaxed);
        let told = match kind {
            Kind::Put => self.ask(lane, key, Request::Put(self.material.value())).await,
            Kind::Get => self.ask(lane, key, Request::Get).await,
            Kind::Update => self.update(lane, key).await,
        };
        self.under_way.fetch_sub(1, Ordering::Relaxed);
        let (ended, class) = (self.clock.now(), Class::of(&told));
        self.gaps.ended(key, side, ended, class.is_answered());
        self.shards.with(lane.number, |seen| {
            seen.record(kind, class, Duration::from_nanos(ended.saturating_sub(since)));
            if intended.is_some() {
                seen.started(Duration::from_nanos(begun - since));
            }
            if let Err(error) = &told {
                seen.failed(class, || error.to_string());
            }
        });
    }

    /// Reads a key, and writes it if nobody else did meanwhile.
    async fn update(&self, lane: &Lane, key: u64) -> Result<Answer, Error> {
        let expect = match self.ask(lane, key, Request::Get).await? {
            Answer::Read(Some(found)) => Expect::Version(found.version),
            _ => Expect::Absent,
        };
        self.ask(lane, key, Request::Cas(expect, self.material.value())).await
    }

    /// Makes a request, and records it if the run is recorded.
    pub(super) async fn ask(&self, lane: &Lane, key: u64, request: Request) -> Result<Answer, Error> {
        let process = lane.number as u64;
        let begun = self
            .record
            .as_ref()
            .and_then(|record| Some((record, record.begin(process, key, &request, &self.material, self.clock.now())?)));
        let told = request.make(&lane.client, self.material.key(key)).await;
        if let Some((record, begun)) = begun {
            record.end(begun, self.clock.now(), &told, &self.material);
        }
        told
    }
}
