use super::Exit;
use super::answer::Answer;
use crate::metrics::{Metric, markdown, metrics};
use serde_json::{Value, json};

/// Lists every metric that a node has, with what it means and what to do when it looks bad.
#[derive(Debug, clap::Args)]
pub(crate) struct Metrics {
    /// Only those whose name contains this
    filter: Option<String>,
    /// As the page of the book, all of them
    #[arg(long, conflicts_with = "filter")]
    markdown: bool,
}

impl Metrics {
    /// Runs the command.
    pub(super) fn run(&self) -> Answer {
        let filter = self.filter.as_deref().unwrap_or_default();
        let chosen: Vec<&Metric> = metrics().filter(|metric| metric.name.contains(filter)).collect();
        if chosen.is_empty() {
            return Answer::negative("absent", "no metric has that in its name");
        }
        let described: Vec<String> = chosen.iter().map(|metric| describe(metric)).collect();
        let text = if self.markdown { markdown() } else { described.join("\n") };
        Answer::text("found", text, Exit::Ok).with("metrics", chosen.into_iter().map(document).collect::<Value>())
    }
}

fn describe(metric: &Metric) -> String {
    let labels = if metric.labels.is_empty() { String::new() } else { format!(" by {}", metric.labels.join(", ")) };
    let watch = if metric.watch.is_empty() { String::new() } else { format!("  ! {}\n", metric.watch) };
    format!("{} ({}{labels})\n  {}\n{watch}", metric.name, metric.kind.name(), metric.help)
}

fn document(metric: &Metric) -> Value {
    json!({
        "name": metric.name,
        "kind": metric.kind.name(),
        "unit": metric.unit(),
        "labels": metric.labels,
        "help": metric.help,
        "watch": metric.watch,
    })
}
