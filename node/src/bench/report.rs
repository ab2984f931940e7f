use super::counters::NodeCounters;
use super::{Class, Seen, Tally};
use crate::cli::Table;
use std::fmt::Write as _;
use std::time::Duration;

/// The result, as text. `reads` is how many reads returned, and how many of them within one round trip.
pub(super) fn render(
    what: String,
    seen: &Seen,
    took: Duration,
    reads: (u64, u64),
    nodes: Option<&NodeCounters>,
) -> String {
    let mut text = what + "\n\n";
    let mut table = Table::new(&["", "ops", "ops/s", "p50", "p99", "p99.9", "max"]);
    for (name, tally) in [("put", &seen.puts), ("get", &seen.gets)] {
        if tally.total() > 0 {
            table.row(row(name, tally, took));
        }
    }
    text.push_str(&table.render());
    text.push('\n');
    for (name, tally) in [("put", &seen.puts), ("get", &seen.gets)] {
        if tally.total() > 0 {
            let classes = Class::ALL.map(|class| format!("{} {}", tally.count(class), class.name()));
            let _ = writeln!(text, "{name} outcomes       {}", classes.join(", "));
        }
    }
    if reads.0 > 0 {
        let _ = writeln!(text, "one-round reads    {:.2} %", 100.0 * ratio(reads.1, reads.0));
    }
    let puts = seen.puts.count(Class::Ok);
    match nodes {
        Some(nodes) if puts > 0 => {
            let _ = writeln!(text, "prepares per put   {:.5}", ratio(nodes.prepares, puts));
            let _ = writeln!(text, "commits per put    {:.3}  (all nodes together)", ratio(nodes.commits, puts));
            let _ = writeln!(text, "records per commit {:.1}", ratio(nodes.records, nodes.commits));
            let _ = writeln!(text, "messages per put   {:.2}", ratio(nodes.envelopes, puts));
            let _ = writeln!(text, "messages per frame {:.1}", ratio(nodes.envelopes, nodes.deliveries));
        }
        Some(nodes) => {
            let _ = writeln!(text, "commits            {}  (all nodes together)", nodes.commits);
        }
        None => text.push_str("the nodes' counters are not known: some node did not answer, or started again\n"),
    }
    text
}

fn row(name: &str, tally: &Tally, took: Duration) -> Vec<String> {
    let ok = tally.count(Class::Ok);
    let mut row = vec![name.to_owned(), ok.to_string(), format!("{:.0}", approximate(ok) / took.as_secs_f64())];
    row.extend([0.5, 0.99, 0.999].map(|share| millis(tally.quantile(share))));
    row.push(millis(tally.max()));
    row
}

fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { approximate(part) / approximate(whole) }
}

/// Counts of a benchmark stay far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn approximate(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_was_seen() {
        let mut seen = Seen::default();
        for _ in 0..100 {
            seen.puts.record(Class::Ok, Duration::from_millis(2));
        }
        seen.puts.record(Class::Unknown, Duration::from_secs(5));
        let nodes = NodeCounters { prepares: 1, commits: 10, records: 300, ..NodeCounters::default() };
        let text = render("Put".into(), &seen, Duration::from_secs(2), (0, 0), Some(&nodes));
        for expected in ["put  100  50", "100 ok, 0 unavailable, 1 unknown", "put   0.01000", "put    0.100", " 30.0"] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
        assert!(!text.contains("get outcomes"), "{text}");
    }
}
