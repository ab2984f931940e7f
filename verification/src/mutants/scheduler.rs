//! Seeded walks: the scheduler of `protocol`'s own tests, in a process of its own, for all rows at once.

use super::listed::{Catcher, Listed};
use super::outcome::{Row, Verdict};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the walks said: for each variant and number of voters, how many runs it took, how long, and what broke.
#[derive(Debug, Default)]
pub(super) struct Walks {
    found: BTreeMap<(String, u16), Walk>,
    error: Option<String>,
}

#[derive(Clone, Debug)]
struct Walk {
    runs: u64,
    seconds: f64,
    broke: Option<String>,
}

/// Runs the walks of all listed rows that ask for some.
pub(super) fn walk(listed: &[Listed]) -> Walks {
    let asked = listed.iter().filter_map(|listed| match listed.catcher {
        Catcher::Scheduler(voters) | Catcher::Walk(voters) => Some(format!("{}@{voters}", listed.name)),
        _ => None,
    });
    let names: Vec<String> = asked.collect();
    if names.is_empty() {
        return Walks::default();
    }
    match test_output(&names.join(",")) {
        Ok(text) => Walks { found: text.lines().filter_map(parse).collect(), error: None },
        Err(error) => Walks { found: BTreeMap::new(), error: Some(format!("the walks cannot be run: {error}")) },
    }
}

/// The tests' own exit code says the same as their rows.
fn test_output(names: &str) -> std::io::Result<String> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.parent().unwrap_or(package);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    eprintln!("building the scheduler's tests in target/mutants");
    let output = Command::new(cargo)
        .current_dir(root)
        .args(["test", "--quiet", "--release", "--package", "quorate-protocol", "--features", "mutants"])
        .args(["--test", "mutants", "--target-dir", "target/mutants", "--", "--nocapture"])
        .env("QUORATE_MUTANTS", names)
        .stderr(Stdio::null())
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A line of the test: `row NAME VOTERS RUNS SECONDS WHAT`, with tabs.
fn parse(line: &str) -> Option<((String, u16), Walk)> {
    let mut fields = line.split('\t');
    let (row, name) = (fields.next()?, fields.next()?);
    if !row.ends_with("row") {
        return None;
    }
    let (voters, runs) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let seconds = fields.next()?.parse().ok()?;
    let broke = fields.next().filter(|what| *what != "-").map(str::to_owned);
    Some(((name.to_owned(), voters), Walk { runs, seconds, broke }))
}

impl Walks {
    /// The row of a variant.
    pub(super) fn row(&self, listed: Listed, voters: u16) -> Row {
        let Some(walk) = self.found.get(&(listed.name.to_owned(), voters)).cloned() else {
            let error = self.error.clone().unwrap_or_else(|| "the walks say nothing of it".to_owned());
            return Row::plain(listed, Verdict::Error, error);
        };
        let verdict = if walk.broke.is_some() { Verdict::Caught } else { Verdict::Survived };
        let by = format!("{}, {} runs", listed.catcher.name(), walk.runs);
        let property = walk.broke.unwrap_or_default();
        Row { by, seconds: walk.seconds.max(0.01), steps: None, ..Row::plain(listed, verdict, property) }
    }
}
