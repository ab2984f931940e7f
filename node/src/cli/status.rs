use super::answer::Answer;
use super::look::Look;
use super::{Failure, Target, failure, parse_duration};
use quorate_client::Client;
use std::time::Duration;

/// Whether to look once, or again and again.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Watching {
    /// Look again and again, with rates: in place on a terminal, a document a line in a pipe; an interrupt ends it
    #[arg(long)]
    watch: bool,
    /// How long from one look to the next
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = parse_duration)]
    interval: Duration,
}

impl Watching {
    /// How long from one look to the next, if there is a next.
    pub(super) fn interval(&self) -> Option<Duration> {
        self.watch.then_some(self.interval)
    }
}

/// Shows each node, and whether reads and writes have their quorums.
///
/// # Errors
/// Nobody could be asked.
pub(super) async fn status(client: &Client, target: &Target) -> Result<Answer, Failure> {
    let nodes = client.status().await.map_err(|error| failure::plain(&error, target))?;
    Look::at(nodes).answer(target)
}
