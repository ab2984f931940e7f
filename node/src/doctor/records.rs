use super::Finding;
use crate::cli::excerpt;
use crate::config::NodeConfig;
use crate::store::{Examined, LmdbStore, StoreError};
use quorate_protocol::KEY_BYTES_MAX;
use std::path::Path;

/// Corrupt records that are named.
const NAMED_MAX: usize = 8;
/// Bytes of a store's key besides the key itself: the namespace.
const NAMESPACE_BYTES: usize = 4;

/// Whose data a directory holds, and whether every record in it passes its checks. The directory is opened for reading
/// alone, under the lock that a node holds while it runs.
pub(super) fn look(directory: &Path, config: Option<&NodeConfig>, findings: &mut Vec<Finding>) {
    const CHECK: &str = "identity";
    match LmdbStore::examine(directory, NAMED_MAX) {
        Ok(examined) => {
            identity(&examined, config, findings);
            records(&examined, findings);
            keys(&examined, findings);
        }
        Err(StoreError::Locked(_)) => {
            findings.push(Finding::unmeasured(CHECK, "a process uses the directory, most likely its node"));
            let why = "the node runs; stop it and run the doctor again. It checks each record it meets: see `corrupt` \
                       in `quorate status`";
            findings.push(Finding::unmeasured("records", why));
        }
        Err(error @ StoreError::Uninitialized(_)) => {
            let cause = "a node starts on a directory that was made for it alone";
            findings.push(Finding::error(CHECK, error.to_string(), cause, "Make one with `quorate init`."));
        }
        Err(StoreError::Corrupt(corruption)) => findings.push(Finding::error(
            CHECK,
            format!("the identity does not pass its check: {corruption}"),
            "nobody knows whose data this is, or how often its node has started",
            "Leave the node off, and find out what happened to the disk.",
        )),
        Err(error @ StoreError::Io { .. }) => findings.push(Finding::unmeasured(CHECK, error.to_string())),
        Err(error) => findings.push(Finding::error(
            "records",
            error.to_string(),
            "the data file cannot be read as it should",
            "Look at the kernel log and the disk's own counters; leave the node off until the disk is trusted again.",
        )),
    }
}

fn identity(examined: &Examined, config: Option<&NodeConfig>, findings: &mut Vec<Finding>) {
    let found = examined.identity;
    let (node, epoch, starts) = (found.node.0, found.epoch.0, found.incarnation.0);
    let text = format!("node {node} of cluster {:032x}, epoch {epoch}; starts so far: {starts}", found.cluster);
    let Some(config) = config else {
        return findings.push(Finding::ok("identity", text));
    };
    let expected = (config.cluster, config.node, config.voters.epoch());
    findings.push(if (found.cluster, found.node, found.epoch) == expected {
        Finding::ok("identity", text)
    } else {
        let (cluster, epoch) = (config.cluster, config.voters.epoch().0);
        let cause = format!("the configuration names node {} of cluster {cluster:032x}, epoch {epoch}", config.node.0);
        let cure = "Set `data` to this node's own directory. Never make another node's directory fit.";
        Finding::error("identity", text, cause, cure)
    });
}

fn records(examined: &Examined, findings: &mut Vec<Finding>) {
    let (all, corrupt) = (examined.records, examined.corrupt);
    if corrupt == 0 {
        return findings.push(Finding::ok("records", format!("{all} read, and each passes its checks")));
    }
    let named = examined.named.iter().map(|(key, corruption)| format!("{} ({corruption})", excerpt(key, 40)));
    let found = format!("{corrupt} of {all} are corrupt: {}", named.collect::<Vec<_>>().join(", "));
    let cause = "the node neither votes nor answers for these keys; one flipped bit is seldom alone";
    let cure = "Do not delete them. \"When something is wrong\" in docs/operating.md says what to do.";
    findings.push(Finding::error("records", found, cause, cure));
}

fn keys(examined: &Examined, findings: &mut Vec<Finding>) {
    let (needed, room) = (KEY_BYTES_MAX + NAMESPACE_BYTES, examined.key_bytes_max);
    findings.push(if room >= needed {
        Finding::ok(
            "key limit",
            format!("keys have up to {KEY_BYTES_MAX} bytes, {needed} in the store, which takes {room}"),
        )
    } else {
        let cause = "this binary was built with an LMDB that takes shorter keys than the wire does";
        let found = format!("the store takes keys of {room} bytes, {needed} are needed");
        Finding::error("key limit", found, cause, "Build LMDB with its default maximum of 511 bytes.")
    });
}
