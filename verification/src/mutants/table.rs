//! The table as text, and as tab-separated values for the ledger.

use super::listed::Listed;
use super::outcome::{Row, Verdict};

/// The heads of the columns, in both forms.
pub const HEADS: [&str; 9] =
    ["numbers", "name", "layer", "verdict", "caught by", "property", "seconds", "steps", "what"];

/// The first lines of the table.
pub fn head() -> String {
    line(&HEADS.map(str::to_owned))
}

/// One line a row.
pub fn text(row: &Row) -> String {
    line(&cells(row, 40))
}

fn line(cells: &[String; 9]) -> String {
    let [numbers, name, layer, verdict, by, property, seconds, steps, what] = cells;
    let line = format!(
        "{numbers:<12} {name:<22} {layer:<8} {verdict:<11} {by:<22} {property:<40} {seconds:>7} {steps:>6}  {what}"
    );
    format!("{}\n", line.trim_end())
}

/// The whole table for a program: a head and a line a row.
pub fn tsv(rows: &[Row]) -> String {
    let mut text = format!("{}\n", HEADS.join("\t"));
    for row in rows {
        text.push_str(&format!("{}\n", cells(row, usize::MAX).join("\t")));
    }
    text
}

fn cells(row: &Row, most: usize) -> [String; 9] {
    let Row { listed, verdict, by, property, seconds, steps } = row;
    let timed = *seconds > 0.0;
    [
        listed.number(),
        listed.name.to_owned(),
        listed.layer.name().to_owned(),
        verdict.word().to_owned(),
        by.clone(),
        cut(property, most),
        if timed { format!("{seconds:.2}") } else { "-".to_owned() },
        steps.map_or_else(|| "-".to_owned(), |steps| steps.to_string()),
        listed.what.to_owned(),
    ]
}

/// Control characters would break a line apart.
fn cut(text: &str, most: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect()
}

/// The last line: what was caught, what lives, what is not counted, and what is missing.
pub fn summary(rows: &[Row]) -> String {
    let count = |verdict: Verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let controls = count(Verdict::Control) + count(Verdict::Blamed) + count(Verdict::BoundHit);
    let harmless = count(Verdict::Harmless);
    let hunted = count(Verdict::Caught) + count(Verdict::Survived) + count(Verdict::Error);
    let mut text = format!(
        "{} of {hunted} caught; {} of {controls} controls live; not counted: {} impossible by design, {harmless} \
         harmless beside other parts of their rule, {} of later layers",
        count(Verdict::Caught),
        count(Verdict::Control),
        count(Verdict::Impossible),
        count(Verdict::Later),
    );
    for (verdict, what) in [(Verdict::Left, "no checker in this build for"), (Verdict::Skipped, "not in the quick run")]
    {
        let names: Vec<&str> = rows.iter().filter(|row| row.verdict == verdict).map(|row| row.listed.name).collect();
        if !names.is_empty() {
            text.push_str(&format!("; {what}: {}", names.join(", ")));
        }
    }
    format!("{text}\n")
}

/// The list as a table of markdown, for `docs/mutants.md`: what does not differ from run to run.
pub fn markdown(list: &[Listed]) -> String {
    let mut text = "| numbers | name | layer | what it does | caught by |\n|---|---|---|---|---|\n".to_owned();
    for listed in list {
        let by = match listed.catcher {
            super::listed::Catcher::Impossible(line) => format!("*impossible*: {line}"),
            super::listed::Catcher::Later { why, test } => {
                format!("*later*: {why}{}", test.map_or_else(String::new, |test| format!("; today `{test}`")))
            }
            super::listed::Catcher::Harmless { model, why } => format!("*harmless*, exhausted in {model}: {why}"),
            super::listed::Catcher::Nobody { models, .. } => format!("*nobody*: exhausted in {}", models.join(", ")),
            by => by.name(),
        };
        let (numbers, layer) = (listed.number(), listed.layer.name());
        text.push_str(&format!("| {numbers} | `{}` | {layer} | {} | {by} |\n", listed.name, listed.what));
    }
    text
}
