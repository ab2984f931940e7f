//! `quorate demo`: three durable nodes, each a process of its own, and a prompt.

mod cluster;
mod prompt;
mod words;

use crate::cli::{Exit, Failure};
use cluster::Cluster;
use std::path::PathBuf;

/// Try it out: three durable nodes in a temporary directory, and a prompt.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Demo {
    /// Keep the nodes' data here (must be empty or absent) instead of in a temporary directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Demo {
    /// Runs the command.
    ///
    /// # Errors
    /// The nodes cannot be started.
    pub(crate) async fn run(&self) -> Result<Exit, Failure> {
        let mut cluster = Cluster::create(self.out.clone())?;
        let done = match cluster.start_all().await {
            Ok(()) => prompt::run(&mut cluster).await,
            Err(failure) => Err(failure),
        };
        cluster.finish().await;
        done
    }
}
