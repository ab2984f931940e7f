//! A strict reader of OpenMetrics' text format, as far as a node writes it: what Prometheus would refuse, it refuses.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

/// One metric of a page.
#[derive(Debug, Default)]
pub struct Family {
    pub kind: String,
    pub help: String,
    /// Name with its suffix, labels, value.
    pub samples: Vec<(String, BTreeMap<String, String>, f64)>,
}

/// The metrics of a page by name, or what is wrong with it.
pub fn parse(page: &str) -> Result<BTreeMap<String, Family>, String> {
    let body = page.strip_suffix("# EOF\n").ok_or("the page does not end with # EOF")?;
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    let mut seen = BTreeSet::new();
    for line in body.lines() {
        let refuse = |what: &str| Err(format!("{what}: {line}"));
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').ok_or("no help")?;
            if families.insert(name.into(), Family { help: help.into(), ..Family::default() }).is_some() {
                return refuse("a metric twice");
            }
            name.clone_into(&mut current);
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').ok_or("no type")?;
            let family = families.get_mut(&current).ok_or("a type before its help")?;
            if name != current || !family.kind.is_empty() || !["counter", "gauge", "histogram"].contains(&kind) {
                return refuse("not the type of this metric");
            }
            kind.clone_into(&mut family.kind);
        } else {
            let (name, labels, value) = sample(line)?;
            let family = families.get_mut(&current).ok_or("a sample before its metric")?;
            let suffixes: &[&str] = match family.kind.as_str() {
                "counter" => &["_total"],
                "gauge" => &[""],
                _ => &["_bucket", "_sum", "_count"],
            };
            if !suffixes.iter().any(|suffix| name == format!("{current}{suffix}")) {
                return refuse("not a sample of this metric");
            }
            if !seen.insert(line.rsplit_once(' ').unwrap().0.to_owned()) {
                return refuse("a sample twice");
            }
            family.samples.push((name, labels, value));
        }
    }
    families
        .iter()
        .filter(|(_, family)| family.kind == "histogram")
        .try_for_each(|(name, family)| buckets(name, family))?;
    Ok(families)
}

fn sample(line: &str) -> Result<(String, BTreeMap<String, String>, f64), String> {
    let refuse = |what: &str| format!("{what}: {line}");
    let (series, value) = line.rsplit_once(' ').ok_or_else(|| refuse("no value"))?;
    let value = if value == "+Inf" { f64::INFINITY } else { value.parse().map_err(|_| refuse("no number"))? };
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !is_name(name) {
        return Err(refuse("not a name"));
    }
    let labels = labels.strip_suffix('}').ok_or_else(|| refuse("labels that do not end"))?;
    let mut parsed = BTreeMap::new();
    for label in labels.split(',').filter(|label| !label.is_empty()) {
        let (label, value) = label.split_once("=\"").ok_or_else(|| refuse("not a label"))?;
        // No value that a node writes needs an escape.
        let value = value
            .strip_suffix('"')
            .filter(|value| !value.contains(['"', '\\']))
            .ok_or_else(|| refuse("not a value"))?;
        if !is_name(label) || parsed.insert(label.to_owned(), value.to_owned()).is_some() {
            return Err(refuse("not a label's name, or twice"));
        }
    }
    Ok((name.to_owned(), parsed, value))
}

/// Bounds with their cumulative counts; the count; whether there is a sum.
type Series = (Vec<(f64, f64)>, Option<f64>, bool);

/// Buckets ascend, end with +Inf, and hold what the count says.
fn buckets(name: &str, family: &Family) -> Result<(), String> {
    let mut by_labels: BTreeMap<Vec<(String, String)>, Series> = BTreeMap::new();
    for (full, labels, value) in &family.samples {
        let rest: Vec<_> =
            labels.iter().filter(|(label, _)| *label != "le").map(|(l, v)| (l.clone(), v.clone())).collect();
        let entry = by_labels.entry(rest).or_default();
        match full.strip_prefix(name).unwrap() {
            "_bucket" => {
                let le = labels.get("le").ok_or_else(|| format!("{name} has a bucket without a bound"))?;
                let le =
                    if le == "+Inf" { f64::INFINITY } else { le.parse().map_err(|_| format!("{name}: bound {le}"))? };
                entry.0.push((le, *value));
            }
            "_count" => entry.1 = Some(*value),
            _ => entry.2 = true,
        }
    }
    for (buckets, count, has_sum) in by_labels.values() {
        let ascends = buckets.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0 && a.1 <= b.1));
        let last = buckets.last().ok_or_else(|| format!("{name} has no bucket"))?;
        if !ascends || !last.0.is_infinite() || Some(last.1) != *count || !has_sum {
            return Err(format!("{name}: buckets {buckets:?}, count {count:?}, sum {has_sum}"));
        }
    }
    Ok(())
}
