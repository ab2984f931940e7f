use super::{METRICS, Metric};
use std::fmt::Write;

/// Where the page of the book is kept, from the repository's root.
pub const MARKDOWN: &str = "docs/ops/metrics.md";

const HEAD: &str = "# Metrics

> Written by `quorate metrics --markdown` from the table in `node/src/metrics/table/`; a test compares. Do not edit.

`/metrics` on the [admin port](../operating.md#the-admin-port) tells all of these, in the text format of OpenMetrics,
which Prometheus reads. Counters grow from the node's start. No label holds a key or a value. Counters without labels are
in the answer of `quorate status --output json` as well.

[Alert rules and a Grafana board](monitoring.md) are made of them.
";

/// The table as a page of the book.
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    for (title, group) in METRICS {
        let _ = write!(page, "\n## {title}\n\n| metric | kind | meaning | when it looks bad |\n|---|---|---|---|\n");
        for metric in *group {
            let _ = writeln!(page, "{}", row(metric));
        }
    }
    page
}

fn row(metric: &Metric) -> String {
    let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
    let by = if labels.is_empty() { String::new() } else { format!(" By {}.", labels.join(", ")) };
    format!("| `{}` | {} | {}{by} | {} |", metric.name, metric.kind.name(), metric.help, metric.watch)
}
