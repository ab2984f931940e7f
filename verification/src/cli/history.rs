//! `quorate-check history`: is what clients saw linearizable?

mod bench;
mod compare;
mod options;

use super::Exit;
use super::say::say;
use crate::history::{Bound, Checker, Format, Recording, Report, Timeline, Verdict, check_versions};
use options::{Command, Options, USAGE};
use std::fmt::Display;
use std::path::Path;
use std::time::Instant;

/// Runs the command; `arguments` are those after `history`.
pub(super) fn run(arguments: &[String]) -> Exit {
    let options = match Options::parse(arguments.iter().cloned()) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("quorate-check history: {error}\n\n{USAGE}");
            return Exit::Usage;
        }
    };
    match &options.command {
        Command::Help => {
            print!("{USAGE}");
            Exit::Ok
        }
        Command::Check(file) => check(file, &options),
        Command::Bench(operations) => bench::run(*operations, &options),
        Command::Compare(histories) => compare::run(*histories, &options),
    }
}

fn check(file: &Path, options: &Options) -> Exit {
    let fails = |path: &Path, error: &dyn Display| {
        eprintln!("quorate-check history: {}: {error}", path.display());
        Exit::Usage
    };
    let start = Instant::now();
    let recording = match read(file, options) {
        Ok(recording) => recording,
        Err(error) => return fails(file, &error),
    };
    let read = start.elapsed();
    let checker = Checker { bound: options.bound, threads: options.threads, initial: recording.initial.clone() };
    let report = match checker.check(&recording.operations) {
        Ok(report) => report,
        Err((place, error)) => {
            let operation = recording.operations.get(place).map(ToString::to_string).unwrap_or_default();
            return fails(file, &format_args!("{error}: {operation}"));
        }
    };
    let taken = start.elapsed();
    if options.keys {
        say(table(&report));
    }
    say(&report);
    say(format_args!(
        "{} form; read in {:.3} s, checked in {:.3} s: {:.0} operations a second in all\n",
        recording.format,
        read.as_secs_f64(),
        (taken - read).as_secs_f64(),
        recording.operations.len() as f64 / taken.as_secs_f64().max(1e-9)
    ));
    let exit = conclude(&recording, &report, options.bound);
    match options.svg.as_ref().map(|path| (path, draw(path, &report, &recording))) {
        Some((path, Err(error))) => fails(path, &error),
        _ => exit,
    }
}

/// What else there is to say, and how it ends.
fn conclude(recording: &Recording, report: &Report, bound: Bound) -> Exit {
    if report.undecided() > 0 {
        say(format_args!("the bound was {} configurations a key; --bound raises it\n", bound.0));
    }
    let stated = recording.format == Format::Quorate;
    let versions = if stated { check_versions(&recording.operations) } else { Ok(()) };
    if let Err(fault) = &versions {
        say(format_args!("the versions that clients were told are not in order: {fault}"));
    }
    match (report.violations().next(), report.undecided(), versions) {
        (Some(_), ..) | (_, _, Err(_)) => Exit::Violation,
        (None, 0, Ok(())) => Exit::Ok,
        (None, _, Ok(())) => Exit::BoundHit,
    }
}

fn read(file: &Path, options: &Options) -> Result<Recording, String> {
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    let read = match options.format {
        Some(format) => format.read(&bytes, options.threads),
        None => Recording::read(&bytes, options.threads),
    };
    read.map_err(|error| error.to_string())
}

/// A line a key.
fn table(report: &Report) -> String {
    let line = |(key, report): (&Vec<u8>, &crate::history::KeyReport)| {
        let verdict = match report.verdict {
            Verdict::Linearizable => "linearizable",
            Verdict::NotLinearizable(_) => "NOT linearizable",
            Verdict::Undecided => "undecided",
        };
        format!(
            "{verdict:<16} {:>9} operations {:>7} unknown {:>9} configurations  key {}\n",
            report.operations,
            report.unknown,
            report.work,
            crate::history::show(key)
        )
    };
    report.keys.iter().map(line).collect()
}

/// Draws the first key that is not linearizable.
fn draw(path: &Path, report: &Report, recording: &Recording) -> Result<(), std::io::Error> {
    let Some((key, why)) = report.violations().next() else {
        say(format_args!("nothing to draw: {} was not written\n", path.display()));
        return Ok(());
    };
    std::fs::write(path, Timeline::new(key, why, &recording.operations).to_string())?;
    say(format_args!("drawn: {}\n", path.display()));
    Ok(())
}
