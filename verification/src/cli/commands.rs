//! What the commands do.

use super::arguments::{Arguments, Command};
use super::{Exit, check, example, explain, explore, ledger, list, replay, trace};
use crate::mutants::rerun_with_mutants;
use std::fmt::Display;

/// Runs the command line; `arguments` are without the program's name.
pub fn run(arguments: &[String]) -> Exit {
    let read = match Arguments::read(arguments) {
        Ok(read) => read,
        Err(error) => {
            // A closed standard error, or a reader of the help that has heard enough, changes nothing.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Ok };
        }
    };
    if needs_mutants(&read.command) && !quorate_protocol::MUTANTS_COMPILED_IN {
        return rerun(arguments);
    }
    match &read.command {
        Command::Check(options) => check::run(options),
        Command::List(options) => list::run(*options),
        Command::Explore(options) => explore::run(options, arguments),
        Command::Replay(options) => replay::run(options, arguments),
        Command::Example(options) => example::run(options),
        Command::Explain(options) => explain::run(options),
        Command::Mutants(options) => crate::mutants::run(options),
        Command::Ledger(options) => ledger::run(options),
        Command::History(rest) => super::history::run(&rest.words),
        Command::Trace(options) => trace::run(options),
    }
}

/// Whether the command is about wrong variants, which are in a build of their own.
fn needs_mutants(command: &Command) -> bool {
    match command {
        Command::Check(options) => options.model.mutant.is_some(),
        Command::Explore(options) => options.settings.mutant.is_some(),
        Command::Example(options) => options.settings.mutant.is_some(),
        Command::Mutants(options) => !options.list,
        _ => false,
    }
}

/// Hands the command to a build that holds the mutants, and its exit code back.
pub(super) fn rerun(arguments: &[String]) -> Exit {
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

/// Something on the command line, or in a file named there, makes no sense.
pub(super) fn usage(error: impl Display) -> Exit {
    eprintln!("quorate-check: {error}");
    Exit::Usage
}

/// Switches a wrong variant on, where one is asked for.
///
/// # Errors
/// This build has none of that name; in a line.
pub(super) fn switch_on(mutant: Option<&str>) -> Result<(), String> {
    match mutant {
        None => Ok(()),
        #[cfg(feature = "mutants")]
        Some(name) if crate::mutants::switch_on_rejoin(name) => Ok(()),
        #[cfg(feature = "mutants")]
        Some(name) => crate::mutants::switch_on(name),
        #[cfg(not(feature = "mutants"))]
        Some(name) => Err(format!("this build does not hold the wrong variant {name}")),
    }
}
