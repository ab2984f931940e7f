use quorate_client::{
    CasOutcome, Client, DeleteOutcome, Error, Expect, IncrementOutcome, Outcome as Effect, Version, Versioned,
};
use quorate_spec::Expect as Expected;
use quorate_verification::history::{self, Asked, Operation, Outcome};
use std::time::{Duration, Instant};

/// One monotonic clock for every client and the nemesis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// Nanoseconds since the start.
    pub(super) fn now(self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    pub(super) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// What a client asks for.
#[derive(Clone, Debug)]
pub(super) enum Request {
    Get,
    Put(String),
    Delete,
    Cas(Expect, String),
    Increment(i64),
}

/// Makes one client's requests, and records each with its times and what was told.
#[derive(Debug)]
pub(super) struct Recorder {
    client: Client,
    process: u64,
    clock: Clock,
    pub(super) history: Vec<Operation>,
    /// The first few errors, for people.
    pub(super) errors: Vec<String>,
}

/// Errors that a recorder keeps.
const ERRORS_MAX: usize = 5;

impl Recorder {
    pub(super) fn new(client: Client, process: u64, clock: Clock) -> Self {
        Self { client, process, clock, history: Vec::new(), errors: Vec::new() }
    }

    /// Makes one request. Returns what was read, if it was a read that returned.
    pub(super) async fn make(&mut self, key: &str, request: Request) -> Option<Option<Versioned>> {
        let op = asked(&request);
        let call = self.clock.now();
        let mut seen = None;
        let outcome = match self.ask(key, request, &mut seen).await {
            Ok(outcome) => outcome,
            Err(error) => self.failed(key, &error),
        };
        let ret = Some(self.clock.now());
        self.history.push(Operation { process: self.process, key: key.into(), call, ret, op, outcome });
        seen
    }

    async fn ask(&self, key: &str, request: Request, seen: &mut Option<Option<Versioned>>) -> Result<Outcome, Error> {
        let key = key.to_owned();
        Ok(match request {
            Request::Get => {
                let found = self.client.get(key).await?;
                *seen = Some(found.clone());
                let (value, version) = found.map(|found| (found.value.to_vec(), version(found.version))).unzip();
                Outcome::Read { value, version }
            }
            Request::Put(value) => done(self.client.put(key, value).await?, None),
            Request::Delete => match self.client.delete(key).await? {
                DeleteOutcome::Deleted(version) => done(version, None),
                DeleteOutcome::Absent => Outcome::Refused { found: None },
            },
            Request::Cas(expect, new) => match self.client.cas(key, expect, new).await? {
                CasOutcome::Applied(version) => done(version, None),
                CasOutcome::Mismatch(found) => Outcome::Refused { found: found.map(version) },
            },
            Request::Increment(by) => match self.client.increment(key, by).await? {
                IncrementOutcome::Applied { value, version } => done(version, Some(value)),
                IncrementOutcome::NotANumber | IncrementOutcome::Overflow => Outcome::Refused { found: None },
            },
        })
    }

    fn failed(&mut self, key: &str, error: &Error) -> Outcome {
        if self.errors.len() < ERRORS_MAX {
            let at = self.clock.elapsed().as_secs_f64();
            self.errors.push(format!("client {} at {at:.3} s, {key}: {error}", self.process));
        }
        match error.outcome() {
            Effect::Unknown(_) => Outcome::Unknown,
            Effect::NotApplied => Outcome::NotApplied,
        }
    }
}

fn done(own: Version, sum: Option<i64>) -> Outcome {
    Outcome::Done { version: Some(version(own)), value: sum.map(|sum| sum.to_string().into_bytes()) }
}

fn version(version: Version) -> history::Version {
    history::Version { slot: version.slot.0, position: u32::from(version.position) }
}

fn asked(request: &Request) -> Asked<Vec<u8>, history::Version> {
    let bytes = |value: &String| value.clone().into_bytes();
    match request {
        Request::Get => Asked::Get,
        Request::Put(value) => Asked::Put(bytes(value)),
        Request::Delete => Asked::Delete,
        Request::Cas(expect, new) => Asked::CompareAndSet { expect: expected(expect), new: Some(bytes(new)) },
        Request::Increment(by) => Asked::Increment(*by),
    }
}

fn expected(expect: &Expect) -> Expected<Vec<u8>, history::Version> {
    match expect {
        Expect::Absent => Expected::Absent,
        Expect::Version(found) => Expected::Version(version(*found)),
        Expect::Value(value) => Expected::Value(value.to_vec()),
    }
}
