//! `quorate bench`: a closed loop (each client sends its next operation when the last one is answered).

mod counters;
mod report;
mod tally;
mod workload;

pub use tally::{Class, Tally};
pub use workload::{Material, Workload};

use crate::cli::{Exit, Failure, Target, connect, parse_duration};
use crate::driver::SplitMix64;
use counters::NodeCounters;
use futures::future::join_all;
use quorate_client::{Client, Error, KEY_BYTES_MAX, VALUE_BYTES_MAX};
use std::time::{Duration, Instant};

/// Measures a cluster.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Bench {
    /// What to do
    #[arg(value_enum, default_value_t = Workload::Put)]
    workload: Workload,
    /// Clients, each with one operation under way
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    clients: u32,
    /// Bytes of a key, at least 16
    #[arg(long, default_value_t = 16, value_parser = size(16, KEY_BYTES_MAX))]
    key_size: usize,
    /// Bytes of a value
    #[arg(long, default_value_t = 128, value_parser = size(0, VALUE_BYTES_MAX))]
    value_size: usize,
    /// How many keys
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    keys: u64,
    /// Seconds that are measured
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Seconds of the same load before them, which are not measured
    #[arg(long, default_value = "2s", value_parser = parse_duration, value_name = "TIME")]
    warmup: Duration,
    /// Write each key once before anything else, so that gets find something and puts have an owner
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "BOOL")]
    fill: bool,
}

/// What the workers saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// The puts.
    pub(crate) puts: Tally,
    /// The gets.
    pub(crate) gets: Tally,
    /// An error of each class, for people.
    pub(crate) errors: Vec<String>,
}

/// Errors that are shown.
const ERRORS_SHOWN_MAX: usize = 3;

impl Bench {
    /// Runs the command.
    ///
    /// # Errors
    /// The cluster cannot be reached.
    pub(crate) async fn run(&self, target: &Target) -> Result<Exit, Failure> {
        let client = connect(target).await?;
        let seed = u64::from_le_bytes(client.cluster().0.to_le_bytes().first_chunk().copied().unwrap_or_default());
        let material = Material::new(self.keys, self.key_size, self.value_size, &mut SplitMix64::new(seed));
        if self.fill {
            self.fill(&client, &material).await?;
        }
        self.load(&client, &material, self.warmup, seed).await;
        let (nodes_before, client_before) = (NodeCounters::of(&client).await, client.stats());
        let start = Instant::now();
        let seen = self.load(&client, &material, Duration::from_secs(self.seconds), seed ^ 1).await;
        let took = start.elapsed();
        let nodes = NodeCounters::of(&client).await.since(&nodes_before);
        let stats = client.stats();
        let reads = (stats.reads - client_before.reads, stats.reads_one_round - client_before.reads_one_round);
        print!("{}", report::render(self.describe(), &seen, took, reads, nodes.as_ref()));
        seen.errors.iter().for_each(|error| eprintln!("failed: {error}"));
        let all_ok = [&seen.puts, &seen.gets].into_iter().all(|tally| tally.count(Class::Ok) == tally.total());
        Ok(if all_ok { Exit::Ok } else { Exit::Negative })
    }

    fn describe(&self) -> String {
        let Self { workload, clients, key_size, value_size, keys, seconds, .. } = self;
        format!("{workload:?}, {clients} clients, {keys} keys of {key_size} B, values of {value_size} B, {seconds} s")
    }

    /// Puts every key once.
    async fn fill(&self, client: &Client, material: &Material) -> Result<(), Failure> {
        eprintln!("writing {} keys", material.keys());
        let workers = (0..u64::from(self.clients)).map(|worker| {
            let (client, material, step) = (client.clone(), material.clone(), u64::from(self.clients));
            tokio::spawn(async move {
                let mut index = worker;
                while index < material.keys() {
                    client.put(material.key(index), material.value()).await?;
                    index += step;
                }
                Ok::<(), Error>(())
            })
        });
        for done in join_all(workers).await {
            let done = done.map_err(|error| Failure::new(Exit::Unavailable, error.to_string()))?;
            done.map_err(|error| Failure::new(Exit::Unavailable, format!("cannot write the keys: {error}")))?;
        }
        Ok(())
    }

    /// The load, for as long as is asked.
    async fn load(&self, client: &Client, material: &Material, time: Duration, seed: u64) -> Seen {
        let end = Instant::now() + time;
        let workers = (0..self.clients).map(|worker| {
            let (client, material, workload) = (client.clone(), material.clone(), self.workload);
            let random = SplitMix64::new(seed.rotate_left(32) ^ u64::from(worker));
            tokio::spawn(work(client, material, workload, random, end))
        });
        let mut all = Seen::default();
        for seen in join_all(workers).await.into_iter().flatten() {
            all.puts.merge(&seen.puts);
            all.gets.merge(&seen.gets);
            all.errors.extend(seen.errors);
        }
        all.errors.sort();
        all.errors.dedup();
        all.errors.truncate(ERRORS_SHOWN_MAX);
        all
    }
}

/// One client's loop.
async fn work(client: Client, material: Material, workload: Workload, mut random: SplitMix64, end: Instant) -> Seen {
    let mut seen = Seen::default();
    while Instant::now() < end {
        let key = material.any_key(&mut random);
        let put = workload.puts_next(&mut random);
        let start = Instant::now();
        let done =
            if put { client.put(key, material.value()).await.map(drop) } else { client.get(key).await.map(drop) };
        let took = start.elapsed();
        let class = done.as_ref().map_or_else(class, |()| Class::Ok);
        let tally = if put { &mut seen.puts } else { &mut seen.gets };
        tally.record(class, took);
        if let Err(error) = done
            && seen.errors.len() < ERRORS_SHOWN_MAX
        {
            seen.errors.push(error.to_string());
        }
    }
    seen
}

fn class(error: &Error) -> Class {
    match error {
        Error::Unknown { .. } => Class::Unknown,
        Error::Unavailable { .. } | Error::Unreachable { .. } | Error::Busy | Error::Contention => Class::Unavailable,
        _ => Class::Refused,
    }
}

fn size(min: usize, max: usize) -> impl Fn(&str) -> Result<usize, String> + Clone + Send + Sync {
    move |text| {
        let size = text.parse().ok().filter(|size| (min..=max).contains(size));
        size.ok_or_else(|| format!("from {min} to {max} bytes"))
    }
}
