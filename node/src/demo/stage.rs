use super::cluster::Cluster;
use super::deed::{Deed, Switch};
use super::journal::{Entry, Journal};
use super::judge::{Judge, Judgement};
use super::link::Condition;
use super::load::Load;
use super::process::State;
use crate::cli::{Failure, Target, Watch};
use crate::history::Request;
use bytes::Bytes;
use quorate_history::Outcome;
use serde::Serialize;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What the prompt and the page act upon.
pub(super) struct Stage {
    cluster: tokio::sync::Mutex<Cluster>,
    target: Target,
    directory: PathBuf,
    load: Load,
    journal: Arc<Journal>,
    judgement: watch::Receiver<Judgement>,
    recent: Mutex<Recent>,
}

/// What happened lately, for the page.
#[derive(Debug, Default)]
struct Recent {
    events: VecDeque<Event>,
    keys: VecDeque<String>,
}

/// Something that was done.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Event {
    /// When, in seconds from the demo's start.
    at: f64,
    /// As it would be typed.
    line: String,
    /// What was said then.
    said: String,
}

/// Events that are remembered.
const EVENTS_MAX: usize = 40;
/// Keys that were typed and are shown.
const KEYS_MAX: usize = 4;

impl Stage {
    /// With a cluster that runs. Whatever is done from now on is judged; must be called within a runtime.
    pub(super) fn new(cluster: Cluster) -> Self {
        let (target, directory) = (cluster.target(), cluster.directory());
        let journal = Arc::new(Journal::new());
        let (told, judgement) = watch::channel(Judgement::default());
        tokio::spawn(Judge::new(Arc::clone(&journal), told).run());
        let cluster = tokio::sync::Mutex::new(cluster);
        Self { cluster, target, directory, load: Load::new(), journal, judgement, recent: Mutex::default() }
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

    /// What its own clients do and are told.
    pub(super) fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What is known of whether they saw something impossible.
    pub(super) fn judgement(&self) -> Judgement {
        self.judgement.borrow().clone()
    }

    /// What was done lately, the oldest first.
    pub(super) fn events(&self) -> Vec<Event> {
        self.recent().events.iter().cloned().collect()
    }

    /// The keys that were typed last.
    pub(super) fn typed_keys(&self) -> Vec<String> {
        self.recent().keys.iter().cloned().collect()
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        // For people: a panic elsewhere makes it no worse.
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
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
        let said = match deed {
            Deed::Load { switch } => self.switch(*switch).await?,
            deed => self.cluster.lock().await.act(deed).await.inspect(|_| self.load.meter().mark(&deed.to_string()))?,
        };
        let at = self.journal.clock().elapsed().as_secs_f64();
        let events = &mut self.recent().events;
        events.push_back(Event { at, line: deed.to_string(), said: said.clone() });
        if events.len() > EVENTS_MAX {
            events.pop_front();
        }
        Ok(said)
    }

    async fn switch(&self, switch: Switch) -> Result<String, Failure> {
        let (changed, on) = match switch {
            Switch::On => (self.load.begin(&self.target, &self.journal).await?, "on"),
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

/// What is typed is written down, and shown.
impl Watch for Stage {
    type Place = Entry;

    fn begins(&self, key: &Bytes, request: &Request) -> Option<Entry> {
        if let Ok(text) = std::str::from_utf8(key) {
            let keys = &mut self.recent().keys;
            keys.retain(|other| other != text);
            keys.push_front(text.to_owned());
            keys.truncate(KEYS_MAX);
        }
        self.journal.begin_typed(key, request)
    }

    fn ends(&self, place: Entry, told: Outcome) {
        self.journal.end(place, told);
    }
}
