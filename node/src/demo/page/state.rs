use super::look::Look;
use crate::demo::judge::Judgement;
use crate::demo::link::Condition;
use crate::demo::load::{Gap, Second, Summary};
use crate::demo::process::State as ProcessState;
use crate::demo::stage::{Event, Stage};
use quorate_client::NodeReport;
use quorate_client::wire::{Inspection, NodeStatus};
use quorate_protocol::Entry;
use serde::Serialize;

/// Everything that the page shows.
#[derive(Debug, Serialize)]
pub(super) struct State {
    /// Seconds since the demo began.
    seconds: f64,
    load: bool,
    nodes: Vec<Node>,
    links: Vec<Link>,
    /// The latest seconds of the load, the oldest first.
    trail: Vec<Second>,
    /// What was done, and what the load saw then.
    stretches: Vec<Stretch>,
    operations: u64,
    unknown: u64,
    gap: Gap,
    keys: Vec<KeyView>,
    judgement: Judgement,
    verdict: String,
    events: Vec<Event>,
}

#[derive(Debug, Serialize)]
struct Stretch {
    after: String,
    #[serde(flatten)]
    summary: Summary,
}

#[derive(Debug, Serialize)]
struct Node {
    node: u16,
    /// up, frozen or dead.
    state: &'static str,
    #[serde(flatten)]
    said: NodeView,
}

/// What a node says of itself.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct NodeView {
    #[serde(skip)]
    node: u16,
    address: String,
    /// Which start of it; 0 if it did not answer.
    start: u32,
    keys: u64,
    /// The others that it reaches.
    reaches: Vec<u16>,
}

#[derive(Debug, Serialize)]
struct Link {
    one: u16,
    other: u16,
    /// up, slow or cut.
    condition: &'static str,
    /// Of a slow one.
    ms: u64,
}

/// One key, as each replica holds it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct KeyView {
    key: String,
    replicas: Vec<Replica>,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Replica {
    node: u16,
    /// Whether it answered.
    answered: bool,
    /// 0 for none.
    chosen: u64,
    ballot: String,
    value: String,
    promised: String,
    open: u64,
    accepted: String,
    accepted_value: String,
}

/// Characters of a value.
const VALUE_MAX: usize = 24;
/// Characters of a key.
const KEY_MAX: usize = 40;

impl State {
    /// Of a stage, as it is now, with what the nodes said last.
    pub(super) async fn of(stage: &Stage, look: Look) -> Self {
        let (processes, links) = stage.nodes().await;
        let mut said = look.nodes.into_iter();
        let nodes = processes.iter().zip(1..).map(|(process, node)| {
            let said = said.find(|view| view.node == node).unwrap_or_default();
            Node { node, state: word(*process), said: if *process == ProcessState::Up { said } else { said.silent() } }
        });
        let meter = stage.load().meter();
        let (operations, unknown) = meter.totals();
        let judgement = stage.judgement();
        let stretches = meter.stretches().into_iter().map(|(after, summary)| Stretch { after, summary });
        Self {
            seconds: stage.journal().clock().elapsed().as_secs_f64(),
            load: stage.load().is_on(),
            nodes: nodes.collect(),
            links: links.into_iter().map(Link::new).collect(),
            trail: meter.seconds(),
            stretches: stretches.collect(),
            operations,
            unknown,
            gap: meter.longest_gap(),
            keys: look.keys,
            verdict: judgement.words(),
            judgement,
            events: stage.events(),
        }
    }
}

impl NodeView {
    /// Of a node's answer.
    pub(super) fn new(report: &NodeReport<NodeStatus>) -> Self {
        let unknown = Self { node: report.node.0, address: report.address.clone(), ..Self::default() };
        let Ok(status) = &report.answer else { return unknown };
        let reaches = status.voters.iter().filter(|voter| voter.up && voter.node != status.node);
        let reaches = reaches.map(|voter| voter.node.0).collect();
        Self { start: status.incarnation.0, keys: status.logs, reaches, ..unknown }
    }

    fn silent(self) -> Self {
        Self { start: 0, keys: 0, reaches: Vec::new(), ..self }
    }
}

impl Link {
    fn new((one, other, condition): (u16, u16, Condition)) -> Self {
        let (condition, ms) = match condition {
            Condition::Up => ("up", 0),
            Condition::Slow(delay) => ("slow", u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)),
            Condition::Cut => ("cut", 0),
        };
        Self { one, other, condition, ms }
    }
}

impl KeyView {
    /// Of what the replicas said about a key.
    pub(super) fn new(key: String, found: &[NodeReport<Inspection>]) -> Self {
        let key = if key.chars().count() > KEY_MAX { key.chars().take(KEY_MAX).chain(['…']).collect() } else { key };
        Self { key, replicas: found.iter().map(Replica::new).collect() }
    }
}

impl Replica {
    fn new(report: &NodeReport<Inspection>) -> Self {
        let silent = Self { node: report.node.0, ..Self::default() };
        let Ok(inspection) = &report.answer else { return silent };
        let silent = Self { answered: true, ..silent };
        let Some(record) = &inspection.record else { return silent };
        let chosen = record.chosen.as_ref();
        let accepted = record.accepted.as_ref();
        Self {
            chosen: chosen.map_or(0, |chosen| chosen.slot.0),
            ballot: chosen.map(|chosen| chosen.ballot.to_string()).unwrap_or_default(),
            value: chosen.map(|chosen| value(&chosen.entry)).unwrap_or_default(),
            promised: record.promised.to_string(),
            open: record.open_slot().0,
            accepted: accepted.map(|accepted| accepted.ballot.to_string()).unwrap_or_default(),
            accepted_value: accepted.map(|accepted| value(&accepted.entry)).unwrap_or_default(),
            ..silent
        }
    }
}

fn value(entry: &Entry) -> String {
    let Some(value) = &entry.value else { return "(none)".to_owned() };
    let text: String = String::from_utf8_lossy(value).chars().take(VALUE_MAX + 1).collect();
    if text.chars().count() > VALUE_MAX { text.chars().take(VALUE_MAX).chain(['…']).collect() } else { text }
}

fn word(state: ProcessState) -> &'static str {
    match state {
        ProcessState::Up => "up",
        ProcessState::Frozen => "frozen",
        ProcessState::Dead => "dead",
    }
}
