use super::answer::Answer;
use super::table::{BAD, GOOD, paint};
use super::{Exit, Failure, Table, Target};
use quorate_client::NodeReport;
use quorate_client::wire::NodeStatus;
use quorate_protocol::{Config, NodeId, NodeSet};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// What the nodes said when they were asked how they are.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    nodes: Vec<NodeReport<NodeStatus>>,
}

/// Whether the cluster serves, as seen from here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quorums {
    voters: usize,
    needed: usize,
    reachable: usize,
    reads: bool,
    /// Reachable nodes that themselves reach a majority: a write needs one.
    proposers: usize,
}

impl Quorums {
    pub(super) fn reads(self) -> bool {
        self.reads
    }

    pub(super) fn writes(self) -> bool {
        self.proposers > 0
    }
}

impl Look {
    /// What these answers say.
    pub(crate) fn at(nodes: Vec<NodeReport<NodeStatus>>) -> Self {
        Self { nodes }
    }

    /// Each node's answer.
    pub(super) fn nodes(&self) -> &[NodeReport<NodeStatus>] {
        &self.nodes
    }

    /// The nodes that answered.
    pub(crate) fn up(&self) -> impl Iterator<Item = &NodeStatus> {
        self.nodes.iter().filter_map(|report| report.answer.as_ref().ok())
    }

    fn config(&self) -> Option<Config> {
        let status = self.up().next()?;
        Config::new(status.epoch, status.voters.iter().map(|voter| voter.node)).ok()
    }

    /// `None` if nobody answers, or what answers names no voters.
    pub(super) fn quorums(&self) -> Option<Quorums> {
        let config = self.config()?;
        let reachable = set(&config, self.up().map(|status| status.node));
        let sees_majority = |status: &&NodeStatus| config.is_majority(seen(&config, status));
        Some(Quorums {
            voters: config.voters().len(),
            needed: config.majority(),
            reachable: reachable.len(),
            reads: config.is_majority(reachable),
            proposers: self.up().filter(sees_majority).count(),
        })
    }

    /// As `status` prints it.
    ///
    /// # Errors
    /// Nobody answers.
    pub(super) fn answer(&self, target: &Target) -> Result<Answer, Failure> {
        let table = self.table().render_in(target.format.color());
        let Some(quorums) = self.quorums() else {
            let failure = if self.up().next().is_some() {
                Failure::new(Exit::Refused, "a node names no voters").hint("Is it of another version?")
            } else {
                Failure::new(Exit::Unavailable, "no node answers").hint(
                    "Start the nodes, or name others with --endpoints; the log of a node says why it does not start.",
                )
            };
            let table = self.table().render_in(target.format.color_on_stderr());
            return Err(failure.aside(table).with("nodes", self.nodes_json(target)));
        };
        let exit = if quorums.reads() && quorums.writes() { Exit::Ok } else { Exit::Negative };
        let outcome = if exit == Exit::Ok { "available" } else { "unavailable" };
        let shown = format!("{table}\n{}", self.summary(quorums, target.format.color()));
        let plain = format!("{}\n{}", self.table().render(), self.summary(quorums, false));
        let answer = Answer::text(outcome, plain, exit).shown_as(shown);
        let answer = self.identity().into_iter().fold(answer, |answer, (name, value)| answer.with(name, value));
        let Quorums { voters, needed, reachable, proposers, .. } = quorums;
        let reads = json!({ "available": quorums.reads(), "voters": voters, "reachable": reachable, "needed": needed });
        let writes = json!({ "available": quorums.writes(), "proposers": proposers, "needed": 1 });
        Ok(answer.with("reads", reads).with("writes", writes).with("nodes", self.nodes_json(target)))
    }

    /// As a watch prints it when nobody answers.
    pub(super) fn nobody(&self, target: &Target) -> Answer {
        let text = self.table().render();
        Answer::text("unavailable", text, Exit::Negative).with("nodes", self.nodes_json(target))
    }

    fn identity(&self) -> Vec<(&'static str, Value)> {
        let first = self.up().next();
        let named =
            first.map(|status| vec![("cluster", json!(status.cluster.to_string())), ("epoch", json!(status.epoch.0))]);
        named.unwrap_or_default()
    }

    /// A row for each node.
    pub(super) fn table(&self) -> Table {
        let mut table = Table::new(&["node", "address", "state", "start", "uptime", "keys", "corrupt", "peers up"]);
        for NodeReport { node, address, answer } in &self.nodes {
            match answer {
                Ok(status) => {
                    table.row(vec![
                        node.0.to_string(),
                        address.clone(),
                        "up".to_owned(),
                        status.incarnation.0.to_string(),
                        uptime(status.uptime_ms),
                        status.logs.to_string(),
                        status.corrupt.to_string(),
                        peers(status),
                    ]);
                    table.style(2, GOOD);
                    if status.corrupt > 0 {
                        table.style(6, BAD);
                    }
                }
                Err(reason) => {
                    table.row(vec![
                        node.0.to_string(),
                        address.clone(),
                        format!("down: {}", brief(&reason.to_string())),
                    ]);
                    table.style(2, BAD);
                }
            }
        }
        table
    }

    /// The lines below the table.
    pub(super) fn summary(&self, quorums: Quorums, color: bool) -> String {
        let Quorums { voters, needed, reachable, proposers, .. } = quorums;
        let mut text = String::new();
        if let Some(first) = self.up().next() {
            let _ = writeln!(text, "cluster  {}, epoch {}", first.cluster, first.epoch.0);
        }
        let _ = writeln!(
            text,
            "reads    {}: {reachable} of {voters} voters reachable from here, {needed} needed",
            word(quorums.reads(), color)
        );
        let _ = writeln!(
            text,
            "writes   {}: {proposers} reachable nodes see a majority, 1 needed",
            word(quorums.writes(), color)
        );
        for status in self.up().filter(|status| status.corrupt > 0) {
            let keys = status.corrupt_logs.iter().map(|log| super::bytes_text::excerpt(&log.key, 40));
            let keys = keys.collect::<Vec<_>>().join(", ");
            let _ = writeln!(text, "node {} has {} corrupt: {keys}", status.node.0, status.corrupt);
        }
        text
    }

    /// Each node, for programs.
    pub(super) fn nodes_json(&self, target: &Target) -> Value {
        self.nodes.iter().map(|report| node_json(report, target)).collect()
    }
}

fn node_json(report: &NodeReport<NodeStatus>, target: &Target) -> Value {
    let encoding = target.format.encoding();
    let (node, address) = (report.node.0, &report.address);
    match &report.answer {
        Ok(status) => json!({
            "node": node,
            "address": address,
            "state": "up",
            "start": status.incarnation.0,
            "version": status.version,
            "uptime_ms": status.uptime_ms,
            "keys": status.logs,
            "corrupt": status.corrupt,
            "corrupt_keys": status.corrupt_logs.iter().map(|log| encoding.json(&log.key)).collect::<Value>(),
            "peers_up": up_peers(status).collect::<Value>(),
            "counters": status.counters.iter().map(|c| (c.name.clone(), json!(c.value))).collect::<Map<_, _>>(),
        }),
        Err(reason) => json!({ "node": node, "address": address, "state": "down", "reason": reason.to_string() }),
    }
}

fn seen(config: &Config, status: &NodeStatus) -> NodeSet {
    set(config, status.voters.iter().filter(|voter| voter.up).map(|voter| voter.node))
}

fn set(config: &Config, nodes: impl Iterator<Item = NodeId>) -> NodeSet {
    nodes.fold(NodeSet::default(), |mut set, node| {
        set.insert(config, node);
        set
    })
}

fn up_peers(status: &NodeStatus) -> impl Iterator<Item = u16> {
    status.voters.iter().filter(|voter| voter.up && voter.node != status.node).map(|voter| voter.node.0)
}

fn peers(status: &NodeStatus) -> String {
    let up: Vec<String> = up_peers(status).map(|node| node.to_string()).collect();
    if up.is_empty() { "none".to_owned() } else { up.join(",") }
}

/// A time in the unit that people would say it in.
pub(super) fn uptime(ms: u64) -> String {
    match ms / 1000 {
        s @ 0..120 => format!("{s}s"),
        s @ 120..7200 => format!("{}m", s / 60),
        s => format!("{}h", s / 3600),
    }
}

/// Without what every such line has: that it is about connecting, and the number that the system has for it.
fn brief(reason: &str) -> &str {
    let reason = reason.strip_prefix("cannot connect: ").unwrap_or(reason);
    reason.split(" (os error").next().unwrap_or(reason)
}

fn word(available: bool, color: bool) -> String {
    if available { paint("available", color.then_some(GOOD)) } else { paint("UNAVAILABLE", color.then_some(BAD)) }
}
