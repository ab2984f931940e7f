//! `quorate doctor`: looks at a data directory, the machine and the cluster, and says what it found, why it matters and
//! what to do. It writes nothing but a probe file of its own, which it removes, and where it cannot measure it says so.

mod cluster;
mod finding;
mod host;
mod mount;
mod records;
mod report;
mod storage;
mod sync;

pub use finding::{Finding, Level};

use crate::cli::{Answer, Failure, Target, load_config};
use crate::config::{Limits, NodeConfig, Overrides};
use std::path::{Path, PathBuf};

/// Look for what will hurt: the disk, the limits, the records, the other nodes.
#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// A node's data directory
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A node's configuration file: its data directory, its limits, and whose data it expects
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Ask no node
    #[arg(long)]
    offline: bool,
}

impl Doctor {
    /// Runs the command.
    ///
    /// # Errors
    /// The configuration cannot be used. What is found is no error: its level makes the exit code.
    pub(crate) async fn run(&self, target: &Target) -> Result<Answer, Failure> {
        let config = match &self.config {
            Some(file) => Some(load_config(file, &Overrides::default())?),
            None => None,
        };
        let data = self.data.clone().or(config.as_ref().map(|config| config.data.clone()));
        let limits = config.as_ref().map_or_else(Limits::default, |config| config.limits.clone());
        let mut findings = Vec::new();
        match &data {
            Some(directory) => look_at(directory, config.as_ref(), &limits, &mut findings),
            None => {
                findings.push(Finding::unmeasured("data directory", "none was named; --data or --config names one"));
            }
        }
        host::look(&limits, &mut findings);
        if self.offline {
            findings.push(Finding::unmeasured("cluster", "no node was asked, as --offline says"));
        } else {
            cluster::look(target, &mut findings).await;
        }
        Ok(report::answer(&findings, target))
    }
}

fn look_at(directory: &Path, config: Option<&NodeConfig>, limits: &Limits, findings: &mut Vec<Finding>) {
    if !directory.is_dir() {
        let found = format!("{} is no directory", directory.display());
        let cure = "Name the directory that `quorate init` made, or make one with it.";
        return findings.push(Finding::error("data directory", found, "a node cannot start without it", cure));
    }
    storage::look(directory, limits, findings);
    sync::look(directory, findings);
    records::look(directory, config, findings);
}
