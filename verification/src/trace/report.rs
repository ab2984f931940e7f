use super::Failure;
use core::fmt;
use std::time::Duration;

/// Failures that are kept; more are counted.
const FAILURES_MAX: usize = 20;

/// What a check of traces came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Nodes with a trace, of how many voters.
    pub nodes: usize,
    /// Voters in the configuration.
    pub voters: usize,
    /// Streams.
    pub streams: u64,
    /// Bytes of segments.
    pub bytes: u64,
    /// Events read.
    pub events: u64,
    /// Steps that were replayed and gave the same output and the same state.
    pub steps: u64,
    /// Writes issued in them.
    pub issued: u64,
    /// Writes that became durable in them.
    pub durable: u64,
    /// Logs.
    pub logs: u64,
    /// Slots with a vote, a promise or something learned.
    pub slots: u64,
    /// Slots of which every voter's part is known.
    pub slots_in_full: u64,
    /// Slots with an entry that the recorded votes chose.
    pub chosen: u64,
    /// Times that a node took an entry for chosen.
    pub learned: u64,
    /// Gaps, which are not validated, and the events that they lack.
    pub gaps: u64,
    /// See `gaps`.
    pub lost: u64,
    /// Streams that end without their end: their node was killed, or the recording had ended before.
    pub torn: u64,
    /// Logs whose last events before a kill or a gap are lost, as what came back later shows.
    pub holes: u64,
    /// Events that were not looked at, since their log had failed before.
    pub after_failures: u64,
    /// What cannot be explained: the first ones.
    pub failures: Vec<Failure>,
    /// How many there are.
    pub failed: u64,
    /// How long it took.
    pub time: Duration,
}

impl Report {
    /// Whether everything that was recorded is explained. Gaps are none of it.
    pub fn is_explained(&self) -> bool {
        self.failed == 0
    }

    /// Keeps a failure.
    pub(super) fn fail(&mut self, failure: Failure) {
        self.failed += 1;
        if self.failures.len() < FAILURES_MAX {
            self.failures.push(failure);
        }
    }

    /// Takes another part of the same traces in: other logs of the same streams.
    pub(super) fn add(&mut self, part: Self) {
        self.steps += part.steps;
        self.issued += part.issued;
        self.durable += part.durable;
        self.logs += part.logs;
        self.slots += part.slots;
        self.slots_in_full += part.slots_in_full;
        self.chosen += part.chosen;
        self.learned += part.learned;
        self.holes += part.holes;
        self.after_failures += part.after_failures;
        self.failed += part.failed;
        let room = FAILURES_MAX.saturating_sub(self.failures.len());
        self.failures.extend(part.failures.into_iter().take(room));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, failure) in (1..).zip(&self.failures) {
            writeln!(f, "FAILURE {at} of {}: {failure}", self.failed)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let rate = self.events as f64 / self.time.as_secs_f64().max(1e-9);
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let mib = self.bytes as f64 / f64::from(1 << 20);
        let mut row = |name: &str, value: String| writeln!(f, "{name:<18} {value}");
        row("nodes", format!("{} of {}, in {} streams", self.nodes, self.voters, self.streams))?;
        row("events", format!("{} in {mib:.1} MiB", self.events))?;
        row("steps replayed", format!("{}, same outputs and states", self.steps))?;
        row("writes", format!("{} issued, {} durable", self.issued, self.durable))?;
        let (slots, full) = (self.slots, self.slots_in_full);
        row("slots", format!("{slots} of {} logs; {full} with every voter's part", self.logs))?;
        row("chosen", format!("{}; learned {} times", self.chosen, self.learned))?;
        row("gaps", format!("{}, not validated: {} events", self.gaps, self.lost))?;
        row("torn tails", format!("{}; {} logs had gone on when they came back", self.torn, self.holes))?;
        if self.after_failures > 0 {
            row("not looked at", format!("{} events after a failure of their log", self.after_failures))?;
        }
        row("time", format!("{:.2} s, {rate:.0} events a second", self.time.as_secs_f64()))?;
        match self.failed {
            0 => row("verdict", "every recorded event is explained".to_owned()),
            failed => row("verdict", format!("{failed} FAILURES")),
        }
    }
}
