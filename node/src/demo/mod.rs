//! `quorate demo`: three durable nodes, each a process of its own, a prompt, a page, and things to do to the nodes.

mod cluster;
mod deed;
mod directory;
mod grouping;
mod journal;
mod judge;
mod link;
mod links;
mod load;
mod page;
mod process;
mod prompt;
mod stage;
mod stats;
mod tour;

use crate::cli::{Exit, Failure};
use crate::prompt::Lines;
use cluster::Cluster;
use prompt::Prompt;
use stage::Stage;
use std::path::PathBuf;
use std::sync::Arc;

/// Try it out: three durable nodes in a temporary directory, and a prompt.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Demo {
    /// Keep the nodes' data here (must be empty or absent) instead of in a temporary directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Take the lines of this file instead of stdin's; the exit code is that of the first that failed
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Serve the page on this port of loopback instead of a free one
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    page: u16,
    /// Serve no page
    #[arg(long, conflicts_with = "page")]
    no_page: bool,
}

impl Demo {
    /// Runs the command.
    ///
    /// # Errors
    /// The nodes cannot be started, or there are no lines to obey.
    pub(crate) async fn run(&self) -> Result<Exit, Failure> {
        let script = self.script.as_deref().map(Lines::of_file).transpose()?;
        let mut cluster = Cluster::create(self.out.clone()).await?;
        if let Err(failure) = cluster.start_all().await {
            cluster.finish().await;
            return Err(failure);
        }
        let stage = Arc::new(Stage::new(cluster));
        let done = self.show(&stage, script).await;
        stage.finish().await;
        done
    }

    async fn show(&self, stage: &Arc<Stage>, script: Option<Lines>) -> Result<Exit, Failure> {
        let page = if self.no_page { None } else { Some(page::open(stage, self.page).await?) };
        Prompt::run(stage, script, page.as_deref()).await
    }
}
