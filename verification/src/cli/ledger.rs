//! `quorate-check ledger`: the page on what each claim rests on.

use super::Exit;
use super::arguments::LedgerArguments;
use super::commands::usage;
use super::say::say;
use crate::check::Expected;
use crate::ledger::{Kills, page};
use std::path::Path;

/// Runs it.
pub(super) fn run(options: &LedgerArguments) -> Exit {
    let (Ok(expected), Ok(kills)) = (Expected::committed(), Kills::committed()) else { return Exit::Unexpected };
    match (&options.write, &options.against) {
        (_, Some(file)) => against(file, &kills),
        (Some(file), None) => match std::fs::write(file, page(&expected, &kills)) {
            Ok(()) => Exit::Ok,
            Err(error) => usage(format!("{} cannot be written: {error}", file.display())),
        },
        (None, None) => {
            say(format_args!("{}", page(&expected, &kills)));
            Exit::Ok
        }
    }
}

fn against(file: &Path, kills: &Kills) -> Exit {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return usage(format!("{} cannot be read: {error}", file.display())),
    };
    let fresh = match Kills::parse(&text) {
        Ok(fresh) => fresh,
        Err(error) => return usage(error),
    };
    let differences = kills.differences(&fresh);
    for difference in &differences {
        say(format_args!("{difference}\n"));
    }
    say(format_args!("{} rows compared, {} differ\n", fresh.rows().len(), differences.len()));
    if differences.is_empty() { Exit::Ok } else { Exit::Unexpected }
}
