//! `quorate-check trace`.

use super::Exit;
use crate::trace::{Options, check_directories};
use std::path::PathBuf;

const USAGE: &str = "\
quorate-check trace: what nodes recorded, run again

  quorate-check trace DIR ...         directories that `quorate serve --record` wrote, best one of every voter

Options:
  --pass-mib N        read the traces once for each N MiB, with a part of the logs each time (2048): bounds the memory

Exit codes: 0 every recorded event is explained; 1 one is not; 2 usage, or nothing to read; 3 every recorded event is
explained, but there are gaps.
";

/// Runs the command; `arguments` are those after `trace`.
pub(super) fn run(arguments: &[String]) -> Exit {
    let (directories, options) = match parse(arguments) {
        Ok(Some(parsed)) => parsed,
        Ok(None) => {
            print!("{USAGE}");
            return Exit::Ok;
        }
        Err(error) => return usage(&error),
    };
    match check_directories(&directories, options) {
        Ok(report) => {
            print!("{report}");
            match (report.is_explained(), report.gaps) {
                (false, _) => Exit::Violation,
                (true, 0) => Exit::Ok,
                (true, _) => Exit::BoundHit,
            }
        }
        Err(error) => usage(&error.to_string()),
    }
}

fn parse(arguments: &[String]) -> Result<Option<(Vec<PathBuf>, Options)>, String> {
    let (mut directories, mut options) = (Vec::new(), Options::default());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--pass-mib" => {
                let number = arguments.next().and_then(|word| word.parse::<u64>().ok());
                let mib = number.filter(|mib| (1..=1 << 30).contains(mib));
                options.pass_bytes = mib.ok_or("--pass-mib takes a number from 1 on")? << 20;
            }
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            directory => directories.push(PathBuf::from(directory)),
        }
    }
    if directories.is_empty() { Err("no directory is given".to_owned()) } else { Ok(Some((directories, options))) }
}

fn usage(error: &str) -> Exit {
    eprintln!("quorate-check trace: {error}\n\n{USAGE}");
    Exit::Usage
}
