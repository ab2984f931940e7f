use super::load::{Latencies, Meter, Summary};
use crate::cli::Table;

/// What the load saw after each thing that was done, as a table.
pub(super) fn table(meter: &Meter) -> String {
    let mut table = Table::new(&[
        "after",
        "seconds",
        "reads/s",
        "p50",
        "p99",
        "writes/s",
        "p50",
        "p99",
        "longest gap",
        "failed",
        "unknown",
    ]);
    for (after, summary) in meter.stretches() {
        let mut row = vec![after, format!("{:.1}", summary.seconds)];
        for latencies in [&summary.reads, &summary.writes] {
            row.extend([format!("{:.0}", summary.rate(latencies)), ms(latencies.p50), ms(latencies.p99)]);
        }
        row.extend([ms(summary.gap.ms), summary.failed.to_string(), summary.unknown.to_string()]);
        table.row(row);
    }
    let (operations, unknown) = meter.totals();
    let gap = meter.longest_gap();
    let of_key = if gap.key.is_empty() { String::new() } else { format!(" (of {})", gap.key) };
    format!(
        "{}{operations} operations, {unknown} of unknown outcome, longest gap {}{of_key}. A gap: a writer waits for a key, \
         and no write of it succeeds.\n",
        table.render(),
        ms(gap.ms)
    )
}

/// One line of figures: of the last second, and the longest gap since something was done.
pub(super) fn line(second: &Summary, meter: &Meter) -> String {
    let part = |latencies: &Latencies| {
        format!("{:>4.0}/s {}/{}", second.rate(latencies), short(latencies.p50), ms(latencies.p99))
    };
    let gap = meter.stretches().pop().map(|(_, summary)| summary.gap).unwrap_or_default();
    let (_, unknown) = meter.totals();
    format!(
        "reads {}   writes {}   longest gap {}   unknown {unknown}",
        part(&second.reads),
        part(&second.writes),
        ms(gap.ms)
    )
}

/// What the parts of [`line`] are.
pub(super) const LEGEND: &str = "each second: answers a second and their p50/p99; the longest time that a writer waited \
                                 for a key while none\nsucceeded, since the last command that did something; writes of \
                                 unknown outcome so far. stats shows more";

fn ms(ms: f64) -> String {
    format!("{} ms", short(ms))
}

fn short(ms: f64) -> String {
    if ms < 10.0 { format!("{ms:.1}") } else { format!("{ms:.0}") }
}
