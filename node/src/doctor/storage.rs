use super::Finding;
use super::mount::Mount;
use crate::config::Limits;
use rustix::fs::{major, minor, stat, statvfs};
use std::fs;
use std::path::Path;

/// Room below this is an error.
const ROOM_MIN: u64 = 64 << 20;
/// Inodes below this are a warning; a node needs four.
const INODES_MIN: u64 = 64;

/// Where a data directory is, and what room is there.
pub(super) fn look(directory: &Path, limits: &Limits, findings: &mut Vec<Finding>) {
    file_system(directory, findings);
    write_cache(directory, findings);
    room(directory, limits, findings);
}

fn file_system(directory: &Path, findings: &mut Vec<Finding>) {
    const CHECK: &str = "file system";
    let mount = match Mount::of(directory) {
        Ok(mount) => mount,
        Err(error) => return findings.push(Finding::unmeasured(CHECK, error)),
    };
    let found = format!("{} at {} ({})", mount.kind, mount.point.display(), mount.source);
    let local = "Move the data directory to a local disk with ext4 or XFS before the node starts for the first time.";
    let kind = mount.kind.as_str();
    findings.push(if matches!(kind, "tmpfs" | "ramfs") {
        Finding::error(
            CHECK,
            found,
            "it is memory: nothing on it survives a power cut, and a node must not forget",
            local,
        )
    } else if matches!(kind, "nfs" | "nfs4" | "cifs" | "smb3" | "9p" | "ceph" | "afs") || kind.starts_with("fuse") {
        let cause =
            "it is a network or user-space file system: locks and memory maps, on which LMDB rests, may not hold";
        Finding::error(CHECK, found, cause, local)
    } else if kind == "overlay" {
        let cause =
            "it is a container's layer: it goes with the container, and a node that comes back empty must not vote";
        Finding::warning(CHECK, found, cause, "Mount a volume of the host for the data directory.")
    } else {
        Finding::ok(CHECK, found)
    });
    let barrier = |option: &&String| matches!(option.as_str(), "nobarrier" | "barrier=0" | "nobarriers");
    if let Some(option) = mount.options.iter().find(barrier) {
        let cause =
            "syncs do not reach the disk behind a volatile cache, so a power cut may take back what was promised";
        let found = format!("mounted with {option}");
        findings.push(Finding::error("mount options", found, cause, "Mount it without that option."));
    }
    if mount.options.iter().any(|option| option == "ro") {
        let cause = "the node cannot write its records";
        let cure = "Mount it read-write; the kernel log says why, if the kernel made it read-only after an error.";
        findings.push(Finding::error("mount options", "mounted read-only", cause, cure));
    }
}

/// What the kernel believes of the disk's cache. It decides whether a sync sends a flush at all.
fn write_cache(directory: &Path, findings: &mut Vec<Finding>) {
    const CHECK: &str = "write cache";
    let device = match stat(directory) {
        Ok(found) => format!("{}:{}", major(found.st_dev), minor(found.st_dev)),
        Err(error) => return findings.push(Finding::unmeasured(CHECK, error.to_string())),
    };
    // A partition has no queue of its own; its disk is one level up.
    let block = format!("/sys/dev/block/{device}");
    let setting = ["queue/write_cache", "../queue/write_cache"].map(|path| format!("{block}/{path}"));
    let read = setting.iter().find_map(|path| fs::read_to_string(path).ok());
    findings.push(match read.as_deref().map(str::trim) {
        Some("write back") => Finding::info(
            CHECK,
            "write back: the disk has a cache, and each sync flushes it; what it costs is measured below",
        ),
        Some("write through") => Finding::info(
            CHECK,
            "write through: the kernel takes the disk's cache for safe and sends no flush. That is right for a disk \
             without a cache or with protection against power loss; if somebody set it by hand, syncs are not honest",
        ),
        Some(other) => Finding::unmeasured(CHECK, format!("the kernel says {other:?}")),
        None => Finding::unmeasured(CHECK, format!("the kernel shows no setting for device {device}")),
    });
}

fn room(directory: &Path, limits: &Limits, findings: &mut Vec<Finding>) {
    let system = match statvfs(directory) {
        Ok(system) => system,
        Err(error) => return findings.push(Finding::unmeasured("free disk", error.to_string())),
    };
    let free = system.f_bavail.saturating_mul(system.f_frsize);
    let used = fs::metadata(directory.join("data.mdb")).map_or(0, |file| file.len());
    let grow = limits.map_bytes.saturating_sub(used);
    let found =
        format!("{} free, the data file has {} and may grow to {}", mib(free), mib(used), mib(limits.map_bytes));
    let cause = "a file system without room makes a commit fail, and then the node stops";
    findings.push(if free < ROOM_MIN {
        Finding::error("free disk", found, cause, "Make room now.")
    } else if free < grow {
        let fits = (free.saturating_add(used) >> 30).max(1);
        let cure = format!(
            "Set limits.map_gib to what the disk holds ({fits} at most): then the node refuses writes before the disk \
             is full, and /readyz says so."
        );
        Finding::warning("free disk", found, format!("the disk is full before map_gib is reached: {cause}"), cure)
    } else {
        Finding::ok("free disk", found)
    });
    findings.push(match (system.f_files, system.f_favail) {
        (0, _) => Finding::info("free inodes", "this file system does not count inodes"),
        (_, left) if left < INODES_MIN => Finding::warning(
            "free inodes",
            format!("{left} left"),
            "files of a recording or a log can no longer be made",
            "Remove files from this file system.",
        ),
        (all, left) => Finding::ok("free inodes", format!("{left} of {all}")),
    });
}

fn mib(bytes: u64) -> String {
    if bytes >= 10 << 30 { format!("{} GiB", bytes >> 30) } else { format!("{} MiB", bytes >> 20) }
}
