use super::answer::Answer;
use super::{Exit, Failure, Table, failure};
use quorate_client::wire::NodeStatus;
use quorate_client::{Client, NodeReport};
use quorate_protocol::{Config, NodeId, NodeSet};
use std::fmt::Write as _;

/// Shows each node, and whether reads and writes have their quorums.
///
/// # Errors
/// Nobody could be asked.
pub(super) async fn status(client: &Client) -> Result<Answer, Failure> {
    let nodes = client.status().await.map_err(|error| failure::plain(&error))?;
    let mut text = table(&nodes).render();
    let up: Vec<&NodeStatus> = nodes.iter().filter_map(|report| report.answer.as_ref().ok()).collect();
    if up.is_empty() {
        return Err(Failure::new(Exit::Unavailable, format!("no node answers\n{text}")));
    }
    let Some(config) = up.first().and_then(|status| voters(status)) else {
        return Err(Failure::new(Exit::Refused, "a node names no voters"));
    };
    let reachable = set(&config, up.iter().map(|status| status.node));
    let reads = config.is_majority(reachable);
    // A write needs one node that we reach and that itself reaches a majority.
    let proposers = up.iter().filter(|status| config.is_majority(seen(&config, status))).count();
    let needed = config.majority();
    let _ = writeln!(
        text,
        "\ncluster  {}, epoch {}",
        up.first().map_or_else(String::new, |s| s.cluster.to_string()),
        config.epoch().0
    );
    let voters = config.voters().len();
    let _ = writeln!(
        text,
        "reads    {}: {} of {voters} voters reachable from here, {needed} needed",
        word(reads),
        reachable.len()
    );
    let _ = writeln!(text, "writes   {}: {proposers} reachable nodes see a majority, 1 needed", word(proposers > 0));
    corrupt(&mut text, &up);
    Ok(Answer::text(text, if reads && proposers > 0 { Exit::Ok } else { Exit::Negative }))
}

fn table(nodes: &[NodeReport<NodeStatus>]) -> Table {
    let mut table = Table::new(&["node", "address", "state", "start", "uptime", "keys", "corrupt", "peers up"]);
    for NodeReport { node, address, answer } in nodes {
        match answer {
            Ok(status) => table.row(vec![
                node.0.to_string(),
                address.clone(),
                "up".to_owned(),
                status.incarnation.0.to_string(),
                uptime(status.uptime_ms),
                status.logs.to_string(),
                status.corrupt.to_string(),
                peers(status),
            ]),
            Err(reason) => {
                table.row(vec![node.0.to_string(), address.clone(), format!("down: {}", brief(&reason.to_string()))]);
            }
        }
    }
    table
}

fn corrupt(text: &mut String, up: &[&NodeStatus]) {
    for status in up.iter().filter(|status| status.corrupt > 0) {
        let keys: Vec<String> =
            status.corrupt_logs.iter().map(|log| super::bytes_text::excerpt(&log.key, 40)).collect();
        let _ = writeln!(text, "node {} has {} corrupt: {}", status.node.0, status.corrupt, keys.join(", "));
    }
}

fn voters(status: &NodeStatus) -> Option<Config> {
    Config::new(status.epoch, status.voters.iter().map(|voter| voter.node)).ok()
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

fn peers(status: &NodeStatus) -> String {
    let up = status.voters.iter().filter(|voter| voter.up && voter.node != status.node);
    let up: Vec<String> = up.map(|voter| voter.node.0.to_string()).collect();
    if up.is_empty() { "none".to_owned() } else { up.join(",") }
}

fn uptime(ms: u64) -> String {
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

fn word(available: bool) -> &'static str {
    if available { "available" } else { "UNAVAILABLE" }
}
