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
    let mut runs = Vec::new();
    for _ in 0..options.runs {
        match measure(&text, options) {
            Ok(run) => runs.push(run),
            Err(error) => {
                eprintln!("quorate-check history: {error}");
                return Exit::Unexpected;
            }
        }
    }
    let operations = operations as f64;
    let median = |part: fn(&Run) -> Spent| Spent::median(runs.iter().map(part)).rate(operations);
    println!("linearizable; median of {} runs, the machine's load was {} at the end", runs.len(), load_of_machine());
    println!("read               {}", median(|run| run.read));
    println!("checked            {}", median(|run| run.checked));
    println!("read and checked   {}", median(|run| run.all));
    Exit::Ok
}

/// What one run took.
struct Run {
    read: Spent,
    checked: Spent,
    all: Spent,
}

/// Reads and checks once; the history must be found linearizable.
fn measure(text: &[u8], options: &Options) -> Result<Run, String> {
    let start = Clock::start();
    let history = parse_bytes(text, options.threads).map_err(|error| error.to_string())?;
    let read = start.spent();
    let checker = Checker { bound: options.bound, threads: options.threads, initial: None };
    let report = checker.check(&history).map_err(|(place, error)| format!("operation {place} {error}"))?;
    let all = start.spent();
    if report.is_linearizable() { Ok(Run { read, checked: all - read, all }) } else { Err(report.to_string()) }
}

/// The average number of threads that ran or wanted to, over the last minute.
fn load_of_machine() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned()
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
    /// The median of each kind of time by itself.
    fn median(runs: impl Iterator<Item = Self> + Clone) -> Self {
        let middle = |mut times: Vec<f64>| {
            times.sort_by(f64::total_cmp);
            times.get(times.len() / 2).copied()
        };
        Self {
            wall: middle(runs.clone().map(|run| run.wall).collect()).unwrap_or_default(),
            processors: middle(runs.filter_map(|run| run.processors).collect()),
        }
    }

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
