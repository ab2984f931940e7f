use super::counters::NodeCounters;
use super::gaps::{KEYS_WATCHED_MAX, KeyGaps};
use super::load::{Lane, Load};
use super::pace::Pace;
use super::record::{Record, RecordLimits};
use super::report::Report;
use super::seen::Shards;
use super::verdict::Verdict;
use super::{KEY_SIZE_MIN, Keys, Material, Side, Spacing, TOLD_SIZE_MIN, Workload, hdr, live};
use crate::cli::{Answer, Exit, Failure, Target, connect, parse_duration};
use crate::driver::SplitMix64;
use crate::history::{Clock, Request};
use futures::future::join_all;
use quorate_client::{Client, Error, KEY_BYTES_MAX, VALUE_BYTES_MAX};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Measures a cluster.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Bench {
    /// What to do
    #[arg(value_enum, default_value_t = Workload::Put)]
    workload: Workload,
    /// Operations a second, begun when their time has come (an open loop); without this, each client begins its next
    /// when its last is answered
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rate: Option<u64>,
    /// How the operations of an open loop arrive
    #[arg(long, value_enum, default_value_t = Spacing::Poisson, requires = "rate")]
    arrivals: Spacing,
    /// Operations under way at once, at most: 64, and in an open loop 1024
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=LANES_MAX))]
    clients: Option<u32>,
    /// Sessions, each with connections of its own to every node, that the clients share
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
    connections: u32,
    /// Bytes of a key, at least 16
    #[arg(long, default_value_t = 16, value_parser = size(KEY_SIZE_MIN, KEY_BYTES_MAX))]
    key_size: usize,
    /// Bytes of a value
    #[arg(long, default_value_t = 128, value_parser = size(0, VALUE_BYTES_MAX))]
    value_size: usize,
    /// How many keys
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    keys: u64,
    /// Some keys more often than others, by Zipf's law with this exponent; 0 for all alike
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "0.99", value_parser = exponent, value_name = "EXPONENT")]
    zipf: Option<f64>,
    /// Seconds that are measured
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Seconds of the same load before them, which are not measured
    #[arg(long, default_value = "2s", value_parser = parse_duration, value_name = "TIME")]
    warmup: Duration,
    /// Write each key once before anything else, so that gets find something and puts have an owner
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "BOOL")]
    fill: bool,
    /// A line a second on stderr
    #[arg(long)]
    live: bool,
    /// Write the latencies as HdrHistogram's percentile text, a file for each kind of operation
    #[arg(long, value_name = "FILE")]
    hdr: Option<PathBuf>,
    /// Record what every client saw, and say whether it is linearizable
    #[arg(long)]
    verify: bool,
    /// Record only the first so many keys
    #[arg(long, requires = "verify", value_name = "N", default_value_t = u64::MAX, hide_default_value = true)]
    verify_keys: u64,
    /// Record at most so many operations; each takes some 300 bytes
    #[arg(long, requires = "verify", value_name = "N", default_value_t = 1_000_000, value_parser = operations)]
    verify_operations: usize,
    /// Keep the history that was recorded; one that is not linearizable is kept in any case
    #[arg(long, requires = "verify", value_name = "FILE")]
    keep_history: Option<PathBuf>,
}

/// Operations under way at once, at most.
const LANES_MAX: i64 = 16_384;
/// Operations recorded, at most: about 3 GB.
const RECORDED_MAX: usize = 10_000_000;

impl Bench {
    /// Runs the command.
    ///
    /// # Errors
    /// The cluster cannot be reached, the keys cannot be written, or a file cannot.
    pub(crate) async fn run(&self, target: &Target) -> Result<Answer, Failure> {
        let mut clients = Vec::new();
        for _ in 0..self.connections {
            clients.push(connect(target).await?);
        }
        let Some(client) = clients.first().cloned() else { return Err(Failure::usage("--connections is 0")) };
        let load = Arc::new(self.load(&client)?);
        let seed = seed(&client);
        let mut lanes = self.lanes(&clients, seed);
        if self.fill {
            lanes = self.fill(&load, lanes).await?;
        }
        let pace = self.pace(target.timeout);
        let (_, (lanes, _)) = live::watch(&load, false, pace.run(&load, lanes, self.warmup, seed)).await;
        load.gaps.restart();
        let (nodes, before, start) = (NodeCounters::of(&client).await, reads(&clients), load.clock.elapsed());
        let run = pace.run(&load, lanes, Duration::from_secs(self.seconds), seed ^ 1);
        let (seen, (_, planned)) = live::watch(&load, self.live, run).await;
        let took = load.clock.elapsed() - start;
        let after = reads(&clients);
        let report = Report {
            what: self.describe(),
            took,
            seen,
            open: self.rate.map(|rate| (rate, planned)),
            reads: (after.0 - before.0, after.1 - before.1),
            gaps: Side::ALL.into_iter().filter_map(|side| load.gaps.longest(side, start)).collect(),
            watched: (self.keys > KEYS_WATCHED_MAX).then_some(KEYS_WATCHED_MAX),
            nodes: NodeCounters::of(&client).await.since(&nodes),
            verdict: self.judge(&load).await?,
        };
        self.tell(&report)
    }

    fn load(&self, client: &Client) -> Result<Load, Failure> {
        if self.verify && !self.fill {
            return Err(Failure::usage("--verify needs --fill true: what the keys held before is not recorded"));
        }
        if self.verify && self.value_size < TOLD_SIZE_MIN {
            let message =
                format!("--verify needs --value-size {TOLD_SIZE_MIN} or more, so that values can be told apart");
            return Err(Failure::usage(message));
        }
        let limits = RecordLimits { keys: self.verify_keys, operations: self.verify_operations };
        let material = if self.verify {
            let run = getrandom::u64().map_err(|error| Failure::new(Exit::Unavailable, error.to_string()))?;
            Material::told(self.keys, self.key_size, self.value_size, run)
        } else {
            Material::alike(self.keys, self.key_size, self.value_size, &mut SplitMix64::new(seed(client)))
        };
        Ok(Load {
            workload: self.workload,
            material,
            keys: Keys::new(self.keys, self.workload.spread(self.zipf)),
            clock: Clock::start(),
            shards: Shards::new(),
            gaps: KeyGaps::new(self.keys),
            record: self.verify.then(|| Record::new(limits)),
            under_way: 0.into(),
        })
    }

    /// An operation may wait for a lane as long as it may take.
    fn pace(&self, timeout: Duration) -> Pace {
        let open = |rate| Pace::Open { rate, spacing: self.arrivals, grace: timeout };
        self.rate.map_or(Pace::Closed, open)
    }

    fn lane_count(&self) -> u32 {
        self.clients.unwrap_or(if self.rate.is_some() { 1024 } else { 64 })
    }

    fn lanes(&self, clients: &[Client], seed: u64) -> Vec<Lane> {
        let numbered = (0..self.lane_count()).zip(clients.iter().cycle());
        let lane = |(number, client): (u32, &Client)| Lane {
            number: number as usize,
            client: client.clone(),
            random: SplitMix64::new(seed.rotate_left(32) ^ u64::from(number)),
        };
        numbered.map(lane).collect()
    }

    fn describe(&self) -> String {
        let Self { workload, connections, key_size, value_size, keys, seconds, .. } = self;
        let pace = match self.rate {
            Some(rate) => format!("open loop, {rate} a second ({:?}), at most", self.arrivals),
            None => "closed loop,".to_owned(),
        };
        let spread = workload.spread(self.zipf);
        format!(
            "{workload:?}, {pace} {} under way over {connections} sessions, {keys} keys of {key_size} B ({spread:?}), \
             values of {value_size} B, {seconds} s",
            self.lane_count()
        )
    }

    /// Puts every key once.
    async fn fill(&self, load: &Arc<Load>, lanes: Vec<Lane>) -> Result<Vec<Lane>, Failure> {
        eprintln!("writing {} keys", self.keys);
        let step = lanes.len() as u64;
        let work = |lane: Lane| {
            let load = load.clone();
            tokio::spawn(async move {
                let mut index = lane.number as u64;
                while index < load.material.keys() {
                    load.ask(&lane, index, Request::Put(load.material.value())).await?;
                    index += step;
                }
                Ok::<Lane, Error>(lane)
            })
        };
        let mut filled = Vec::new();
        for done in join_all(lanes.into_iter().map(work)).await {
            let done = done.map_err(|error| Failure::new(Exit::Unavailable, error.to_string()))?;
            let lane =
                done.map_err(|error| Failure::new(Exit::Unavailable, format!("cannot write the keys: {error}")))?;
            filled.push(lane);
        }
        Ok(filled)
    }

    async fn judge(&self, load: &Load) -> Result<Option<Verdict>, Failure> {
        let Some(record) = &load.record else { return Ok(None) };
        let (recording, keep) = (record.take(), self.keep_history.clone());
        let judged = tokio::task::spawn_blocking(move || Verdict::of(&recording, keep.as_deref())).await;
        let failed =
            |error: String| Failure::new(Exit::Unavailable, format!("cannot keep or judge the history: {error}"));
        judged.map_err(|error| failed(error.to_string()))?.map(Some).map_err(|error| failed(error.to_string()))
    }

    fn tell(&self, report: &Report) -> Result<Answer, Failure> {
        let mut aside: String = report.seen.errors().map(|error| format!("failed: {error}\n")).collect();
        if let Some(path) = &self.hdr {
            let failed = |error| Failure::new(Exit::Unavailable, format!("cannot write {}: {error}", path.display()));
            for file in hdr::write(path, &report.seen).map_err(failed)? {
                aside.push_str(&format!("latencies are in {}\n", file.display()));
            }
        }
        Ok(report.answer().aside(aside))
    }
}

/// The same for every run on one cluster.
fn seed(client: &Client) -> u64 {
    u64::from_le_bytes(client.cluster().0.to_le_bytes().first_chunk().copied().unwrap_or_default())
}

/// Reads that were made, and how many of them took one round.
fn reads(clients: &[Client]) -> (u64, u64) {
    let stats = clients.iter().map(Client::stats);
    stats.fold((0, 0), |sum, stats| (sum.0 + stats.reads, sum.1 + stats.reads_one_round))
}

fn size(min: usize, max: usize) -> impl Fn(&str) -> Result<usize, String> + Clone + Send + Sync {
    move |text| {
        let size = text.parse().ok().filter(|size| (min..=max).contains(size));
        size.ok_or_else(|| format!("from {min} to {max} bytes"))
    }
}

fn exponent(text: &str) -> Result<f64, String> {
    let exponent = text.parse().ok().filter(|exponent| (0.0..=5.0).contains(exponent));
    exponent.ok_or_else(|| "a number from 0 to 5".to_owned())
}

fn operations(text: &str) -> Result<usize, String> {
    let operations = text.parse().ok().filter(|operations| (1..=RECORDED_MAX).contains(operations));
    operations.ok_or_else(|| format!("from 1 to {RECORDED_MAX}"))
}
