//! What is shown on standard error while models run.

use super::live_table::LiveTable;
use super::{Expected, Outcome, every_model, grouped};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// On a terminal, how often the table is drawn.
const TABLE_EVERY: Duration = Duration::from_millis(125);
/// Elsewhere, how often there is a line.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Distinct states.
    pub unique: u64,
    /// States generated, repeats included.
    pub generated: u64,
    /// Steps of the deepest state.
    pub depth: usize,
    /// Since it began.
    pub elapsed: Duration,
}

/// How progress is shown: a table that is drawn again in place on a terminal, else a plain line now and then.
#[derive(Debug)]
pub struct Progress {
    table: Option<LiveTable>,
    last: Instant,
}

impl Progress {
    /// Of models that are not known beforehand. With `plain`, lines on a terminal too.
    pub fn new(plain: bool) -> Self {
        Self::rows(plain, || LiveTable::new(Vec::new()))
    }

    /// Of these models, one after the other.
    pub fn of(models: &[String], expected: &Expected, plain: bool) -> Self {
        let listed = every_model();
        let states = |name: &String| {
            let model = listed.iter().find(|model| model.name == name)?;
            model.states(expected)
        };
        let rows = || LiveTable::new(models.iter().map(|name| (name.clone(), states(name))).collect());
        Self::rows(plain, rows)
    }

    fn rows(plain: bool, table: impl FnOnce() -> LiveTable) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let live = std::io::stderr().is_terminal() && !plain && !is_dumb;
        Self { table: live.then(table), last: Instant::now() }
    }

    /// A model begins.
    pub fn begins(&mut self, model: &str) {
        if let Some(table) = &mut self.table {
            table.runs(model, Seen::default());
        }
    }

    /// Shows how far a run is, if it is time to.
    pub fn show(&mut self, model: &str, seen: Seen) {
        let every = if self.table.is_some() { TABLE_EVERY } else { LINE_EVERY };
        if self.last.elapsed() < every {
            return;
        }
        self.last = Instant::now();
        match &mut self.table {
            Some(table) => table.runs(model, seen),
            None => {
                let Seen { unique, generated, depth, elapsed } = seen;
                let (unique, generated, seconds) = (grouped(unique), grouped(generated), elapsed.as_secs());
                // Progress is a courtesy: a closed standard error is no reason to stop.
                let _ = writeln!(
                    std::io::stderr(),
                    "{model}: {unique} states, {generated} generated, depth {depth}, {seconds} s"
                );
            }
        }
    }

    /// A model has ended.
    pub fn ends(&mut self, outcome: &Outcome) {
        if let Some(table) = &mut self.table {
            table.ended(outcome);
        }
    }

    /// Takes the table away, so that what follows stands on a clean terminal.
    pub fn clear(&mut self) {
        if let Some(table) = &mut self.table {
            table.clear();
        }
    }
}
