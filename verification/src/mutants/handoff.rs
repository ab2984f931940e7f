//! The wrong variants of what crosses threads (`node/handoff`), each hunted with the loom tests that the right code
//! passes.
//!
//! loom needs a build of its own, and this package must not depend on a node's, so the tests are built and run as
//! processes. A variant is caught only if its test fails, says that it reached the wrong code, and passes in the same
//! build without it.

mod binaries;
mod list;

pub use list::{ListedHandoff, handoff_list};

use binaries::{Binaries, Ending};
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

/// How the hunt for one variant ended.
#[derive(Clone, Debug, PartialEq)]
pub enum HandoffVerdict {
    /// This test failed because of it, after so many seconds in all.
    Caught {
        /// The test.
        test: String,
        /// From the first test tried to the failure.
        seconds: f64,
    },
    /// Every test of the structure's suite passed, although one reached the wrong code.
    Survived,
    /// No test's outcome counts; why.
    Unknown(String),
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct HandoffRow {
    /// The variant.
    pub mutant: ListedHandoff,
    /// What came of it.
    pub verdict: HandoffVerdict,
}

impl HandoffRow {
    /// Whether it was caught.
    #[must_use]
    pub fn is_caught(&self) -> bool {
        matches!(self.verdict, HandoffVerdict::Caught { .. })
    }
}

/// Builds the loom tests with the wrong variants, in `target/loom-mutants`, and hunts each variant of the list: first
/// with the test that is known to catch it, then with the rest of its suite. `limit` is the most that one test may take.
/// `progress` gets each row as it comes.
///
/// # Errors
/// Cargo failed, or a test could not be started.
pub fn hunt_handoff(limit: Duration, mut progress: impl FnMut(&HandoffRow)) -> io::Result<Vec<HandoffRow>> {
    let binaries = Binaries::build()?;
    let mut hunt = Hunt { binaries, limit, right: BTreeMap::new() };
    let mut rows = Vec::new();
    for mutant in handoff_list() {
        let row = HandoffRow { mutant, verdict: hunt.one(&mutant)? };
        progress(&row);
        rows.push(row);
    }
    Ok(rows)
}

struct Hunt {
    binaries: Binaries,
    limit: Duration,
    /// How a test ends while no variant is switched on.
    right: BTreeMap<String, Ending>,
}

impl Hunt {
    fn one(&mut self, mutant: &ListedHandoff) -> io::Result<HandoffVerdict> {
        let mut tests = self.binaries.tests(mutant.suite)?;
        if !tests.iter().any(|test| test == mutant.test) {
            return Ok(HandoffVerdict::Unknown(format!("{} has no test {}", mutant.suite, mutant.test)));
        }
        tests.sort_by_key(|test| test != mutant.test);
        let mut seconds = 0.0;
        let mut reached = false;
        let mut late = None;
        for test in tests {
            let run = self.binaries.run(mutant.suite, &test, Some(mutant.name), self.limit)?;
            seconds += run.seconds;
            reached |= run.reached;
            match run.ending {
                Ending::Failed if !run.reached => {
                    return Ok(HandoffVerdict::Unknown(format!("{test} fails before it reaches it")));
                }
                Ending::Failed => {
                    return Ok(match self.without(mutant.suite, &test)? {
                        Ending::Passed => HandoffVerdict::Caught { test, seconds },
                        Ending::Failed => HandoffVerdict::Unknown(format!("{test} fails without it too")),
                        Ending::TimedOut => HandoffVerdict::Unknown(format!("{test} does not end in time without it")),
                    });
                }
                Ending::TimedOut => late = Some(test),
                Ending::Passed => {}
            }
        }
        Ok(match late {
            Some(test) => HandoffVerdict::Unknown(format!("{test} did not end in time")),
            None if reached => HandoffVerdict::Survived,
            None => HandoffVerdict::Unknown("no test reaches it".to_owned()),
        })
    }

    fn without(&mut self, suite: &str, test: &str) -> io::Result<Ending> {
        let name = format!("{suite}::{test}");
        if let Some(ending) = self.right.get(&name) {
            return Ok(*ending);
        }
        let ending = self.binaries.run(suite, test, None, self.limit)?.ending;
        self.right.insert(name, ending);
        Ok(ending)
    }
}

/// The table's line for a row.
#[must_use]
pub fn handoff_line(row: &HandoffRow) -> String {
    let ListedHandoff { name, number, suite, what, .. } = row.mutant;
    let structure = suite.trim_start_matches("loom_");
    match &row.verdict {
        HandoffVerdict::Caught { test, seconds } => {
            format!("{number:<4} {name:<24} CAUGHT      {structure:<14} {seconds:>7.2}  {test}")
        }
        HandoffVerdict::Survived => format!("{number:<4} {name:<24} SURVIVED    {structure:<14} {what}"),
        HandoffVerdict::Unknown(why) => format!("{number:<4} {name:<24} UNKNOWN     {structure:<14} {why}"),
    }
}
