//! A line on standard error while a run lasts.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How progress is shown.
#[derive(Debug)]
pub struct Progress {
    every: Duration,
    last: Option<Instant>,
    terminal: bool,
}

impl Progress {
    /// One line that rewrites itself on a terminal; elsewhere, or with `ci`, a plain line now and then.
    pub fn new(ci: bool) -> Self {
        let terminal = std::io::stderr().is_terminal() && !ci;
        let every = if terminal { Duration::from_millis(500) } else { Duration::from_secs(10) };
        Self { every, last: None, terminal }
    }

    /// Shows how far a run is, if it is time to.
    pub fn show(&mut self, model: &str, unique: usize, generated: usize, depth: usize) {
        if self.last.get_or_insert_with(Instant::now).elapsed() < self.every {
            return;
        }
        self.last = Some(Instant::now());
        let line = format!("{model}: {unique} states, {generated} generated, depth {depth}");
        let mut stderr = std::io::stderr().lock();
        // Progress is a courtesy: a closed standard error is no reason to stop.
        let _ = if self.terminal { write!(stderr, "\r\x1b[K{line}") } else { writeln!(stderr, "{line}") };
        let _ = stderr.flush();
    }

    /// Clears the line.
    pub fn done(&mut self) {
        if self.terminal && self.last.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
