//! The table of a run on a terminal: a row for each model, drawn again in place.

use super::progress::Seen;
use super::{Outcome, Verdict, grouped};
use console::{Style, Term};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::fmt;
use std::time::Duration;

/// Lines that are not rows: the heads, and the line below.
const OTHER_LINES: usize = 2;
/// Rows shown, however high the terminal.
const ROWS_MAX: usize = 100;

/// The table. What it shows fits the terminal: rows far from the one that runs are left out where there are too many,
/// columns where it is narrow.
pub(super) struct LiveTable {
    rows: Vec<LiveRow>,
    multi: MultiProgress,
    lines: Vec<ProgressBar>,
}

impl fmt::Debug for LiveTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveTable").field("rows", &self.rows).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
struct LiveRow {
    model: String,
    /// The states of the committed run.
    expected: Option<u64>,
    seen: Seen,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waits,
    Runs,
    Ended { verdict: Verdict, changed: bool },
}

impl LiveTable {
    /// Of these models, each with the states that are expected.
    pub(super) fn new(models: Vec<(String, Option<u64>)>) -> Self {
        let row = |(model, expected)| LiveRow { model, expected, seen: Seen::default(), state: State::Waits };
        Self { rows: models.into_iter().map(row).collect(), multi: MultiProgress::new(), lines: Vec::new() }
    }

    /// A model runs.
    pub(super) fn runs(&mut self, model: &str, seen: Seen) {
        self.set(model, seen, State::Runs);
    }

    /// A model has ended.
    pub(super) fn ended(&mut self, outcome: &Outcome) {
        let Outcome { unique, generated, depth, elapsed, verdict, .. } = *outcome;
        let seen = Seen { unique, generated, depth, elapsed };
        self.set(&outcome.model, seen, State::Ended { verdict, changed: outcome.changed.is_some() });
    }

    /// Takes all of it from the terminal.
    pub(super) fn clear(&mut self) {
        self.lines.drain(..).for_each(|line| line.finish_and_clear());
        // A terminal that is gone needs no clearing.
        let _ = self.multi.clear();
    }

    /// Sets a model's row; one that was not known before is added.
    fn set(&mut self, model: &str, seen: Seen, state: State) {
        match self.rows.iter_mut().find(|row| row.model == model) {
            Some(row) => (row.seen, row.state) = (seen, state),
            None => self.rows.push(LiveRow { model: model.to_owned(), expected: None, seen, state }),
        }
        self.draw();
    }

    fn draw(&mut self) {
        let (height, width) = Term::stderr().size();
        let lines = drawn(&self.rows, usize::from(height), usize::from(width));
        while self.lines.len() < lines.len() {
            let style = ProgressStyle::with_template("{wide_msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
            let line = self.multi.add(ProgressBar::new_spinner().with_style(style));
            self.lines.push(line);
        }
        let rest = std::iter::repeat(String::new());
        for (line, text) in self.lines.iter().zip(lines.into_iter().chain(rest)) {
            line.set_message(text);
            line.tick();
        }
    }
}

/// The lines of the table on a terminal of this size.
fn drawn(rows: &[LiveRow], height: usize, width: usize) -> Vec<String> {
    let room = height.saturating_sub(OTHER_LINES + 1).clamp(1, ROWS_MAX);
    let running = rows.iter().position(|row| row.state == State::Runs);
    let at = running.unwrap_or_else(|| rows.iter().filter(|row| row.state != State::Waits).count());
    // The one that runs stays in view, with more of what is done than of what waits.
    let first = (at + 1 + room / 3).saturating_sub(room).min(rows.len().saturating_sub(room));
    let shown: Vec<&LiveRow> = rows.iter().skip(first).take(room).collect();
    let columns = columns(rows, width);
    let mut lines = vec![heads(&columns)];
    lines.extend(shown.iter().map(|row| row.line(&columns)));
    lines.push(below(rows, first, shown.len()));
    lines
}

/// The line below: how many are done, and how many rows are out of view.
fn below(rows: &[LiveRow], first: usize, shown: usize) -> String {
    let ended: Vec<&LiveRow> = rows.iter().filter(|row| matches!(row.state, State::Ended { .. })).collect();
    let states: u64 = rows.iter().map(|row| row.seen.unique).sum();
    let time: Duration = rows.iter().map(|row| row.seen.elapsed).sum();
    let mut text = format!("{} of {} models, {} states, {}", ended.len(), rows.len(), grouped(states), clock(time));
    let hidden = rows.len().saturating_sub(shown);
    if hidden > 0 {
        text.push_str(&format!("; {first} rows above, {} below", hidden - first));
    }
    dim().apply_to(text).to_string()
}

/// A column: its head, its width, and its cell of a row.
struct Column {
    head: &'static str,
    width: usize,
    cell: fn(&LiveRow) -> String,
}

/// The columns that fit, the least needed left out first.
fn columns(rows: &[LiveRow], width: usize) -> Vec<Column> {
    // Numbers grow while a model runs: room for those that are expected, or for millions.
    let widest = |text: fn(&LiveRow) -> usize, least: usize| rows.iter().map(text).max().unwrap_or(0).max(least);
    let name = widest(|row| row.model.len(), 5);
    let number = widest(|row| grouped(row.expected.unwrap_or_default().max(row.seen.unique)).len(), 10);
    let mut columns = vec![
        Column { head: "model", width: name, cell: |row| row.model.clone() },
        Column { head: "states", width: number, cell: LiveRow::states },
        Column { head: "of", width: 5, cell: LiveRow::share },
        Column { head: "states/s", width: 9, cell: LiveRow::rate },
        Column { head: "depth", width: 5, cell: |row| row.unless_waiting(row.seen.depth.to_string()) },
        Column { head: "time", width: 7, cell: |row| row.unless_waiting(clock(row.seen.elapsed)) },
    ];
    for dropped in ["of", "depth", "states/s", "time", "states"] {
        let needed: usize = columns.iter().map(|column| column.width + 2).sum::<usize>() + "BOUND-HIT".len();
        if needed <= width {
            break;
        }
        columns.retain(|column| column.head != dropped);
    }
    columns
}

fn heads(columns: &[Column]) -> String {
    let cells = columns.iter().map(|column| aligned(column.head, column));
    let line = cells.chain(["verdict".to_owned()]).collect::<Vec<_>>().join("  ");
    Style::new().for_stderr().bold().apply_to(line).to_string()
}

fn aligned(text: &str, column: &Column) -> String {
    let width = column.width;
    if column.head == "model" { format!("{text:<width$}") } else { format!("{text:>width$}") }
}

fn dim() -> Style {
    Style::new().for_stderr().dim()
}

/// Minutes and seconds, or seconds and tenths.
fn clock(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{}:{:02}", seconds / 60, seconds % 60),
    }
}

impl LiveRow {
    fn line(&self, columns: &[Column]) -> String {
        let cells = columns.iter().map(|column| aligned(&(column.cell)(self), column));
        let cells = cells.collect::<Vec<_>>().join("  ");
        let color = Style::new().for_stderr();
        let (word, style) = match self.state {
            State::Waits => return dim().apply_to(format!("{cells}  waits")).to_string(),
            State::Runs => ("runs".to_owned(), color.cyan()),
            State::Ended { verdict: Verdict::Exhausted, changed: true } => ("COUNT CHANGED".to_owned(), color.yellow()),
            State::Ended { verdict, .. } => (verdict.to_string(), super::table::tone(verdict, color)),
        };
        format!("{cells}  {}", style.apply_to(word))
    }

    fn unless_waiting(&self, text: String) -> String {
        if self.state == State::Waits { String::new() } else { text }
    }

    /// Those seen; of a model that waits, those expected.
    fn states(&self) -> String {
        match (self.state, self.expected) {
            (State::Waits, Some(expected)) => format!("({})", grouped(expected)),
            (State::Waits, None) => String::new(),
            _ => grouped(self.seen.unique),
        }
    }

    /// How much of what is expected is seen.
    fn share(&self) -> String {
        match (self.state, self.expected) {
            (State::Runs, Some(expected)) => format!("{} %", (self.seen.unique * 100 / expected.max(1)).min(100)),
            _ => String::new(),
        }
    }

    // State counts stay far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    fn rate(&self) -> String {
        let seconds = self.seen.elapsed.as_secs_f64();
        if self.state == State::Waits || seconds < 0.05 {
            return String::new();
        }
        format!("{:.0}", self.seen.unique as f64 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize, runs: usize) -> Vec<LiveRow> {
        let state = |at: usize| match at.cmp(&runs) {
            std::cmp::Ordering::Less => State::Ended { verdict: Verdict::Exhausted, changed: false },
            std::cmp::Ordering::Equal => State::Runs,
            std::cmp::Ordering::Greater => State::Waits,
        };
        let seen = Seen { unique: 1_500, generated: 9_000, depth: 12, elapsed: Duration::from_secs(75) };
        let row = |at| LiveRow { model: format!("model-{at}"), expected: Some(3_000), seen, state: state(at) };
        (0..count).map(row).collect()
    }

    /// Styles are off where standard error is no terminal, as in tests.
    fn plain(lines: &[String]) -> Vec<String> {
        lines.iter().map(|line| console::strip_ansi_codes(line).trim_end().to_owned()).collect()
    }

    #[test]
    fn a_table_that_fits_shows_every_row() {
        let lines = plain(&drawn(&rows(3, 1), 24, 100));
        assert_eq!(lines.len(), 3 + OTHER_LINES);
        assert!(lines[1].starts_with("model-0") && lines[1].ends_with("EXHAUSTED"), "{}", lines[1]);
        assert!(lines[2].contains("50 %") && lines[2].contains("1:15") && lines[2].ends_with("runs"), "{}", lines[2]);
        assert!(lines[3].contains("(3,000)") && lines[3].ends_with("waits"), "{}", lines[3]);
        assert!(lines[4].starts_with("1 of 3 models"), "{}", lines[4]);
    }

    #[test]
    fn it_never_outgrows_the_terminal_and_the_one_that_runs_stays_in_view() {
        for (count, runs, height, width) in [(40, 0, 10, 80), (40, 25, 10, 40), (40, 39, 6, 22), (3, 2, 1, 10)] {
            let lines = plain(&drawn(&rows(count, runs), height, width));
            assert!(lines.len() <= height.max(OTHER_LINES + 1), "{height}: {lines:?}");
            assert!(lines.iter().any(|line| line.starts_with(&format!("model-{runs} ")) || line.ends_with("runs")));
            let rows = lines.iter().take(lines.len() - 1);
            assert!(rows.clone().all(|line| line.chars().count() <= width.max(20)), "{width}: {lines:?}");
        }
    }
}
