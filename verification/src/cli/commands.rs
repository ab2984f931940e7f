//! What the commands do.

use super::{Command, Exit, Options, USAGE};
use crate::check::{Expected, Limits, Outcome, Progress, Verdict, every_model, find_abstract, run_cluster, table};
use crate::model::{Abstraction, Cluster, Scenario, Shown};
use crate::mutants::{killer as find, rerun_with_mutants};
use crate::rejoin;
use stateright::Model;

/// Runs the command line; `arguments` are without the program's name.
pub fn run(arguments: &[String]) -> Exit {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    match words.first() {
        Some(&"trace") => super::trace::run(rest),
        Some(&"ledger") => super::ledger::run(rest),
        Some(&"history") => super::history::run(rest),
        Some(&"mutants") if quorate_protocol::MUTANTS_COMPILED_IN || words.contains(&"--list") => {
            crate::mutants::run(rest)
        }
        Some(&"mutants") => rerun(arguments),
        _ => run_models(arguments),
    }
}

/// The commands that share their options: check, list, explore.
fn run_models(arguments: &[String]) -> Exit {
    let options = match Options::parse(arguments.iter().cloned()) {
        Ok(options) => options,
        Err(error) => return usage(&error),
    };
    if options.mutant.is_some() && !quorate_protocol::MUTANTS_COMPILED_IN {
        return rerun(arguments);
    }
    #[cfg(feature = "mutants")]
    if let Some(error) = options
        .mutant
        .as_ref()
        .filter(|name| !crate::mutants::switch_on_rejoin(name))
        .and_then(|name| crate::mutants::switch_on(name).err())
    {
        return usage(&error);
    }
    match &options.command {
        Command::Help => {
            print!("{USAGE}");
            Exit::Ok
        }
        Command::List => list(),
        Command::Check(models) => check(models, &options),
        Command::Explore(model) => explore(model, &options),
    }
}

fn usage(error: &str) -> Exit {
    eprintln!("quorate-check: {error}\n\n{USAGE}");
    Exit::Usage
}

/// Hands the command to a build that holds the mutants, and its exit code back.
fn rerun(arguments: &[String]) -> Exit {
    match rerun_with_mutants(arguments) {
        Ok(status) => match status.code() {
            Some(0) => Exit::Ok,
            Some(2) => Exit::Usage,
            Some(3) => Exit::BoundHit,
            Some(1) => Exit::Violation,
            // A build that failed, or a checker that was ended from outside, found nothing.
            _ => Exit::Unexpected,
        },
        Err(error) => {
            eprintln!("quorate-check: cannot build the mutants: {error}");
            Exit::Unexpected
        }
    }
}

fn list() -> Exit {
    let Ok(expected) = Expected::committed() else { return Exit::Unexpected };
    let (spec, shipped): (Vec<_>, Vec<_>) = every_model().into_iter().partition(|model| model.is_abstract);
    for model in shipped.iter().chain(&spec) {
        let set = if model.is_default { "default" } else { "full" };
        let states = model.states(&expected);
        let counts = states.map_or("no count committed".to_owned(), |states| format!("{states} states"));
        println!("{:<10} {set:<8} {}\n{:>20}{}; {counts}", model.name, model.about, "", model.bounds);
    }
    Exit::Ok
}

fn check(models: &[String], options: &Options) -> Exit {
    let Ok(expected) = Expected::committed() else { return Exit::Unexpected };
    let names = match names(models, options.full) {
        Ok(names) => names,
        Err(error) => return usage(&error),
    };
    let mut progress = Progress::new(options.ci);
    let mut outcomes = Vec::new();
    for name in names {
        let mut outcome = match check_one(&name, options, &mut progress) {
            Ok(outcome) => outcome,
            Err(error) => return usage(&error),
        };
        // The abstract models have committed counts at bounds other than their own too.
        let is_committed = expected.counts(&outcome.model, &outcome.bounds).is_some();
        let is_own = options.bounds.is_empty() || (find_abstract(&name).is_some() && is_committed);
        if options.mutant.is_none() && is_own && !options.unreduced {
            expected.compare(&mut outcome);
        }
        if let Some(violation) = &outcome.violation {
            println!(
                "{}: {} breaks in {} steps\n{}",
                outcome.model, violation.property, violation.steps, violation.story
            );
        }
        outcomes.push(outcome);
    }
    print!("{}{}", table(&outcomes), memory(&outcomes));
    if let Some(directory) = &options.report
        && let Err(error) = super::report::write(directory, options, &outcomes, &expected)
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

fn names(models: &[String], full: bool) -> Result<Vec<String>, String> {
    if models.is_empty() || models == ["all"] {
        let chosen = every_model().into_iter().filter(|model| model.is_default || full);
        return Ok(chosen.map(|model| model.name.to_owned()).collect());
    }
    let known = |name: &str| find(name).is_some() || find_abstract(name).is_some() || rejoin::find(name).is_some();
    let unknown = models.iter().find(|name| !known(name));
    match unknown {
        Some(name) => Err(format!("no model '{name}'; `quorate-check list` shows them")),
        None => Ok(models.to_vec()),
    }
}

fn check_one(name: &str, options: &Options, progress: &mut Progress) -> Result<Outcome, String> {
    let limits = Limits {
        threads: options.threads,
        generated: options.max_states,
        time: options.timeout,
        depth_first: options.depth_first,
    };
    if let Some(outcome) = rejoin::check(name, &options.bounds, limits, progress) {
        return outcome;
    }
    match find_abstract(name) {
        Some(mut model) => {
            options.bounds.iter().try_for_each(|(bound, value)| model.set(bound, *value))?;
            model.run(limits, progress).map_err(|error| error.to_string())
        }
        None => run_cluster(scenario(name, options)?, limits, progress).map_err(|error| error.to_string()),
    }
}

fn scenario(name: &str, options: &Options) -> Result<Scenario, String> {
    let mut scenario = find(name).ok_or_else(|| format!("no model '{name}'"))?;
    scenario.reduced &= !options.unreduced;
    scenario.salt = options.salt;
    if options.unrefined {
        scenario.refines = Abstraction::Nothing;
    }
    for (bound, value) in &options.bounds {
        let small = u8::try_from(*value).map_err(|_| format!("--{bound} is too large"))?;
        let bounds = &mut scenario.bounds;
        match bound.as_str() {
            "nodes" => bounds.nodes = u16::from(small),
            "prepares" => bounds.prepares = small,
            "crashes" => bounds.crashes = small,
            "last-slot" => bounds.last_slot = *value,
            "reads" => bounds.reads = small,
            "readers" => bounds.readers = small,
            "read-timeouts" => bounds.read_timeouts = small,
            "attempts" => bounds.attempts = small,
            _ => return Err(format!("{name} has no bound --{bound}")),
        }
    }
    Ok(scenario)
}

fn explore(name: &str, options: &Options) -> Exit {
    let model = scenario(name, options).and_then(|scenario| Cluster::new(scenario).map_err(|error| error.to_string()));
    match model {
        Ok(model) => {
            println!("exploring {name} on http://{} (end with ctrl-c)", options.address);
            Shown(model).checker().threads(options.threads).serve(options.address.as_str());
            Exit::Ok
        }
        Err(error) => usage(&error),
    }
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
