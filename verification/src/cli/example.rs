//! `quorate-check example`.

use super::arguments::ExampleArguments;
use super::commands::{switch_on, usage};
use super::say::say;
use super::{Exit, nearest};
use crate::playback::{Run, Told, TraceFile, Visitor, example, visit_core, write};

/// Finds a run to a branch, and tells it.
pub(super) fn run(options: &ExampleArguments) -> Exit {
    if let Err(error) = switch_on(options.settings.mutant.as_deref()) {
        return usage(error);
    }
    match visit_core(&options.model, &options.settings.settings(), Example(options)) {
        Ok(Ok(())) => Exit::Ok,
        Ok(Err(error)) | Err(error) => usage(error),
    }
}

struct Example<'a>(&'a ExampleArguments);

impl Visitor for Example<'_> {
    type Out = Result<(), String>;

    fn visit<M: Told>(self, model: M, bounds: &str) -> Result<(), String> {
        let options = self.0;
        let branch = self.branch(&model.branches())?;
        let path = example(&model, |model| model.has_reached(&branch));
        let path = path.ok_or_else(|| format!("no run of {} was found that reaches {branch}", options.model))?;
        let run = Run::of(&model, &path);
        let mutant = options.settings.mutant.as_deref();
        let file = TraceFile::new(&options.model, bounds, &options.settings.settings(), mutant, None, &run);
        say(format_args!("{}, to {branch}\n{}\n", file.title(), run.story()));
        if let Some(directory) = &options.trace_out {
            let about = [format!("a shortest run to {branch}")];
            let files = write(directory, &file, &run, &about).map_err(|error| error.to_string())?;
            say(format_args!("picture: {}\nrun:     {}\n", files.svg.display(), files.json.display()));
        }
        Ok(())
    }
}

impl Example<'_> {
    /// The branch that is meant.
    fn branch(&self, known: &[String]) -> Result<String, String> {
        let model = &self.0.model;
        let first = known.first().ok_or_else(|| format!("{model} names nothing to reach"))?;
        let Some(asked) = &self.0.branch else { return Ok(first.clone()) };
        if let Some(branch) = known.iter().find(|branch| branch.eq_ignore_ascii_case(asked)) {
            return Ok(branch.clone());
        }
        let near = nearest(asked, known.iter().map(String::as_str));
        let meant = if near.is_empty() { known.join(", ") } else { near.join(", ") };
        Err(format!("{model} has no branch '{asked}'; there is {meant}"))
    }
}
