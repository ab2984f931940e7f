use super::counters::NodeCounters;
use super::gaps::LongestGaps;
use super::verdict::Verdict;
use super::{Class, Kind, Planned, Seen, Tally};
use crate::cli::{Exit, Table};
use core::fmt;
use std::time::Duration;

/// What came of a run.
#[derive(Clone, Debug)]
pub(super) struct Report {
    /// The run, in a line.
    pub(super) what: String,
    /// How long it was measured.
    pub(super) took: Duration,
    pub(super) seen: Seen,
    /// Of an open loop: the rate asked for, and what was to begin.
    pub(super) open: Option<(u64, Planned)>,
    /// Reads that the client made, and how many of them took one round.
    pub(super) reads: (u64, u64),
    pub(super) gaps: Vec<LongestGaps>,
    /// Keys whose gaps were watched, if not all were.
    pub(super) watched: Option<u64>,
    /// `None` if some node did not answer, or started again.
    pub(super) nodes: Option<NodeCounters>,
    pub(super) verdict: Option<Verdict>,
}

impl Report {
    /// The worst of: the verdict's, and [`Exit::Unavailable`] if an operation had no answer or was never begun.
    pub(super) fn exit(&self) -> Exit {
        let verdict = self.verdict.as_ref().map_or(Exit::Ok, Verdict::exit);
        let never_begun = self.open.is_some_and(|(_, planned)| planned.never_begun > 0);
        if verdict != Exit::Ok {
            verdict
        } else if never_begun || self.seen.all().failed() > 0 {
            Exit::Unavailable
        } else {
            Exit::Ok
        }
    }

    /// Answered operations a second.
    pub(super) fn rate(&self, tally: &Tally) -> f64 {
        (tally.total() - tally.failed()) as f64 / self.took.as_secs_f64().max(1e-9)
    }

    fn latencies(&self) -> Table {
        let mut table = Table::new(&["", "ops", "ops/s", "p50", "p90", "p99", "p99.9", "max"]);
        for (kind, tally) in self.seen.kinds() {
            let answered = tally.total() - tally.failed();
            let mut row = vec![kind.name().to_owned(), answered.to_string(), format!("{:.0}", self.rate(tally))];
            row.extend([0.5, 0.9, 0.99, 0.999].map(|share| millis(tally.quantile(share))));
            row.push(millis(tally.max()));
            table.row(row);
        }
        table
    }

    fn started(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((rate, planned)) = self.open else { return Ok(()) };
        let Planned { arrived, waited, never_begun } = planned;
        let late = self.seen.late();
        writeln!(f, "arrivals           {arrived}, {rate} a second; latencies are from when each was to begin")?;
        writeln!(
            f,
            "begun late by      p50 {}, p99 {}, max {}; {waited} found every lane taken",
            millis(late.quantile(0.5)),
            millis(late.quantile(0.99)),
            millis(late.max())
        )?;
        if never_begun > 0 {
            writeln!(
                f,
                "NEVER BEGUN        {never_begun}: the cluster, or --clients, did not keep up with the rate. The \
                 latencies above leave them out, and are too good"
            )?;
        }
        Ok(())
    }

    fn waits(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for LongestGaps { side, keys, worst: (key, gap), median, noticeable } in &self.gaps {
            let (worst, from) = (Duration::from_nanos(gap.length), Duration::from_nanos(gap.from).as_secs_f64());
            writeln!(
                f,
                "longest gap, {:<6} worst {} (key {key}, at {from:.2} s), median {}; over 100 ms: {noticeable} of {keys} keys",
                side.name(),
                millis(worst),
                millis(*median)
            )?;
        }
        match self.watched {
            Some(keys) => writeln!(f, "                   (of the first {keys} keys)"),
            None => Ok(()),
        }
    }

    fn costs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let writes: u64 = [Kind::Put, Kind::Update].map(|kind| self.seen.of(kind).count(Class::Ok)).iter().sum();
        match &self.nodes {
            Some(nodes) if writes > 0 => {
                writeln!(f, "prepares per put   {:.5}", ratio(nodes.prepares, writes))?;
                writeln!(f, "commits per put    {:.3}  (all nodes together)", ratio(nodes.commits, writes))?;
                writeln!(f, "records per commit {:.1}", ratio(nodes.records, nodes.commits))?;
                writeln!(f, "messages per put   {:.2}", ratio(nodes.envelopes, writes))?;
                writeln!(f, "messages per frame {:.1}", ratio(nodes.envelopes, nodes.deliveries))
            }
            Some(nodes) => writeln!(f, "commits            {}  (all nodes together)", nodes.commits),
            None => f.write_str("the nodes' counters are not known: some node did not answer, or started again\n"),
        }
    }
}

/// For people.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\n{}", self.what, self.latencies().render())?;
        for (kind, tally) in self.seen.kinds() {
            let of = |class: Class| format!("{} {}", tally.count(class), class.name());
            let shown = |class: &Class| *class != Class::Mismatch || kind == Kind::Update;
            let classes: Vec<String> = Class::ALL.into_iter().filter(shown).map(of).collect();
            writeln!(f, "{:<18} {}", format!("{} outcomes", kind.name()), classes.join(", "))?;
        }
        self.started(f)?;
        self.waits(f)?;
        if self.reads.0 > 0 {
            writeln!(f, "one-round reads    {:.2} %", 100.0 * ratio(self.reads.1, self.reads.0))?;
        }
        self.costs(f)?;
        self.verdict.as_ref().map_or(Ok(()), |verdict| write!(f, "{verdict}"))
    }
}

/// A duration as reports show it.
pub(super) fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Side;
    use quorate_history::Gap;

    fn report() -> Report {
        let mut seen = Seen::default();
        (0..100).for_each(|_| seen.record(Kind::Put, Class::Ok, Duration::from_millis(2)));
        let nodes = NodeCounters { prepares: 1, commits: 10, records: 300, ..NodeCounters::default() };
        Report {
            what: "Put".into(),
            took: Duration::from_secs(2),
            seen,
            open: None,
            reads: (0, 0),
            gaps: Vec::new(),
            watched: None,
            nodes: Some(nodes),
            verdict: None,
        }
    }

    #[test]
    fn a_report_says_what_was_seen() {
        let mut report = report();
        assert_eq!(report.exit(), Exit::Ok);
        report.seen.record(Kind::Put, Class::Unknown, Duration::from_secs(5));
        let gap = Gap { from: 3_000_000_000, length: 150_000_000, ended: true };
        let median = Duration::from_millis(20);
        report.gaps.push(LongestGaps { side: Side::Writes, keys: 7, worst: (4, gap), median, noticeable: 1 });
        let text = report.to_string();
        for expected in [
            "put  100  50",
            "100 ok, 0 unavailable, 0 busy, 1 unknown",
            "put   0.01000",
            "put    0.100",
            " 30.0",
            "worst 150.00 ms (key 4, at 3.00 s), median 20.00 ms; over 100 ms: 1 of 7 keys",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
        assert!(!text.contains("get outcomes") && !text.contains("arrivals"), "{text}");
        assert_eq!(report.exit(), Exit::Unavailable);
    }

    #[test]
    fn what_never_began_is_said_and_is_no_success() {
        let mut report = report();
        report.seen.started(Duration::from_millis(3));
        report.open = Some((500, Planned { arrived: 1000, waited: 30, never_begun: 0 }));
        assert_eq!(report.exit(), Exit::Ok);
        assert!(report.to_string().contains("30 found every lane taken"), "{report}");
        report.open = Some((500, Planned { arrived: 1000, waited: 30, never_begun: 7 }));
        assert_eq!(report.exit(), Exit::Unavailable);
        assert!(report.to_string().contains("NEVER BEGUN        7"), "{report}");
    }
}
