//! A report for programs. Times are in milliseconds.

use super::report::Report;
use super::verdict::Verdict;
use super::{Class, LongestGaps, Planned, Tally};
use crate::cli::Answer;
use serde_json::{Map, Value, json};
use std::time::Duration;

impl Report {
    /// In every form in which an answer is printed.
    pub(super) fn answer(&self) -> Answer {
        let kinds = self.seen.kinds().map(|(kind, tally)| (kind.name().to_owned(), self.kind(tally)));
        let gaps = self.gaps.iter().map(|gaps| (gaps.side.name().to_owned(), longest(gaps)));
        let answer = Answer::text(self.exit().word(), self.to_string(), self.exit())
            .with("run", self.what.as_str())
            .with("seconds", self.took.as_secs_f64())
            .with("operations", kinds.collect::<Map<_, _>>())
            .with("longest_gaps", gaps.collect::<Map<_, _>>())
            .with("errors", self.seen.errors().collect::<Vec<_>>())
            .with("reads", json!({ "made": self.reads.0, "one_round": self.reads.1 }));
        let answer = match self.open {
            Some((rate, planned)) => answer.with("open_loop", open_loop(rate, planned, self.seen.late())),
            None => answer,
        };
        match &self.verdict {
            Some(verdict) => answer.with("verdict", judged(verdict)),
            None => answer,
        }
    }

    fn kind(&self, tally: &Tally) -> Value {
        let outcomes = Class::ALL.map(|class| (class.name().to_owned(), tally.count(class).into()));
        json!({
            "per_second": self.rate(tally),
            "outcomes": Map::from_iter(outcomes),
            "latency": latency(tally),
        })
    }
}

fn latency(tally: &Tally) -> Value {
    let [p50, p90, p99, p999] = [0.5, 0.9, 0.99, 0.999].map(|share| millis(tally.quantile(share)));
    json!({ "p50": p50, "p90": p90, "p99": p99, "p99_9": p999, "max": millis(tally.max()) })
}

fn longest(gaps: &LongestGaps) -> Value {
    let LongestGaps { keys, worst: (key, gap), median, noticeable, .. } = gaps;
    json!({
        "keys": keys,
        "worst": millis(Duration::from_nanos(gap.length)),
        "worst_key": key,
        "worst_from": millis(Duration::from_nanos(gap.from)),
        "median": millis(*median),
        "keys_over_100": noticeable,
    })
}

fn open_loop(rate: u64, planned: Planned, late: &Tally) -> Value {
    let Planned { arrived, waited, never_begun } = planned;
    json!({ "rate": rate, "arrived": arrived, "waited": waited, "never_begun": never_begun, "late": latency(late) })
}

fn judged(verdict: &Verdict) -> Value {
    json!({
        "verdict": verdict.word(),
        "keys": verdict.keys(),
        "operations": verdict.operations(),
        "unknown": verdict.unknown(),
        "full_at": verdict.full_at().map(millis),
        "history": verdict.file().map(|file| file.to_string_lossy()),
    })
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
