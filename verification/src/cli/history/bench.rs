//! How many operations a second are read and checked.

use super::options::Options;
use crate::cli::Exit;
use crate::history::{Checker, Load, Store, parse_bytes, write};
use std::ops::Sub;
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
    let start = Clock::start();
    let history = match parse_bytes(&text, options.threads) {
        Ok(history) => history,
        Err(error) => {
            eprintln!("quorate-check history: {error}");
            return Exit::Unexpected;
        }
    };
    let read = start.spent();
    let checker = Checker { bound: options.bound, threads: options.threads, initial: None };
    let report = match checker.check(&history) {
        Ok(report) => report,
        Err((place, error)) => {
            eprintln!("quorate-check history: operation {place} {error}");
            return Exit::Unexpected;
        }
    };
    let all = start.spent();
    print!("{report}");
    let operations = history.len() as f64;
    println!("read               {}", read.rate(operations));
    println!("checked            {}", (all - read).rate(operations));
    println!("read and checked   {}", all.rate(operations));
    if report.is_linearizable() { Exit::Ok } else { Exit::Unexpected }
}

/// Time on the wall, and of the processors where the system says it: on a busy machine the two differ.
struct Clock {
    wall: Instant,
    processors: Option<f64>,
}

/// Seconds.
#[derive(Clone, Copy)]
struct Spent {
    wall: f64,
    processors: Option<f64>,
}

impl Clock {
    fn start() -> Self {
        Self { wall: Instant::now(), processors: processor_seconds() }
    }

    fn spent(&self) -> Spent {
        let processors = processor_seconds().zip(self.processors).map(|(now, then)| now - then);
        Spent { wall: self.wall.elapsed().as_secs_f64(), processors }
    }
}

impl Sub for Spent {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        let processors = self.processors.zip(other.processors).map(|(all, part)| all - part);
        Self { wall: self.wall - other.wall, processors }
    }
}

impl Spent {
    fn rate(self, operations: f64) -> String {
        let wall = format!("{:>7.3} s  {:>9.0} operations a second", self.wall, operations / self.wall.max(1e-9));
        match self.processors {
            Some(busy) => format!(
                "{wall}; {busy:.2} s of processor time, {:.0} operations for a second of it",
                operations / busy.max(0.01)
            ),
            None => wall,
        }
    }
}

/// What all threads of this process have had of the processors: fields 14 and 15 of its `stat`, in
/// hundredths of a second.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / 100.0)
}
