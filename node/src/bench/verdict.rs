use crate::cli::Exit;
use crate::history::Recording;
use core::fmt;
use quorate_history::{Checker, Report, VersionFault, check_versions, write};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Whether what the clients of a run saw is linearizable.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    report: Report,
    versions: Option<VersionFault>,
    /// When the bound on what is recorded was reached, from the run's start.
    full_at: Option<Duration>,
    /// How long judging took.
    took: Duration,
    /// Where the history is.
    file: Option<PathBuf>,
}

/// Where a history goes that nobody said where to keep, and that is not linearizable.
const UNASKED: &str = "quorate-bench-history.txt";

impl Verdict {
    /// Judges a run, on all processors. The history is kept in `keep`; without that, only if it is no pass.
    ///
    /// # Errors
    /// The history cannot be written.
    pub(super) fn of(recording: &Recording, keep: Option<&Path>) -> io::Result<Self> {
        let begun = Instant::now();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let checker = Checker { threads, ..Checker::default() };
        let report = checker.check(&recording.history).map_err(|(_, error)| io::Error::other(error))?;
        let versions = check_versions(&recording.history).err();
        let full_at = recording.full_at.map(Duration::from_nanos);
        let mut verdict = Self { report, versions, full_at, took: begun.elapsed(), file: None };
        let unasked = || (verdict.exit() != Exit::Ok).then_some(Path::new(UNASKED));
        if let Some(path) = keep.or_else(unasked) {
            let mut file = BufWriter::new(File::create(path)?);
            write(&mut file, &recording.history)?;
            file.flush()?;
            verdict.file = Some(path.to_owned());
        }
        Ok(verdict)
    }

    /// [`Exit::Negative`] if it is surely not linearizable, [`Exit::Unknown`] if that could not be decided: no pass.
    pub(super) fn exit(&self) -> Exit {
        if self.report.violations().next().is_some() || self.versions.is_some() {
            Exit::Negative
        } else if self.report.undecided() > 0 {
            Exit::Unknown
        } else {
            Exit::Ok
        }
    }

    /// In a word.
    pub(super) fn word(&self) -> &'static str {
        match self.exit() {
            Exit::Ok => "linearizable",
            Exit::Negative => "not-linearizable",
            _ => "undecided",
        }
    }

    /// Operations that were judged.
    pub(super) fn operations(&self) -> usize {
        self.report.keys.values().map(|key| key.operations).sum()
    }

    /// Of those, how many have an unknown outcome.
    pub(super) fn unknown(&self) -> usize {
        self.report.keys.values().map(|key| key.unknown).sum()
    }

    /// Keys that were judged.
    pub(super) fn keys(&self) -> usize {
        self.report.keys.len()
    }

    /// When the bound on what is recorded was reached.
    pub(super) fn full_at(&self) -> Option<Duration> {
        self.full_at
    }

    /// Where the history is.
    pub(super) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

/// A line, and for a bad history the smallest window that has no order, and what to do with the file.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "judged in {:.2} s: {}", self.took.as_secs_f64(), self.report.to_string().trim_end())?;
        if let Some(full_at) = self.full_at {
            let end = full_at.as_secs_f64();
            writeln!(
                f,
                "the record was full {end:.2} s after its start, and its history ends there; --verify-operations"
            )?;
        }
        if let Some(fault) = &self.versions {
            writeln!(f, "the versions that clients were told are not in order: {}", fault.to_string().trim_end())?;
        }
        match &self.file {
            Some(file) if self.exit() == Exit::Ok => writeln!(f, "the history is in {}", file.display()),
            Some(file) => {
                writeln!(f, "the history is in {0}; quorate-check history {0} --svg why.svg draws it", file.display())
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quorate_history::{Asked, Operation, Outcome};

    fn recording(found: &str) -> Recording {
        let operation =
            |call, op, outcome| Operation { process: 1, key: b"k".to_vec(), call, ret: Some(call + 1), op, outcome };
        let put = operation(0, Asked::Put(b"a".to_vec()), Outcome::Done { version: None, value: None });
        let read = Outcome::Read { value: Some(found.into()), version: None };
        Recording { history: vec![put, operation(10, Asked::Get, read)], ..Recording::default() }
    }

    #[test]
    fn a_bad_history_is_shown_and_kept_and_a_good_one_is_neither() {
        let path = std::env::temp_dir().join(format!("quorate-verdict-{}.txt", std::process::id()));
        let good = Verdict::of(&recording("a"), None).unwrap();
        assert_eq!((good.exit(), good.word(), good.file(), good.operations()), (Exit::Ok, "linearizable", None, 2));
        let bad = Verdict::of(&recording("b"), Some(&path)).unwrap();
        let text = bad.to_string();
        assert_eq!((bad.exit(), bad.word()), (Exit::Negative, "not-linearizable"));
        assert!(text.contains("NOT LINEARIZABLE") && text.contains("get => read :b"), "{text}");
        assert!(text.contains(&format!("quorate-check history {}", path.display())), "{text}");
        let kept = quorate_history::parse(std::fs::read(&path).unwrap().as_slice()).unwrap();
        assert_eq!(kept, recording("b").history);
        std::fs::remove_file(&path).unwrap();
        assert!(Verdict::of(&recording("b"), Some(Path::new("/nowhere/at/all"))).is_err());
    }
}
