//! How many operations a second are read and checked.

use super::options::Options;
use crate::cli::Exit;
use crate::history::{Checker, Load, Store, parse_bytes, write};
use std::time::Instant;

/// Makes a clean history, one operation in a thousand of unknown outcome, and measures.
pub(super) fn run(operations: u64, options: &Options) -> Exit {
    let mut store = Store::new(options.seed);
    let load = Load { clients: options.clients, keys: options.key_count, operations, unknown_one_in: 1_000, values: 0 };
    store.run(load);
    let mut text = Vec::new();
    if let Err(error) = write(&mut text, &store.history) {
        eprintln!("quorate-check history: {error}");
        return Exit::Unexpected;
    }
    drop(store);
    println!(
        "{} operations, {} clients, {} keys, {:.1} MiB of text, {} threads",
        operations,
        load.clients,
        load.keys,
        text.len() as f64 / 1_048_576.0,
        options.threads
    );
    let start = Instant::now();
    let history = match parse_bytes(&text, options.threads) {
        Ok(history) => history,
        Err(error) => {
            eprintln!("quorate-check history: {error}");
            return Exit::Unexpected;
        }
    };
    let read = start.elapsed();
    let checker = Checker { bound: options.bound, threads: options.threads, initial: None };
    let report = match checker.check(&history) {
        Ok(report) => report,
        Err((place, error)) => {
            eprintln!("quorate-check history: operation {place} {error}");
            return Exit::Unexpected;
        }
    };
    let all = start.elapsed();
    print!("{report}");
    let rate = |time: std::time::Duration| history.len() as f64 / time.as_secs_f64().max(1e-9);
    println!("read:            {:>8.3} s  {:>10.0} operations a second", read.as_secs_f64(), rate(read));
    println!("checked:         {:>8.3} s  {:>10.0} operations a second", (all - read).as_secs_f64(), rate(all - read));
    println!("read and checked:{:>8.3} s  {:>10.0} operations a second", all.as_secs_f64(), rate(all));
    if report.is_linearizable() { Exit::Ok } else { Exit::Unexpected }
}
