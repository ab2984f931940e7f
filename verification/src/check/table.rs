//! The last word of a run.

use super::{Outcome, Verdict};
use console::{Style, style};

/// One row a model, and what the bounds mean below it.
pub fn table(outcomes: &[Outcome]) -> String {
    let heads = ["model", "unique", "generated", "depth", "seconds", "states/s", "collision odds", "verdict"];
    let rows: Vec<[String; 8]> = outcomes.iter().map(row).collect();
    let mut widths = heads.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.len());
        }
    }
    let mut text = line(&heads.map(str::to_owned), &widths);
    for (row, outcome) in rows.iter().zip(outcomes) {
        // The verdict is the last of a line: colours, where there are any, move nothing.
        let cells = line(row, &widths);
        let numbers = cells.trim_end().strip_suffix(row[7].as_str()).unwrap_or(&cells);
        let verdict = tone(outcome.verdict, Style::new()).apply_to(outcome.verdict);
        text.push_str(&format!("{numbers}{verdict}\n"));
        text.push_str(&format!("    {}\n", outcome.bounds));
        if let Some(note) = &outcome.note {
            text.push_str(&format!("    {note}\n"));
        }
        if let Some(changed) = &outcome.changed {
            text.push_str(&format!("    {}: {changed}\n", style("COUNT CHANGED").yellow()));
        }
        if !outcome.missing.is_empty() {
            text.push_str(&format!("    never happened: {}\n", outcome.missing.join(", ")));
        }
    }
    text
}

/// The colour of a verdict.
pub(super) fn tone(verdict: Verdict, style: Style) -> Style {
    match verdict {
        Verdict::Exhausted => style.green(),
        Verdict::BoundHit | Verdict::Vacuous => style.yellow(),
        Verdict::Violated => style.red().bold(),
    }
}

fn row(outcome: &Outcome) -> [String; 8] {
    [
        outcome.model.clone(),
        outcome.unique.to_string(),
        outcome.generated.to_string(),
        outcome.depth.to_string(),
        format!("{:.1}", outcome.elapsed.as_secs_f64()),
        format!("{:.0}", outcome.rate()),
        format!("{:.0e}", outcome.collision_odds()),
        outcome.verdict.to_string(),
    ]
}

fn line(cells: &[String; 8], widths: &[usize; 8]) -> String {
    let numeric = 1..=6;
    let cells = cells.iter().zip(widths).enumerate().map(|(at, (cell, width))| {
        if numeric.contains(&at) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
    });
    let line: Vec<String> = cells.collect();
    format!("{}\n", line.join("  ").trim_end())
}
