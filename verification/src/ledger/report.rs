//! The report of a run: what was checked just now, and what each claim rests on.

use super::page::{caught, models, properties};
use super::{Html, Kills, Prose, claims, escaped};
use crate::check::{Expected, Outcome, Verdict};
use crate::model::{Branch, catalogue};
use crate::mutants;

/// The page of a run: its outcomes, the kill table, and the command that made it.
pub fn report(outcomes: &[Outcome], kills: &Kills, expected: &Expected, command: &str) -> String {
    let mut html = Html::new("Quorate: what was checked");
    html.raw(&format!("<p class=\"sub\"><code>{}</code></p>", escaped(command)));
    cards(&mut html, outcomes, kills);
    html.raw(
        "<p class=\"sub\"><nav><a href=\"#models\">Models</a><a href=\"#claims\">Claims</a><a href=\"#kills\">Kill \
         table</a><a href=\"#branches\">Branches</a></nav></p>",
    );
    stories(&mut html, outcomes);
    model_table(&mut html, outcomes);
    claim_list(&mut html, outcomes, kills, expected);
    kill_table(&mut html, kills);
    branch_table(&mut html, outcomes);
    html.finish()
}

fn cards(html: &mut Html, outcomes: &[Outcome], kills: &Kills) {
    let exhausted = outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Exhausted).count();
    let states: u64 = outcomes.iter().map(|outcome| outcome.unique).sum();
    let seconds: f64 = outcomes.iter().map(|outcome| outcome.elapsed.as_secs_f64()).sum();
    let odds: f64 = outcomes.iter().map(Outcome::collision_odds).sum();
    let caught = kills.rows().iter().filter(|kill| kill.is_caught()).count();
    let card = |number: String, what: &str| format!("<div class=\"card\"><b>{number}</b>{what}</div>");
    html.raw(&format!(
        "<div class=\"cards\">{}{}{}{}{}</div>",
        card(format!("{exhausted} of {}", outcomes.len()), "models exhausted in this run"),
        card(grouped(states), "distinct states visited"),
        card(format!("{seconds:.1} s"), "in all"),
        card(format!("{odds:.0e}"), "odds that fingerprints hid a state"),
        card(caught.to_string(), "wrong variants caught"),
    ));
}

fn verdict(outcome: &Outcome) -> String {
    let class = match outcome.verdict {
        Verdict::Exhausted if outcome.changed.is_none() => "good",
        Verdict::Exhausted | Verdict::BoundHit | Verdict::Vacuous => "warn",
        Verdict::Violated => "bad",
    };
    let mut text = format!("<span class=\"{class}\">{}</span>", outcome.verdict);
    for note in outcome.note.iter().chain(&outcome.changed) {
        text.push_str(&format!("<div class=\"b\">{}</div>", escaped(note)));
    }
    if !outcome.missing.is_empty() {
        text.push_str(&format!("<div class=\"b\">never happened: {}</div>", outcome.missing.join(", ")));
    }
    text
}

/// Each counterexample: its picture, and its story for those who would rather read.
fn stories(html: &mut Html, outcomes: &[Outcome]) {
    for (outcome, violation) in outcomes.iter().filter_map(|outcome| Some((outcome, outcome.violation.as_ref()?))) {
        let title = format!("{}: {} breaks in {} steps", outcome.model, violation.property, violation.steps());
        html.section("broken", &title);
        if let Some(prose) = Prose::of_label(violation.property) {
            html.raw(&format!("<p><b>{}</b>: {}</p>", violation.property, escaped(&prose.first_sentence())));
        }
        html.raw(&format!("<div class=\"picture\">{}</div>", violation.run.svg(&title, &[])));
        html.raw(&format!(
            "<details><summary>The story, step by step</summary><pre>{}</pre></details>",
            escaped(&violation.run.story())
        ));
    }
}

fn model_table(html: &mut Html, outcomes: &[Outcome]) {
    html.section("models", "Models");
    html.raw(
        "<p>EXHAUSTED: every reachable state within the bounds was visited, and everything held. BOUND-HIT: a limit \
         ended the run, which so shows nothing beyond the states it saw.</p>",
    );
    let rows = outcomes.iter().map(|outcome| {
        let width = (outcome.unique.max(1).ilog2() * 5).max(2);
        vec![
            format!("<code>{}</code><div class=\"b\">{}</div>", outcome.model, escaped(&outcome.bounds)),
            format!("{}<br><span class=\"bar\" style=\"width:{width}px\"></span>", grouped(outcome.unique)),
            grouped(outcome.generated),
            outcome.depth.to_string(),
            format!("{:.1}", outcome.elapsed.as_secs_f64()),
            format!("{:.0}", outcome.rate()),
            format!("{:.0e}", outcome.collision_odds()),
            verdict(outcome),
        ]
    });
    let heads =
        ["model", "#distinct states", "#generated", "#depth", "#seconds", "#states/s", "#collision odds", "verdict"];
    html.table("", &heads, rows);
}

fn claim_list(html: &mut Html, outcomes: &[Outcome], kills: &Kills, expected: &Expected) {
    html.section("claims", "What each claim rests on");
    html.raw("<p>Counts in grey are those of earlier exhausted runs of the committed code; this run did not repeat them.</p>");
    for claim in claims() {
        html.raw(&format!("<details><summary>{}</summary><p>{}</p>", escaped(claim.title), escaped(claim.says)));
        if !claim.properties.is_empty() {
            html.raw(&format!("<p><b>Properties:</b> {}</p>", properties(claim)));
        }
        let rows = models(claim).into_iter().map(|model| {
            let is_this = |outcome: &&Outcome| outcome.model == model.name && outcome.bounds == model.bounds;
            let now = outcomes.iter().find(is_this);
            let count = match (now, model.states(expected)) {
                (Some(outcome), _) => grouped(outcome.unique),
                (None, Some(unique)) => format!("<span class=\"b\">{}</span>", grouped(unique)),
                (None, None) => "-".to_owned(),
            };
            vec![format!("<code>{}</code>", model.name), escaped(&model.bounds), count]
        });
        html.table("", &["model", "bounds", "#states"], rows);
        let caught = caught(claim, kills);
        html.raw(&format!("<p><b>Wrong variants caught, {}:</b> {}</p>", caught.len(), escaped(&caught.join(", "))));
        let tests =
            claim.tests.iter().map(|(file, name)| format!("<li><code>{name}</code> in <code>{file}</code></li>"));
        html.raw(&format!("<ul>{}</ul></details>", tests.collect::<String>()));
    }
}

fn kill_table(html: &mut Html, kills: &Kills) {
    html.section("kills", "The kill table");
    html.raw("<p>Each row breaks a rule on purpose, or leaves it harmlessly different. The numbers are those of the lists named in the page on mutants.</p>");
    let columns = ["numbers", "name", "what", "layer", "verdict", "caught by", "property", "seconds", "steps"];
    let rows = kills.rows().iter().map(|kill| {
        let cell = |column: &&str| match *column {
            "verdict" => {
                format!("<span class=\"{}\">{}</span>", tone(kill.verdict), kill.verdict.word())
            }
            column => escaped(kill.cell(column)),
        };
        columns.iter().map(cell).collect()
    });
    html.table("", &columns, rows);
}

fn tone(verdict: mutants::Verdict) -> &'static str {
    match verdict {
        mutants::Verdict::Caught | mutants::Verdict::Control => "good",
        verdict if verdict.is_failure() => "bad",
        _ => "b",
    }
}

fn branch_table(html: &mut Html, outcomes: &[Outcome]) {
    html.section("branches", "Branches taken");
    html.raw("<p>● taken in this run, ○ one that the model must take and that this run did not.</p>");
    let ran: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.taken.is_empty()).collect();
    let heads: Vec<&str> = std::iter::once("branch").chain(ran.iter().map(|outcome| outcome.model.as_str())).collect();
    let scenarios = catalogue();
    let rows = Branch::ALL.into_iter().map(|branch| {
        let mark = |outcome: &&Outcome| {
            let scenario = scenarios.iter().find(|scenario| scenario.name == outcome.model);
            let wanted = scenario.is_some_and(|scenario| scenario.expects.contains(&branch));
            match (outcome.taken.contains(&branch), wanted) {
                (true, _) => "●",
                (false, true) => "○",
                (false, false) => "",
            }
        };
        let marks = ran.iter().map(|outcome| mark(outcome).to_owned());
        std::iter::once(format!("{branch:?}")).chain(marks).collect()
    });
    html.table("dot", &heads, rows);
}

/// Thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.iter().map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join("&#8239;")
}
