//! `quorate-check check`.

use super::arguments::CheckArguments;
use super::commands::{switch_on, usage};
use super::model_arguments::threads_or_all;
use super::say::say;
use super::{Exit, report, verdict};
use crate::check::{Expected, Limits, Outcome, Progress, Verdict, every_model, find_abstract, run_cluster, table};
use crate::mutants::{self, Catcher};
use crate::playback::{Settings, scenario};
use crate::{rejoin, sessions};
use std::time::Duration;

/// Checks what is asked for.
pub(super) fn run(options: &CheckArguments) -> Exit {
    let Ok(expected) = Expected::committed() else { return Exit::Unexpected };
    let settings = options.model.settings();
    if let Err(error) = switch_on(options.model.mutant.as_deref()) {
        return usage(error);
    }
    let names = names(options);
    let mut progress = Progress::of(&names, &expected, options.ci);
    let mut outcomes = Vec::new();
    for name in &names {
        progress.begins(name);
        let mut outcome = match check_one(name, options, &settings, &mut progress) {
            Ok(outcome) => outcome,
            Err(error) => {
                progress.clear();
                return usage(error);
            }
        };
        // The abstract models have committed counts at bounds other than their own too.
        let is_committed = expected.counts(&outcome.model, &outcome.bounds).is_some();
        let is_own = settings.bounds.is_empty() || (find_abstract(name).is_some() && is_committed);
        if options.model.mutant.is_none() && is_own && !settings.unreduced {
            expected.compare(&mut outcome);
        }
        progress.ends(&outcome);
        outcomes.push(outcome);
    }
    progress.clear();
    if let Err(error) = verdict::violations(options, &settings, &outcomes) {
        eprintln!("quorate-check: {error}");
        return Exit::Unexpected;
    }
    say(format_args!("{}{}", table(&outcomes), memory(&outcomes)));
    if let Some(directory) = &options.report
        && let Err(error) = report::write(directory, options, &outcomes, &expected)
    {
        eprintln!("quorate-check: no report: {error}");
        return Exit::Unexpected;
    }
    outcomes.iter().map(exit_of).max_by_key(|exit| rank(*exit)).unwrap_or(Exit::Ok)
}

/// The worst comes first: what is broken, what is unexpected, what is not known.
fn rank(exit: Exit) -> u8 {
    match exit {
        Exit::Ok => 0,
        Exit::BoundHit => 1,
        Exit::Unexpected => 2,
        Exit::Violation | Exit::Usage => 3,
    }
}

fn exit_of(outcome: &Outcome) -> Exit {
    match outcome.verdict {
        Verdict::Violated => Exit::Violation,
        Verdict::BoundHit => Exit::BoundHit,
        Verdict::Vacuous => Exit::Unexpected,
        Verdict::Exhausted if outcome.changed.is_some() => Exit::Unexpected,
        Verdict::Exhausted => Exit::Ok,
    }
}

/// The models that are named; of a variant alone those that are to catch it; else the set.
fn names(options: &CheckArguments) -> Vec<String> {
    let all = options.models.is_empty() || options.models == ["all"];
    if !all {
        return options.models.clone();
    }
    if options.models.is_empty()
        && let Some(models) = options.model.mutant.as_deref().and_then(judges)
    {
        return models;
    }
    let chosen = every_model().into_iter().filter(|model| model.is_default || options.full);
    chosen.map(|model| model.name.to_owned()).collect()
}

/// The models that judge a variant, if models do.
fn judges(mutant: &str) -> Option<Vec<String>> {
    let row = mutants::list().into_iter().find(|row| row.name == mutant)?;
    let names = |models: &[&str]| Some(models.iter().map(|model| (*model).to_owned()).collect());
    match row.catcher {
        Catcher::Models(models) | Catcher::Sessions(models) | Catcher::Nobody { quick: models, .. } => names(models),
        Catcher::Rejoin(model) | Catcher::Harmless { model, .. } => names(&[model]),
        _ => None,
    }
}

/// Checks one model.
///
/// # Errors
/// It has no such bound; in a line.
pub(super) fn check_one(
    name: &str,
    options: &CheckArguments,
    settings: &Settings,
    progress: &mut Progress,
) -> Result<Outcome, String> {
    let limits = Limits {
        threads: threads_or_all(options.model.threads),
        generated: options.max_states,
        time: options.timeout.map(Duration::from_secs),
        depth_first: options.dfs,
    };
    if let Some(mut scenario) = rejoin::find(name) {
        settings.bounds.iter().try_for_each(|(bound, value)| scenario.bounds.change(bound, *value))?;
        return rejoin::run(scenario, limits, progress).map_err(|error| error.to_string());
    }
    if let Some(mut scenario) = sessions::find(name) {
        settings.bounds.iter().try_for_each(|(bound, value)| scenario.bounds.change(bound, *value))?;
        return sessions::run(scenario, limits, progress).map_err(|error| error.to_string());
    }
    if let Some(mut model) = find_abstract(name) {
        settings.bounds.iter().try_for_each(|(bound, value)| model.set(bound, *value))?;
        return model.run(limits, progress).map_err(|error| error.to_string());
    }
    run_cluster(scenario(name, settings)?, limits, progress).map_err(|error| error.to_string())
}

/// What a visited state cost in memory, where the system tells the peak.
fn memory(outcomes: &[Outcome]) -> String {
    let most = outcomes.iter().map(|outcome| outcome.unique).max().unwrap_or(0);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<u64> = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok());
    match kib {
        Some(kib) if most > 100_000 => {
            format!(
                "peak memory {} MiB: at most {} bytes a state of the largest model\n",
                kib / 1024,
                kib * 1024 / most
            )
        }
        _ => String::new(),
    }
}
