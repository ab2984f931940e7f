use super::Finding;
use crate::config::Limits;
use quorate_client::wire::limits::PEER_CONNECTIONS_MAX;
use quorate_protocol::VOTERS_MAX;
use rustix::process::{Resource, getrlimit};
use std::fs;

/// Descriptors besides connections: the store, the log, ports, the recording.
const DESCRIPTORS_OWN: u64 = 64;

/// The machine, and the limits of this shell: a service manager may set others for the node.
pub(super) fn look(limits: &Limits, findings: &mut Vec<Finding>) {
    findings.push(descriptors(limits, getrlimit(Resource::Nofile).current));
    findings.push(address_space(limits, getrlimit(Resource::As).current));
    findings.push(overcommit());
    findings.push(swap());
}

/// `soft`: `None` for no limit.
fn descriptors(limits: &Limits, soft: Option<u64>) -> Finding {
    const CHECK: &str = "file descriptors";
    let whole = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    // A node holds one connection to each peer besides those that it takes from it.
    let peers = whole((PEER_CONNECTIONS_MAX + 1) * VOTERS_MAX);
    let needed = whole(limits.connections).saturating_add(peers).saturating_add(DESCRIPTORS_OWN);
    let Some(soft) = soft else {
        return Finding::ok(CHECK, format!("no limit here; a node needs up to {needed}"));
    };
    let found = format!("{soft} allowed here; a node needs up to {needed} with {} connections", limits.connections);
    if soft >= needed {
        return Finding::ok(CHECK, found);
    }
    let cause = "connections beyond it are not taken, those of other nodes among them";
    let cure = format!("Raise it (ulimit -n {needed}, LimitNOFILE={needed} in a unit), or lower limits.connections.");
    Finding::warning(CHECK, found, cause, cure)
}

fn address_space(limits: &Limits, soft: Option<u64>) -> Finding {
    const CHECK: &str = "address space";
    let Some(soft) = soft else { return Finding::ok(CHECK, "no limit here") };
    let found = format!("{} MiB allowed here, map_gib takes {} MiB", soft >> 20, limits.map_bytes >> 20);
    if soft > limits.map_bytes.saturating_add(1 << 30) {
        return Finding::ok(CHECK, found);
    }
    let cause = "the data file is mapped whole, so the store does not open";
    Finding::error(CHECK, found, cause, "Lift the limit (ulimit -v unlimited), or lower limits.map_gib.")
}

fn overcommit() -> Finding {
    const CHECK: &str = "overcommit";
    match fs::read_to_string("/proc/sys/vm/overcommit_memory").as_deref().map(str::trim) {
        Ok("2") => {
            Finding::info(CHECK, "strict (2); the data file's map is read-only and file-backed, so it does not count")
        }
        Ok(mode @ ("0" | "1")) => Finding::ok(CHECK, format!("mode {mode}")),
        Ok(other) => Finding::unmeasured(CHECK, format!("mode {other:?}")),
        Err(error) => Finding::unmeasured(CHECK, error.to_string()),
    }
}

fn swap() -> Finding {
    const CHECK: &str = "swap";
    let text = match fs::read_to_string("/proc/meminfo") {
        Ok(text) => text,
        Err(error) => return Finding::unmeasured(CHECK, error.to_string()),
    };
    let kib = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().trim_end_matches(" kB").parse::<u64>().ok()
    };
    match (kib("SwapTotal"), kib("SwapFree"), kib("MemAvailable")) {
        (Some(0), _, Some(memory)) => Finding::ok(CHECK, format!("none; {} MiB of memory available", memory / 1024)),
        (Some(all), Some(free), Some(memory)) => Finding::info(
            CHECK,
            format!(
                "{} of {} MiB used, {} MiB of memory available; a node that is swapped out answers late, which costs \
                 time and breaks nothing",
                all.saturating_sub(free) / 1024,
                all / 1024,
                memory / 1024
            ),
        ),
        _ => Finding::unmeasured(CHECK, "/proc/meminfo does not say"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn descriptors_against_connections() {
        let limits = Limits::default();
        assert_eq!(descriptors(&limits, Some(1024)).level, Level::Warning);
        assert_eq!(descriptors(&limits, Some(4096)).level, Level::Ok);
        assert_eq!(descriptors(&limits, None).level, Level::Ok);
        assert_eq!(address_space(&limits, Some(1 << 30)).level, Level::Error);
    }
}
