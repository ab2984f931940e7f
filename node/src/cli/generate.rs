use super::answer::Answer;
use super::{Exit, Failure};
use std::path::{Path, PathBuf};

/// Prints a shell's completions.
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// Which shell
    shell: clap_complete::Shell,
}

/// Writes the manual pages.
#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// Where to write them; made if it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Completions {
    /// The script, for stdout.
    pub(super) fn run(&self) -> Answer {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "quorate", &mut script);
        let text = String::from_utf8_lossy(&script).into_owned();
        Answer::text("completions", text.clone(), Exit::Ok).with("shell", self.shell.to_string()).with("script", text)
    }
}

impl Man {
    /// One page for the command and one for each subcommand.
    ///
    /// # Errors
    /// The directory cannot be written.
    pub(super) fn run(&self) -> Result<Answer, Failure> {
        let failed = |error: std::io::Error| cannot_write(&self.out, &error);
        std::fs::create_dir_all(&self.out).map_err(failed)?;
        clap_mangen::generate_to(super::command(), &self.out).map_err(failed)?;
        let entries = std::fs::read_dir(&self.out).map_err(failed)?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut pages: Vec<String> = names.filter(|name| name.starts_with("quorate") && name.ends_with(".1")).collect();
        pages.sort();
        let next = format!("Read one with: man -l {}\n", self.out.join("quorate.1").display());
        let answer = Answer::text("written", pages.iter().map(|page| format!("{page}\n")).collect(), Exit::Ok);
        Ok(answer.with("pages", pages).aside(next))
    }
}

fn cannot_write(out: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot write into {}: {error}", out.display())).hint("Name another directory with --out.")
}
