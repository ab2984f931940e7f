//! `quorate-check replay`.

use super::Exit;
use super::arguments::ReplayArguments;
use super::commands::{rerun, switch_on, usage};
use crate::ledger::Prose;
use crate::playback::{Path, Run, Told, TraceFile, Visitor, replay, visit};
use console::style;
use std::io::{BufRead, IsTerminal, Write};

/// Plays a run again, and prints it.
pub(super) fn run(options: &ReplayArguments, arguments: &[String]) -> Exit {
    let file = match TraceFile::read(&options.file) {
        Ok(file) => file,
        Err(error) => return usage(format!("{}: {error}", options.file.display())),
    };
    if file.mutant.is_some() && !quorate_protocol::MUTANTS_COMPILED_IN {
        return rerun(arguments);
    }
    if let Err(error) = switch_on(file.mutant.as_deref()) {
        return usage(format!("{}: {error}", options.file.display()));
    }
    let waits = options.step && std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    match visit(&file.model, &file.settings, Replay { file: &file, waits, whole: options.whole }) {
        Ok(Ok(())) => Exit::Ok,
        Ok(Err(error)) | Err(error) => usage(format!("{}: {error}", options.file.display())),
    }
}

struct Replay<'a> {
    file: &'a TraceFile,
    waits: bool,
    whole: bool,
}

impl Visitor for Replay<'_> {
    type Out = Result<(), String>;

    fn visit<M: Told>(self, model: M, bounds: &str) -> Result<(), String> {
        let path = replay(&model, bounds, self.file).map_err(|error| error.to_string())?;
        // A reader that has seen enough closes the pipe: no reason to complain.
        let _ = self.show(&model, bounds, &path);
        Ok(())
    }
}

impl Replay<'_> {
    fn show<M: Told>(&self, model: &M, bounds: &str, path: &Path<M>) -> std::io::Result<()> {
        let run = Run::of(model, path);
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", style(self.file.title()).bold())?;
        writeln!(out, "  {bounds}")?;
        if self.waits {
            writeln!(out, "  enter: the next step; a: all that is left; q: end")?;
        }
        let mut waits = self.waits;
        for ((number, step), (after, _)) in (1..).zip(&run.steps).zip(path.iter().skip(1)) {
            if waits {
                match asked(&mut out)? {
                    Wish::Next => {}
                    Wish::All => waits = false,
                    Wish::End => return Ok(()),
                }
            }
            write!(out, "{}", step.told(number))?;
            if self.whole {
                model.whole(after).iter().try_for_each(|line| writeln!(out, "         {}", style(line).dim()))?;
            }
        }
        run.ending.iter().try_for_each(|line| writeln!(out, "     {}", style(line).red()))?;
        match &self.file.property {
            Some(property) => {
                writeln!(out, "{} breaks here, as it did when the run was written", style(property).red().bold())?;
                if let Some(prose) = Prose::of_label(property) {
                    writeln!(out, "  {}", prose.first_sentence())?;
                }
            }
            None => writeln!(out, "the run ends here; each step led where it did when it was written")?,
        }
        Ok(())
    }
}

enum Wish {
    Next,
    All,
    End,
}

/// What the person at the terminal wants next. The end of input means the end.
fn asked(out: &mut impl Write) -> std::io::Result<Wish> {
    write!(out, "> ")?;
    out.flush()?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        writeln!(out)?;
        return Ok(Wish::End);
    }
    Ok(match line.trim() {
        "q" | "quit" => Wish::End,
        "a" | "all" => Wish::All,
        _ => Wish::Next,
    })
}
