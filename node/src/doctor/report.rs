use super::{Finding, Level};
use crate::cli::{Answer, BAD, Exit, GOOD, Target, WARNING, paint};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// All findings as the command prints them. The exit code is 1 from the level *warning* on.
pub(super) fn answer(findings: &[Finding], target: &Target) -> Answer {
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    let (outcome, exit) = if worst >= Level::Warning { ("findings", Exit::Negative) } else { ("healthy", Exit::Ok) };
    let shown = text(findings, target.format.color());
    let documents: Value = findings.iter().map(document).collect();
    let answer = Answer::text(outcome, text(findings, false), exit).shown_as(shown);
    answer.with("level", worst.word()).with("findings", documents)
}

fn document(finding: &Finding) -> Value {
    let Finding { level, check, found, cause, cure } = finding;
    json!({ "level": level.word(), "check": check, "found": found, "cause": cause, "cure": cure })
}

fn text(findings: &[Finding], color: bool) -> String {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    let mut text = String::new();
    for finding in findings {
        let style = match finding.level {
            Level::Ok => Some(GOOD),
            Level::Warning => Some(WARNING),
            Level::Error => Some(BAD),
            Level::Info | Level::Unmeasured => None,
        };
        let level = paint(&format!("{:<10}", finding.level.word()), style.filter(|_| color));
        let _ = writeln!(text, "{level}  {:<width$}  {}", finding.check, finding.found);
        for (name, words) in [("cause", &finding.cause), ("cure", &finding.cure)] {
            if !words.is_empty() {
                let _ = writeln!(text, "{:10}  {:width$}  {name}: {words}", "", "");
            }
        }
    }
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    let unmeasured = count(Level::Unmeasured);
    let _ = writeln!(text, "errors: {errors}, warnings: {warnings}, not measured: {unmeasured}");
    text
}
