//! The rows of `node/handoff`, as its own list and its own hunt give them.

use super::handoff::{ListedHandoff, handoff_list};
use super::listed::{Catcher, Layer, Listed, row};

#[cfg(feature = "mutants")]
use super::handoff::{HandoffRow, HandoffVerdict, hunt_handoff};
#[cfg(feature = "mutants")]
use super::outcome::{Row, Verdict};

/// The most that one loom test may take.
#[cfg(feature = "mutants")]
const LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

/// Its part of the list.
pub(super) fn handoff_rows() -> Vec<Listed> {
    handoff_list().iter().map(listed).collect()
}

fn listed(mutant: &ListedHandoff) -> Listed {
    let numbers: &[&str] = match mutant.number {
        "33" => &["33"],
        "34" => &["34"],
        "35" => &["35"],
        _ => &[],
    };
    row(Layer::Handoff, mutant.name, numbers, mutant.what, Catcher::Loom(mutant.suite, mutant.test))
}

/// Hunts them all (loom's build is one), or says that it does not; of the result, the rows asked for.
#[cfg(feature = "mutants")]
pub(super) fn hunt(asked: &[Listed], all: bool, mut print: impl FnMut(&Row)) -> Vec<Row> {
    if !all || asked.is_empty() {
        let skipped = asked.iter().map(|listed| Row::plain(*listed, Verdict::Skipped, ""));
        return skipped.inspect(|row| print(row)).collect();
    }
    let mut rows = Vec::new();
    let ended = hunt_handoff(LIMIT, |handoff| {
        if let Some(row) = result(asked, handoff) {
            print(&row);
            rows.push(row);
        }
    });
    if let Err(error) = ended {
        let missing = asked.iter().filter(|listed| !rows.iter().any(|row: &Row| row.listed.name == listed.name));
        let missing: Vec<Row> =
            missing.map(|listed| Row::plain(*listed, Verdict::Error, format!("loom: {error}"))).collect();
        missing.iter().for_each(&mut print);
        rows.extend(missing);
    }
    rows
}

#[cfg(feature = "mutants")]
fn result(asked: &[Listed], handoff: &HandoffRow) -> Option<Row> {
    let listed = *asked.iter().find(|listed| listed.name == handoff.mutant.name)?;
    Some(match &handoff.verdict {
        HandoffVerdict::Caught { test, seconds } => {
            let by = format!("loom: {}", handoff.mutant.suite.trim_start_matches("loom_"));
            Row { by, seconds: *seconds, ..Row::plain(listed, Verdict::Caught, test.as_str()) }
        }
        HandoffVerdict::Survived => Row::plain(listed, Verdict::Survived, ""),
        HandoffVerdict::Unknown(why) => Row::plain(listed, Verdict::Error, why.as_str()),
    })
}
