//! The command line: what a model is to be.

use super::names;
use crate::playback::Settings;
use clap::Args;
use clap::builder::RangedU64ValueParser;

/// Options that say what a model is to be.
#[derive(Clone, Debug, Default, Args)]
pub struct ModelArguments {
    /// With this wrong variant of the rules switched on; without a model, the model that is to catch it
    #[arg(long, value_name = "NAME", value_parser = names::mutant)]
    pub mutant: Option<String>,
    /// Without P20, so that a wrong rule goes on until it shows in what is chosen, read or told
    #[arg(long)]
    pub unrefined: bool,
    /// Without the reductions of docs/models.md
    #[arg(long)]
    pub unreduced: bool,
    /// Other fingerprints: a second run shares none of the first one's collisions
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub salt: u64,
    /// Worker threads [default: all processors]
    #[arg(long, value_name = "N", value_parser = threads())]
    pub threads: Option<usize>,
    /// Bounds.
    #[command(flatten)]
    pub bounds: BoundArguments,
}

/// Bounds other than the model's own.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Other bounds (only nodes 0 to 2 crash; what a model must reach stays, so smaller ones \
                               may make it VACUOUS)")]
pub struct BoundArguments {
    /// Replicas
    #[arg(long, value_name = "N", value_parser = small(1, 5))]
    nodes: Option<u64>,
    /// Prepares that reach the network
    #[arg(long, value_name = "N", value_parser = small(0, 9))]
    prepares: Option<u64>,
    /// Crashes with restart, over all nodes
    #[arg(long, value_name = "N", value_parser = small(0, 9))]
    crashes: Option<u64>,
    /// The last slot in which anything happens
    #[arg(long, value_name = "N", value_parser = small(2, 9))]
    last_slot: Option<u64>,
    /// Reads of each reader
    #[arg(long, value_name = "N", value_parser = small(0, 9))]
    reads: Option<u64>,
    /// Readers
    #[arg(long, value_name = "N", value_parser = small(1, 2))]
    readers: Option<u64>,
    /// Times a reader's patience runs out
    #[arg(long, value_name = "N", value_parser = small(0, 9))]
    read_timeouts: Option<u64>,
    /// Attempts of the retrying client
    #[arg(long, value_name = "N", value_parser = small(0, 9))]
    attempts: Option<u64>,
    /// Of an abstract model
    #[arg(long, value_name = "N", value_parser = small(0, 8))]
    acceptors: Option<u64>,
    /// Of an abstract model
    #[arg(long, value_name = "N", value_parser = small(0, 8))]
    participants: Option<u64>,
    /// Of an abstract model
    #[arg(long, value_name = "N", value_parser = small(0, 8))]
    slots: Option<u64>,
    /// Of an abstract model
    #[arg(long, value_name = "N", value_parser = small(0, 8))]
    values: Option<u64>,
    /// The highest ballot of an abstract model (voting: 0..B, tpaxos: 1..B)
    #[arg(long, value_name = "B", value_parser = small(0, 8))]
    ballots: Option<u64>,
}

/// A number within these.
pub(super) fn small(least: u64, most: u64) -> RangedU64ValueParser<u64> {
    RangedU64ValueParser::new().range(least..=most)
}

fn threads() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=256)
}

/// As many threads as asked for, or as there are processors.
pub(crate) fn threads_or_all(threads: Option<usize>) -> usize {
    threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

impl ModelArguments {
    /// How the model is to differ from the one of its name.
    pub fn settings(&self) -> Settings {
        let b = &self.bounds;
        let named = [
            ("nodes", b.nodes),
            ("prepares", b.prepares),
            ("crashes", b.crashes),
            ("last-slot", b.last_slot),
            ("reads", b.reads),
            ("readers", b.readers),
            ("read-timeouts", b.read_timeouts),
            ("attempts", b.attempts),
            ("acceptors", b.acceptors),
            ("participants", b.participants),
            ("slots", b.slots),
            ("values", b.values),
            ("ballots", b.ballots),
        ];
        let bounds = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        Settings { bounds, unreduced: self.unreduced, unrefined: self.unrefined, salt: self.salt }
    }
}
