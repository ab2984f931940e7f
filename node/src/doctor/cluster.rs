use super::Finding;
use crate::cli::{Target, connect};
use quorate_client::NodeReport;
use quorate_client::wire::NodeStatus;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::time::{Duration, Instant};

/// How far apart two looks are, for what moves in between.
const APART: Duration = Duration::from_millis(600);
/// How far a node's clock may seem to drift in between: an answer's way takes time.
const DRIFT: Duration = Duration::from_millis(150);

/// What the nodes say, of themselves and of each other.
pub(super) async fn look(target: &Target, findings: &mut Vec<Finding>) {
    const CHECK: &str = "cluster";
    let client = match connect(target).await {
        Ok(client) => client,
        Err(failure) => {
            let why = format!("{}; --endpoints names others, --offline asks none", failure.message);
            return findings.push(Finding::unmeasured(CHECK, why));
        }
    };
    let begun = Instant::now();
    let Ok(first) = client.status().await else {
        return findings.push(Finding::unmeasured(CHECK, "the nodes could not be asked"));
    };
    tokio::time::sleep(APART).await;
    let between = begun.elapsed();
    let Ok(nodes) = client.status().await else {
        return findings.push(Finding::unmeasured(CHECK, "the nodes could not be asked again"));
    };
    reachable(&nodes, findings);
    let up: Vec<&NodeStatus> = nodes.iter().filter_map(|report| report.answer.as_ref().ok()).collect();
    same(&up, findings);
    starts(&up, findings);
    corrupt(&up, findings);
    for status in &up {
        counters(status, findings);
    }
    clocks(&first, &up, between, findings);
}

fn reachable(nodes: &[NodeReport<NodeStatus>], findings: &mut Vec<Finding>) {
    const CHECK: &str = "nodes";
    for report in nodes {
        let Err(reason) = &report.answer else { continue };
        let found = format!("node {} at {} does not answer: {reason}", report.node.0, report.address);
        let cause = "reads and writes go on while a majority answers; one failure less is tolerated until it is back";
        findings.push(Finding::warning(CHECK, found, cause, "Start it; its log says why, if it does not start."));
    }
    for status in nodes.iter().filter_map(|report| report.answer.as_ref().ok()) {
        for voter in status.voters.iter().filter(|voter| !voter.up) {
            let answers = |report: &NodeReport<NodeStatus>| report.node == voter.node && report.answer.is_ok();
            if nodes.iter().any(answers) {
                let found =
                    format!("node {} has no connection to node {}, which answers here", status.node.0, voter.node.0);
                let cause = "the network between them is cut, or the addresses in [members] are not what they reach";
                findings.push(Finding::warning(CHECK, found, cause, "Compare [members] in both files; try the port."));
            }
        }
    }
    let answering = nodes.iter().filter(|report| report.answer.is_ok()).count();
    findings.push(Finding::info(CHECK, format!("{answering} of {} answer", nodes.len())));
}

fn same(up: &[&NodeStatus], findings: &mut Vec<Finding>) {
    let versions = distinct(up.iter().map(|status| &status.version));
    let ours = env!("CARGO_PKG_VERSION");
    findings.push(match versions.as_slice() {
        [one] if one == ours => Finding::ok("versions", format!("all nodes and this command are {ours}")),
        [one] => Finding::info("versions", format!("all nodes are {one}, this command is {ours}")),
        [] => Finding::unmeasured("versions", "no node answers"),
        several => Finding::warning(
            "versions",
            format!("the nodes are {}", several.join(", ")),
            "that is right during a rolling upgrade, and at no other time",
            "Finish the upgrade, a node at a time.",
        ),
    });
    let epochs = distinct(up.iter().map(|status| status.epoch.0));
    findings.push(match epochs.as_slice() {
        [] => Finding::unmeasured("epochs", "no node answers"),
        [one] => Finding::ok("epochs", format!("all nodes are in configuration epoch {one}")),
        several => Finding::error(
            "epochs",
            format!("the nodes are in epochs {}", several.join(", ")),
            "nodes of different epochs refuse each other",
            "Give every node the same `epoch` and [members].",
        ),
    });
}

fn distinct(words: impl Iterator<Item = impl Display>) -> Vec<String> {
    words.map(|word| word.to_string()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Each node's start against what the others have heard of it.
fn starts(up: &[&NodeStatus], findings: &mut Vec<Finding>) {
    const CHECK: &str = "starts";
    let before = findings.len();
    for status in up {
        for other in up {
            let heard = other.voters.iter().find(|voter| voter.node == status.node);
            let Some(later) = heard.map(|voter| voter.incarnation).filter(|heard| *heard > status.incarnation) else {
                continue;
            };
            let (node, own) = (status.node.0, status.incarnation.0);
            findings.push(Finding::error(
                CHECK,
                format!(
                    "node {node} runs as start {own}, and node {} has heard of its start {}",
                    other.node.0, later.0
                ),
                "its data directory is older than what it has voted with: a backup, or a copy",
                "Stop it now, and leave it off; docs/protocol/absent.md says why it must not come back.",
            ));
        }
    }
    if findings.len() == before && !up.is_empty() {
        let starts = up.iter().map(|status| format!("node {}: {}", status.node.0, status.incarnation.0));
        findings.push(Finding::ok(CHECK, starts.collect::<Vec<_>>().join(", ")));
    }
}

fn corrupt(up: &[&NodeStatus], findings: &mut Vec<Finding>) {
    for status in up.iter().filter(|status| status.corrupt > 0) {
        let found = format!("node {} has met {} corrupt records", status.node.0, status.corrupt);
        let cause = "it neither votes nor answers for these keys; one flipped bit is seldom alone";
        let cure = "`quorate status` names them; stop the node and run the doctor on its data directory.";
        findings.push(Finding::error("corrupt keys", found, cause, cure));
    }
}

/// Counters that should stay at 0.
fn counters(status: &NodeStatus, findings: &mut Vec<Finding>) {
    let node = status.node.0;
    let counted = |name: &str| status.counter(name).filter(|count| *count > 0);
    if let Some(count) = counted("quorate_malformed_total") {
        let found = format!("node {node} has had {count} messages that no replica can have sent");
        let cause = "a node of another version or a fault of ours; or somebody else speaks to its port";
        findings.push(Finding::warning(
            "messages",
            found,
            cause,
            "Compare versions; keep the port off other networks.",
        ));
    }
    if let Some(count) = counted("quorate_overloaded_total") {
        let found = format!("node {node} has refused {count} requests since it had too much under way");
        findings.push(Finding::info("load", found));
    }
}

/// How fast each node's clock runs, beside ours. The time of day travels in no answer.
fn clocks(first: &[NodeReport<NodeStatus>], up: &[&NodeStatus], between: Duration, findings: &mut Vec<Finding>) {
    const CHECK: &str = "clocks";
    let mut drifts = Vec::new();
    for status in up {
        let earlier = first.iter().filter_map(|report| report.answer.as_ref().ok());
        let earlier = earlier.filter(|earlier| earlier.incarnation == status.incarnation);
        let Some(then) = earlier.into_iter().find(|earlier| earlier.node == status.node) else { continue };
        let passed = Duration::from_millis(status.uptime_ms.saturating_sub(then.uptime_ms));
        if passed.abs_diff(between) > DRIFT {
            drifts.push(format!(
                "node {}: {} ms in {} ms here",
                status.node.0,
                passed.as_millis(),
                between.as_millis()
            ));
        }
    }
    let pace = if drifts.is_empty() {
        format!("the clocks of {} nodes run as fast as ours", up.len())
    } else {
        format!("some clocks run at another pace, or the answers were late: {}", drifts.join(", "))
    };
    findings.push(Finding::info(CHECK, format!("{pace}; no rule rests on clocks")));
    findings.push(Finding::unmeasured(
        CHECK,
        "the time of day at the nodes: their answers do not carry it, and nothing needs it",
    ));
}
