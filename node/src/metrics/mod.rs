//! What a node counts and measures, and the one table that says what each number means.
//!
//! [`METRICS`] defines every metric once: its name, kind, unit and labels, what it means, what to do when it looks bad,
//! and how it is read from the node's [`Numbers`]. The page that Prometheus scrapes, the counters in a node's status and
//! the page of the book all come from that table.
//!
//! On the paths that requests take there are atomics alone: a [`Count`] is one addition, a [`Histogram`] two. No label
//! holds a key or anything else that a client chose.

mod count;
mod histogram;
mod markdown;
mod metric;
mod numbers;
mod page;
mod process;
mod requests;
mod samples;
mod table;

pub use count::Count;
pub use histogram::{Distribution, Histogram, SECONDS, SIZES, SMALL};
pub use markdown::{MARKDOWN, markdown};
pub use metric::{Kind, Metric};
pub use numbers::{Identity, Numbers, PeerNumbers, ServerNumbers};
pub use page::{CONTENT_TYPE, page};
pub use process::ProcessNumbers;
pub use requests::{Consistency, Op, Outcome, RequestNumbers, Requests};
pub use samples::{Sample, Samples, Value};
pub use table::{METRICS, metrics};

use quorate_client::wire::Counter;

/// The counters without labels, by name: what a node's status holds.
pub fn counters(numbers: &Numbers) -> Vec<Counter> {
    let plain = metrics().filter(|metric| metric.kind == Kind::Counter && metric.labels.is_empty());
    let value = |metric: &Metric| match metric.samples(numbers).first().map(|sample| &sample.value) {
        Some(Value::Count(count)) => Some(Counter { name: metric.name.to_owned(), value: *count }),
        _ => None,
    };
    plain.filter_map(value).collect()
}
