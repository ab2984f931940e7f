//! `quorate-check ledger`: the page on what each claim rests on.

use super::Exit;
use crate::check::Expected;
use crate::ledger::{Kills, page};

const USAGE: &str = "\
quorate-check ledger: what each claim rests on, from the committed counts and kill table

  quorate-check ledger                  print the page
  quorate-check ledger --write FILE     write it
  quorate-check ledger --against FILE   compare a new kill table (`mutants --tsv FILE`) with the committed one

Exit codes: 0 ok, 2 usage, 4 the kill tables differ.
";

/// Runs it; `arguments` are those after `ledger`.
pub(super) fn run(arguments: &[String]) -> Exit {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (Ok(expected), Ok(kills)) = (Expected::committed(), Kills::committed()) else { return Exit::Unexpected };
    match words.as_slice() {
        [] => {
            print!("{}", page(&expected, &kills));
            Exit::Ok
        }
        ["--write", file] => match std::fs::write(file, page(&expected, &kills)) {
            Ok(()) => Exit::Ok,
            Err(error) => failed(&format!("{file} cannot be written: {error}")),
        },
        ["--against", file] => against(file, &kills),
        _ => {
            eprint!("{USAGE}");
            Exit::Usage
        }
    }
}

fn against(file: &str, kills: &Kills) -> Exit {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return failed(&format!("{file} cannot be read: {error}")),
    };
    let fresh = match Kills::parse(&text) {
        Ok(fresh) => fresh,
        Err(error) => return failed(&error),
    };
    let differences = kills.differences(&fresh);
    for difference in &differences {
        println!("{difference}");
    }
    println!("{} rows compared, {} differ", fresh.rows().len(), differences.len());
    if differences.is_empty() { Exit::Ok } else { Exit::Unexpected }
}

fn failed(error: &str) -> Exit {
    eprintln!("quorate-check: {error}");
    Exit::Usage
}
