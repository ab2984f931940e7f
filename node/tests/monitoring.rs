//! Alert rules and the board name metrics that nodes have, with labels that they have.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use quorate_node::metrics::{Kind, metrics};
use serde_json::Value;
use std::collections::BTreeSet;
use yaml_rust2::{Yaml, YamlLoader};

const RULES: &str = include_str!("../../ops/prometheus/quorate.rules.yml");
const SCRAPE: &str = include_str!("../../ops/prometheus/prometheus.yml");
const BOARD: &str = include_str!("../../ops/grafana/quorate.json");
const PAGE: &str = include_str!("../../docs/ops/monitoring.md");

/// Labels that Prometheus adds, and the one of a bucket.
const ADDED: [&str; 3] = ["job", "instance", "le"];

/// The words of an expression that are names: of metrics, labels and functions.
fn words(expression: &str) -> Vec<&str> {
    // What stands in quotation marks is a value.
    let unquoted = expression.split('"').step_by(2);
    let is_word = |word: &&str| word.starts_with(|c: char| c.is_ascii_alphabetic());
    unquoted
        .flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$'))
        .filter(is_word)
        .collect()
}

/// What is wrong with an expression, if anything is.
fn check(expression: &str) -> Result<usize, String> {
    let (mut named, mut labels) = (0, BTreeSet::from(ADDED));
    for word in
        words(expression).into_iter().filter(|word| word.starts_with("quorate_") || word.starts_with("process_"))
    {
        let fits = |name: &str, kind: Kind| match (kind, word.strip_prefix(name)) {
            (Kind::Histogram, Some(suffix)) => ["_bucket", "_sum", "_count"].contains(&suffix),
            (_, suffix) => suffix == Some(""),
        };
        let metric = metrics().find(|metric| fits(metric.name, metric.kind));
        labels.extend(metric.ok_or_else(|| format!("{word} is no metric, in {expression}"))?.labels);
        named += 1;
    }
    let known = ["sum", "count", "min", "max", "by", "on", "rate", "changes", "histogram_quantile", "up"];
    for word in words(expression) {
        let is_metric = word.starts_with("quorate_") || word.starts_with("process_");
        if !is_metric && !known.contains(&word) && !labels.contains(word) && !["m", "s"].contains(&word) {
            return Err(format!("{word} is no label of what is named, in {expression}"));
        }
    }
    let balanced = |open, close| expression.matches(open).count() == expression.matches(close).count();
    if !balanced('(', ')') || !balanced('{', '}') || !balanced('[', ']') {
        return Err(format!("brackets that do not match, in {expression}"));
    }
    Ok(named)
}

#[test]
fn alerts_name_what_is_there_and_say_what_to_do() {
    let rules = &YamlLoader::load_from_str(RULES).unwrap()[0];
    let rules = rules["groups"][0]["rules"].as_vec().unwrap();
    let text = |rule: &Yaml, path: &[&str]| {
        let found = path.iter().fold(rule, |at, name| &at[*name]);
        found.as_str().unwrap_or_else(|| panic!("{path:?} in {rule:?}")).to_owned()
    };
    let mut alerts = BTreeSet::new();
    for rule in rules {
        let name = text(rule, &["alert"]);
        let expression = text(rule, &["expr"]);
        let named = check(&expression).unwrap();
        assert!(named > 0 || expression.starts_with("up{"), "{name} names no metric");
        assert!(["warning", "critical"].contains(&text(rule, &["labels", "severity"]).as_str()), "{name}");
        assert!(text(rule, &["annotations", "summary"]).contains("{{ $labels.instance }}"), "{name}");
        assert!(text(rule, &["annotations", "description"]).len() > 60, "{name} does not say what to do");
        assert!(
            PAGE.contains(&format!("| `{name}` | {} |", text(rule, &["labels", "severity"]))),
            "{name} in the book"
        );
        assert!(alerts.insert(name));
    }
    assert!(alerts.len() >= 6);
    assert_eq!(PAGE.matches("| `Quorate").count(), alerts.len(), "the book names alerts that are not there");
}

#[test]
fn the_board_names_what_is_there() {
    let board: Value = serde_json::from_str(BOARD).unwrap();
    let panels = board["panels"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    let mut expressions = 0;
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "an id twice");
        let place = &panel["gridPos"];
        assert!(place["x"].as_u64().unwrap() + place["w"].as_u64().unwrap() <= 24, "{panel}");
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = target["expr"].as_str().unwrap();
            let plain = expression.replace("$__rate_interval", "5m");
            let named = check(&plain).unwrap();
            assert!(named > 0 || plain.contains("up{"), "{expression}");
            expressions += 1;
        }
    }
    assert!(expressions > 20, "{expressions}");
}

#[test]
fn prometheus_is_told_of_the_job_that_the_rules_name() {
    let scrape = &YamlLoader::load_from_str(SCRAPE).unwrap()[0];
    let job = scrape["scrape_configs"][0]["job_name"].as_str().unwrap();
    assert!(RULES.contains(&format!("job=\"{job}\"")));
    assert_eq!(scrape["rule_files"][0].as_str(), Some("quorate.rules.yml"));
}

#[test]
fn what_is_not_there_is_found() {
    assert_eq!(check("rate(quorate_commits_total[5m]) / quorate_peer_up{peer=\"2\"}"), Ok(2));
    for bad in [
        "quorate_commits",
        "quorate_request_duration_seconds",
        "rate(quorate_engine_batch_size_total[5m])",
        "sum by (key) (quorate_requests_total)",
        "quorate_commits_total{op=\"read\"}",
        "rate(quorate_commits_total[5m]",
        "quorate_nothing > 0",
    ] {
        assert!(check(bad).is_err(), "{bad} was taken");
    }
}
