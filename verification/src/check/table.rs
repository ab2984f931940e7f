//! The last word of a run.

use super::Outcome;

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
        text.push_str(&line(row, &widths));
        text.push_str(&format!("    {}\n", outcome.bounds));
        if let Some(note) = &outcome.note {
            text.push_str(&format!("    {note}\n"));
        }
        if let Some(changed) = &outcome.changed {
            text.push_str(&format!("    COUNT CHANGED: {changed}\n"));
        }
        if !outcome.missing.is_empty() {
            text.push_str(&format!("    never happened: {}\n", outcome.missing.join(", ")));
        }
    }
    text
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
