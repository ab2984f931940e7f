//! The kill test for as long as one likes, with its figures.
//!
//! ```text
//! cargo run --release -p quorate-faults --bin quorate-kill -- --minutes 10 --fault kill
//! ```
#![forbid(unsafe_code)]

use quorate_faults::kill::{Fault, Plan, find_binary, run};
use quorate_history as history;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

const USAGE: &str = "\
quorate-kill: faults against three real nodes under load, and a verdict on all that clients saw

  --fault FAULT                     what happens to the nodes: none, kill, restart (SIGTERM), stop, kill-all, or
                                    roll-back (kill)
  --minutes N, --seconds N          how long (30 seconds)
  --clients N, --keys N             the load (8 clients on 20 keys)
  --down MS, --calm MS              how long a node is away, and the pause after it is back
  --seed N                          for what the clients draw (1)
  --binary FILE                     the quorate binary (that of this build)
  --directory DIR                   where the nodes' data go, on the disk to be used (the temporary directory)
  --keep-history FILE               write what clients saw

Exit codes: 0 all is well, 1 it is not, 2 the run could not be made.";

struct Arguments {
    plan: Plan,
    history: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(reason) => return failed(&reason),
    };
    let outcome = match run(&arguments.plan) {
        Ok(outcome) => outcome,
        Err(error) => return failed(&error.to_string()),
    };
    // Whoever reads may have heard enough.
    let _ = write!(std::io::stdout(), "{outcome}");
    if let Some(path) = &arguments.history
        && let Err(error) = keep(path, &outcome.history)
    {
        return failed(&format!("cannot write {}: {error}", path.display()));
    }
    let found = outcome.faults_found();
    found.iter().for_each(|fault| eprintln!("FAULT: {fault}"));
    ExitCode::from(u8::from(!found.is_empty()))
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let mut plan = Plan::new(PathBuf::new(), std::env::temp_dir(), Fault::Kill);
    let (mut history, mut down) = (None, None);
    while let Some(name) = words.next() {
        if name == "--help" || name == "-h" {
            return Ok(None);
        }
        let word = words.next().ok_or_else(|| format!("{name} needs a value; --help shows all"))?;
        match name.as_str() {
            "--fault" => plan.fault = word.parse()?,
            "--minutes" => plan.load = minutes(number(&name, &word)?)?,
            "--seconds" => plan.load = Duration::from_secs(number(&name, &word)?),
            "--clients" => plan.clients = number(&name, &word)?,
            "--keys" => plan.keys = number(&name, &word)?,
            "--down" => down = Some(Duration::from_millis(number(&name, &word)?)),
            "--calm" => plan.calm = Duration::from_millis(number(&name, &word)?),
            "--seed" => plan.seed = number(&name, &word)?,
            "--binary" => plan.binary = word.into(),
            "--directory" => plan.directory = word.into(),
            "--keep-history" => history = Some(word.into()),
            _ => return Err(format!("no such option: {name}; --help shows all")),
        }
    }
    let usual = Plan::new(PathBuf::new(), PathBuf::new(), plan.fault).down;
    plan.down = down.unwrap_or(usual);
    if plan.binary.as_os_str().is_empty() {
        plan.binary = find_binary().map_err(|error| error.to_string())?;
    }
    Ok(Some(Arguments { plan, history }))
}

fn number<N: FromStr>(name: &str, word: &str) -> Result<N, String> {
    word.parse().map_err(|_| format!("{name} needs a number, not {word:?}"))
}

fn minutes(count: u64) -> Result<Duration, String> {
    let seconds = count.checked_mul(60).ok_or_else(|| format!("--minutes {count} is too long; --help shows all"))?;
    Ok(Duration::from_secs(seconds))
}

fn keep(path: &Path, history: &[history::Operation]) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    history::write(&mut file, history)?;
    file.flush()
}

fn failed(reason: &str) -> ExitCode {
    eprintln!("quorate-kill: {reason}");
    ExitCode::from(2)
}
