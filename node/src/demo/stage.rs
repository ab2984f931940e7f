use super::cluster::Cluster;
use super::deed::{Deed, Switch};
use super::link::Condition;
use super::load::Load;
use super::process::State;
use crate::cli::{Failure, Target};
use std::path::{Path, PathBuf};
use tokio::sync::Mutex;

/// What the prompt and the page act upon.
pub(super) struct Stage {
    cluster: Mutex<Cluster>,
    target: Target,
    directory: PathBuf,
    load: Load,
}

impl Stage {
    /// With a cluster that runs.
    pub(super) fn new(cluster: Cluster) -> Self {
        let (target, directory) = (cluster.target(), cluster.directory());
        Self { cluster: Mutex::new(cluster), target, directory, load: Load::new() }
    }

    /// How clients find the nodes.
    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// Where the nodes' data and logs are.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// What asks the nodes all the time, if it is on.
    pub(super) fn load(&self) -> &Load {
        &self.load
    }

    /// How each node is, in their order, and how the way between each two is.
    pub(super) async fn nodes(&self) -> (Vec<State>, Vec<(u16, u16, Condition)>) {
        let mut cluster = self.cluster.lock().await;
        (cluster.states(), cluster.pairs())
    }

    /// Does something, and says what is now so.
    ///
    /// # Errors
    /// There is nothing to do, or it cannot be done.
    pub(super) async fn act(&self, deed: &Deed) -> Result<String, Failure> {
        let done = match deed {
            Deed::Load { switch } => return self.switch(*switch).await,
            deed => self.cluster.lock().await.act(deed).await?,
        };
        self.load.meter().mark(&deed.to_string());
        Ok(done)
    }

    async fn switch(&self, switch: Switch) -> Result<String, Failure> {
        let (changed, on) = match switch {
            Switch::On => (self.load.begin(&self.target).await?, "on"),
            Switch::Off => (self.load.end().await?, "off"),
        };
        if changed { Ok(format!("the load is {on}")) } else { Err(Failure::usage(format!("the load is {on}"))) }
    }

    /// Ends everything.
    pub(super) async fn finish(&self) {
        // Its clients may wait for nodes that are about to go; nobody waits for them.
        self.cluster.lock().await.finish().await;
    }
}

impl Cluster {
    async fn act(&mut self, deed: &Deed) -> Result<String, Failure> {
        match deed {
            Deed::Kill { node } => self.kill(*node).map(|()| format!("node {node} is dead")),
            Deed::Start { node } => self.start(*node).await.map(|()| format!("node {node} serves again")),
            Deed::Freeze { node } => self.freeze(*node).map(|()| format!("node {node} is frozen")),
            Deed::Thaw { node } => self.thaw(*node).map(|()| format!("node {node} goes on")),
            Deed::Partition { groups } => {
                self.partition(groups);
                Ok(format!("the links between {groups} are cut"))
            }
            Deed::Slow { node, delay } => {
                self.slow(*node, *delay)?;
                Ok(format!("everything to and from node {node} takes {} ms more each way", delay.as_millis()))
            }
            Deed::Heal if self.heal() => Ok("every link is whole".to_owned()),
            Deed::Heal => Err(Failure::usage("every link is whole already")),
            Deed::Load { .. } => Err(Failure::usage("the load is no part of the cluster")),
        }
    }
}
