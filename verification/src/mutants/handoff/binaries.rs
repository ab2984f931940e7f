//! The test binaries of quorate-handoff under loom, built with the wrong variants, and runs of one test each.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

/// What `node/handoff/src/mutant.rs` reads.
const VARIABLE: &str = "QUORATE_HANDOFF_MUTANT";
/// The exit code of a Rust test binary of which a test failed.
const TEST_FAILED: i32 = 101;
/// loom panics again while it unwinds from some deadlocks, which aborts the process.
#[cfg(unix)]
const SIGABRT: i32 = 6;

pub(super) struct Binaries {
    by_suite: BTreeMap<String, PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Passed,
    Failed,
    TimedOut,
}

pub(super) struct Run {
    pub(super) ending: Ending,
    /// Whether the wrong code ran.
    pub(super) reached: bool,
    pub(super) seconds: f64,
}

impl Binaries {
    /// Builds them. Cargo names each on a line: `Executable tests/NAME.rs (PATH)`.
    pub(super) fn build() -> io::Result<Self> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = package.parent().unwrap_or(package);
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        eprintln!("building the wrong variants of the hand-over under loom in target/loom-mutants");
        let built = Command::new(cargo)
            .current_dir(root)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", "--cfg loom")
            .env("CARGO_TERM_COLOR", "never")
            .args(["test", "--no-run", "--release", "--package", "quorate-handoff", "--features", "mutants"])
            .args(["--test", "loom_*", "--target-dir", "target/loom-mutants"])
            .stdin(Stdio::null())
            .output()?;
        let told = String::from_utf8_lossy(&built.stderr);
        if !built.status.success() {
            return Err(io::Error::other(format!("cargo could not build the loom tests:\n{told}")));
        }
        let by_suite = told.lines().filter_map(executable).map(|(suite, path)| (suite, root.join(path))).collect();
        Ok(Self { by_suite })
    }

    /// The tests of a suite, by name.
    pub(super) fn tests(&self, suite: &str) -> io::Result<Vec<String>> {
        let listed = Command::new(self.path(suite)?).args(["--list", "--format", "terse"]).output()?;
        let listed = String::from_utf8_lossy(&listed.stdout);
        Ok(listed.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
    }

    /// Runs one test in a process of its own, with a variant switched on or none.
    pub(super) fn run(&self, suite: &str, test: &str, mutant: Option<&str>, limit: Duration) -> io::Result<Run> {
        let mut command = Command::new(self.path(suite)?);
        command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
        command.env_remove(VARIABLE).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        if let Some(mutant) = mutant {
            command.env(VARIABLE, mutant);
        }
        let started = Instant::now();
        let mut child = command.spawn()?;
        let mut stderr = child.stderr.take().ok_or_else(|| io::Error::other("the test has no stderr"))?;
        // Read while it runs: a full pipe would stop it.
        let reader = spawn(move || {
            let mut told = Vec::new();
            stderr.read_to_end(&mut told).map(|_| told)
        });
        let status = loop {
            match child.try_wait()? {
                Some(status) => break Some(status),
                None if started.elapsed() >= limit => {
                    child.kill()?;
                    child.wait()?;
                    break None;
                }
                None => sleep(Duration::from_millis(5)),
            }
        };
        let seconds = started.elapsed().as_secs_f64();
        let told = reader.join().map_err(|_| io::Error::other("the reader of a test's stderr panicked"))??;
        let told = String::from_utf8_lossy(&told);
        let reached = mutant.is_some_and(|mutant| {
            let sign = format!("mutant reached: {mutant}");
            told.lines().any(|line| line == sign)
        });
        let ending = match status {
            None => Ending::TimedOut,
            Some(status) if status.success() => Ending::Passed,
            Some(status) if has_failed(status) => Ending::Failed,
            // Ended from outside, or out of memory: that is no verdict of the test.
            Some(status) => return Err(io::Error::other(format!("{suite} {test}: {status}"))),
        };
        Ok(Run { ending, reached, seconds })
    }

    fn path(&self, suite: &str) -> io::Result<&Path> {
        let path = self.by_suite.get(suite).map(PathBuf::as_path);
        path.ok_or_else(|| io::Error::other(format!("cargo built no test {suite}")))
    }
}

/// Suite and path out of `Executable tests/loom_mailbox.rs (target/.../loom_mailbox-0123)`.
fn executable(line: &str) -> Option<(String, &str)> {
    let (source, rest) = line.trim().strip_prefix("Executable ")?.split_once(" (")?;
    let suite = Path::new(source).file_stem()?.to_str()?;
    Some((suite.to_owned(), rest.strip_suffix(')')?))
}

fn has_failed(status: ExitStatus) -> bool {
    #[cfg(unix)]
    let aborted = std::os::unix::process::ExitStatusExt::signal(&status) == Some(SIGABRT);
    #[cfg(not(unix))]
    let aborted = false;
    aborted || status.code() == Some(TEST_FAILED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_line_is_read() {
        let line = "  Executable tests/loom_mailbox.rs (target/release/deps/loom_mailbox-1b00)";
        assert_eq!(executable(line), Some(("loom_mailbox".to_owned(), "target/release/deps/loom_mailbox-1b00")));
        assert_eq!(executable("    Finished `release` profile"), None);
    }
}
